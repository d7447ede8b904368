"""The back office of skills: frameworks, areas, competences, job profiles and strands."""

from django.forms import CheckboxSelectMultiple
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.admin.ui.tables import Column
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import IndexView, SnippetViewSet, SnippetViewSetGroup

from lms.core.deletion import refuse_deletion
from lms.skills.models import MAX_LEVEL, Area, Competence, Framework, JobProfile, Strand


@hooks.register("before_delete_snippet")
def refuse_to_delete_what_is_used(request, instances):
    """One rule for every snippet, deleted alone or with others."""
    if instances:
        back_to = instances[0].snippet_viewset.get_url_name("list")
        return refuse_deletion(request, instances, back_to)
    return None


class RelatedIndexView(IndexView):
    """A list that fetches the related rows its columns show in the same query."""

    related: list[str] = []

    def get_base_queryset(self):
        return super().get_base_queryset().select_related(*self.related)


class CompetenceIndexView(RelatedIndexView):
    related = ["area"]


class AreaIndexView(RelatedIndexView):
    related = ["framework"]


class FrameworkViewSet(SnippetViewSet):
    model = Framework
    icon = "list-ul"
    list_display = ["title", "version", "language"]
    search_fields = ["title", "code"]
    list_export = ["code", "version", "title", "language", "license"]
    inspect_view_enabled = True
    panels = [
        MultiFieldPanel(
            [FieldPanel("title"), FieldRowPanel([FieldPanel("code"), FieldPanel("version"), FieldPanel("language")])],
            _("Référentiel"),
        ),
        FieldPanel("license"),
        InlinePanel(
            "levels",
            heading=_("Échelle des niveaux"),
            label=_("Niveau"),
            max_num=MAX_LEVEL,
            panels=[
                FieldRowPanel([FieldPanel("number"), FieldPanel("name"), FieldPanel("autonomy")]),
                FieldPanel("summary"),
            ],
        ),
    ]


class AreaViewSet(SnippetViewSet):
    model = Area
    icon = "folder-open-inverse"
    index_view_class = AreaIndexView
    list_display = ["name", "code", "framework"]
    list_filter = ["framework", "strands"]
    search_fields = ["code", "name", "description"]
    list_export = ["code", "name", "description", "framework"]
    ordering = ["framework", "position"]
    panels = [
        FieldRowPanel([FieldPanel("code"), FieldPanel("position")]),
        FieldPanel("name"),
        FieldPanel("framework"),
        FieldPanel("description"),
        FieldPanel("strands", widget=CheckboxSelectMultiple),
    ]


class CompetenceViewSet(SnippetViewSet):
    model = Competence
    icon = "success"
    index_view_class = CompetenceIndexView
    list_display = ["name", "code", Column("area", label=_("Domaine"), sort_key="area__position")]
    list_filter = ["area__framework", "area"]
    search_fields = ["code", "name", "description"]
    list_export = ["code", "name", "area", "description"]
    ordering = ["area__position", "position"]
    inspect_view_enabled = True
    list_per_page = 50
    panels = [
        FieldRowPanel([FieldPanel("code"), FieldPanel("position")]),
        FieldPanel("name"),
        FieldPanel("area"),
        FieldPanel("description"),
        InlinePanel(
            "descriptors",
            heading=_("Ce que l’on sait faire à chaque niveau"),
            label=_("Niveau"),
            max_num=MAX_LEVEL,
            panels=[FieldPanel("number"), FieldPanel("text")],
        ),
    ]


class JobProfileViewSet(SnippetViewSet):
    model = JobProfile
    icon = "user"
    list_display = ["name", "code"]
    list_filter = ["framework"]
    search_fields = ["code", "name", "description"]
    list_export = ["code", "name", "description", "framework"]
    inspect_view_enabled = True
    panels = [
        FieldRowPanel([FieldPanel("name"), FieldPanel("code")]),
        FieldPanel("framework"),
        FieldPanel("description"),
        InlinePanel(
            "requirements",
            heading=_("Niveaux requis"),
            label=_("Compétence"),
            panels=[FieldRowPanel([FieldPanel("competence"), FieldPanel("level")])],
        ),
    ]


class StrandViewSet(SnippetViewSet):
    model = Strand
    icon = "tag"
    list_display = ["name", "code", "position"]
    search_fields = ["code", "name"]
    list_export = ["code", "name", "position"]
    panels = [FieldPanel("name"), FieldRowPanel([FieldPanel("code"), FieldPanel("position")])]


class SkillsGroup(SnippetViewSetGroup):
    items = [CompetenceViewSet, JobProfileViewSet, AreaViewSet, FrameworkViewSet, StrandViewSet]
    menu_label = _("Compétences")
    menu_name = "skills"
    menu_icon = "success"
    menu_order = 410  # after the images and documents of trainers


register_snippet(SkillsGroup)
