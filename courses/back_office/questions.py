"""The back office of the question bank: its list, its chooser, its exports."""

from functools import wraps

import django_filters
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.widgets.button import Button
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.snippets.views.chooser import SnippetChooserViewSet
from wagtail.snippets.views.snippets import CreateView as SnippetCreateView
from wagtail.snippets.views.snippets import IndexView as SnippetIndexView
from wagtail.snippets.views.snippets import SnippetViewSet

from courses.exports.from_bank import neutral_questions
from courses.exports.gift import write_gift
from courses.exports.moodle_xml import write_moodle_xml
from courses.exports.sheet import write_csv, write_xlsx
from courses.models import Question, QuestionTag, QuestionVersion, TaggedQuestion
from courses.permissions import can_import_questions
from lms.core import audit
from lms.people.models import User


def authors(request):
    """Those who wrote a question, by name."""
    written = Question.objects.filter(author=OuterRef("pk"))
    return User.objects.filter(Exists(written)).order_by("last_name", "first_name", "pk")


class QuestionFilter(WagtailFilterSet):
    """By type, tag, competence, level, difficulty and author, and asked in a quiz or not."""

    type = django_filters.ChoiceFilter(
        label=gettext_lazy("Type"), choices=QuestionVersion.Type.choices, method="filter_type"
    )
    tag = django_filters.ModelMultipleChoiceFilter(
        label=gettext_lazy("Étiquette"), queryset=QuestionTag.objects.all(), method="filter_tags"
    )
    is_used = django_filters.BooleanFilter(
        label=gettext_lazy("Posée dans une évaluation"),
        field_name="uses",
        lookup_expr="isnull",
        exclude=True,
        distinct=True,
    )

    author = django_filters.ModelChoiceFilter(label=gettext_lazy("Auteur"), queryset=authors)

    class Meta:
        model = Question
        fields = ["competence", "level", "difficulty"]

    def filter_type(self, queryset, name, value):
        """By the type of the latest version."""
        versions = QuestionVersion.objects.current().filter(question=OuterRef("pk"), type=value)
        return queryset.filter(Exists(versions))

    def filter_tags(self, queryset, name, value):
        """By any of the tags chosen."""
        tagged = TaggedQuestion.objects.filter(content_object=OuterRef("pk"), tag__in=value)
        return queryset.filter(Exists(tagged)) if value else queryset


# What each export is called, its content type and its writer; all read back unchanged.
EXPORTS = {
    "xlsx": (
        gettext_lazy("Exporter en XLSX"),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        write_xlsx,
    ),
    "csv": (gettext_lazy("Exporter en CSV"), "text/csv; charset=utf-8", write_csv),
    "gift": (gettext_lazy("Exporter en GIFT"), "text/plain; charset=utf-8", write_gift),
    "xml": (gettext_lazy("Exporter en Moodle XML"), "application/xml", write_moodle_xml),
}


class QuestionIndexView(SnippetIndexView):
    """The bank; what its filters leave may be exported in each format, and a file brought in."""

    FORMATS = tuple(EXPORTS)

    def search_queryset(self, queryset):
        """Search the whole bank, then keep what the filters leave: the index knows nothing of their subqueries."""
        if not self.is_searching:
            return queryset
        found = super().search_queryset(Question.objects.all())
        return queryset.filter(pk__in=[question.pk for question in found])

    @cached_property
    def header_more_buttons(self):
        labels = (gettext_lazy("Importer des questions"), gettext_lazy("Imports précédents"))
        addresses = ("courses_question_import", "courses_question_imports")
        buttons = []
        if can_import_questions(self.request.user):
            buttons = [
                Button(label, url=reverse(name), icon_name="upload", priority=20 + rank)
                for rank, (label, name) in enumerate(zip(labels, addresses, strict=True))
            ]
        for rank, (name, (label, _content_type, _write)) in enumerate(EXPORTS.items()):
            url = self.get_export_url(name)
            buttons.append(Button(label, url=url, icon_name="download", priority=90 + rank))
        return buttons

    def as_spreadsheet(self, queryset, spreadsheet_format):
        """Every question listed, answers included; who took them is written in the audit trail."""
        _label, content_type, write = EXPORTS[spreadsheet_format]
        questions = neutral_questions([question.pk for question in queryset])
        audit.record(
            "courses.export",
            actor=self.request.user,
            model="question",
            format=spreadsheet_format,
            rows=len(questions),
            filters=self.request.GET.urlencode(),
        )
        response = HttpResponse(write(questions), content_type=content_type)
        extension = "txt" if spreadsheet_format == "gift" else spreadsheet_format
        response["Content-Disposition"] = f'attachment; filename="questions.{extension}"'
        return response


class QuestionCreateView(SnippetCreateView):
    """A new question names its author."""

    def save_instance(self):
        self.form.instance.author = self.request.user
        return super().save_instance()


class KeptPolicy(ModelPermissionPolicy):
    """Questions are never deleted: attempts name their versions."""

    def user_has_permission(self, user, action):
        return action != "delete" and super().user_has_permission(user, action)

    def user_has_any_permission(self, user, actions):
        return any(self.user_has_permission(user, action) for action in actions)


class QuestionChooserViewSet(SnippetChooserViewSet):
    """Wagtail's chooser shows its rows to whoever may open the back office; questions are for who may work on them."""

    def get_urlpatterns(self):
        patterns = super().get_urlpatterns()
        for pattern in patterns:
            pattern.callback = for_authors(pattern.callback)
        return patterns


def for_authors(view):
    """Only those who may see or write the questions of the bank: a learner with another role has none to read."""

    @wraps(view)
    def checked(request, *args, **kwargs):
        if not KeptPolicy(Question).user_has_any_permission(request.user, ["view", "add", "change"]):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return checked


class QuestionViewSet(SnippetViewSet):
    """The question bank. The usage view says in which quizzes a question is asked."""

    model = Question
    icon = "help"
    menu_label = gettext_lazy("Banque de questions")
    menu_order = 120
    add_to_admin_menu = True
    base_url_path = "questions"
    list_per_page = 50
    index_view_class = QuestionIndexView
    add_view_class = QuestionCreateView
    filterset_class = QuestionFilter
    permission_policy = KeptPolicy(Question)
    chooser_viewset_class = QuestionChooserViewSet
    list_display = [
        "__str__",
        Column("type_label", label=gettext_lazy("Type"), width="14%"),
        Column(
            "competence",
            label=gettext_lazy("Compétence"),
            accessor="competence.code",
            sort_key="competence__code",
            width="10%",
        ),
        Column("level", label=gettext_lazy("Niveau"), sort_key="level", width="8%"),
        Column("version_number", label=gettext_lazy("Version"), width="8%"),
        Column("get_difficulty_display", label=gettext_lazy("Difficulté"), sort_key="difficulty", width="10%"),
        TitleColumn(
            "use_count",
            label=gettext_lazy("Évaluations"),
            sort_key="use_count",
            width="10%",
            get_url=lambda question: reverse("wagtailsnippets_courses_question:usage", args=[question.pk]),
        ),
    ]

    def get_queryset(self, request):
        return Question.objects.select_related("competence").with_usage().order_by("code")
