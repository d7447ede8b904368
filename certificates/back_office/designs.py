"""Designs in the back office: list, form, and what a real document would look like before anything is saved."""

from django.forms import Select
from django.http import HttpResponse
from django.utils.translation import gettext_lazy
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, InlinePanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import BooleanColumn, Column

from certificates.actions.designing import save_design
from certificates.back_office.design_forms import DesignForm, LogoForm
from certificates.models import Design
from certificates.specimens import preview_of
from lms.people.viewsets.scope import CreateView, EditView, IndexView, ScopedViewSet


class LogosPanel(InlinePanel):
    """Rows whose form reads a file."""

    def get_form_options(self):
        options = super().get_form_options()
        options["formsets"][self.relation_name]["form"] = LogoForm
        return options


def texts(language: str) -> list:
    """The fields of one language."""
    return [
        FieldRowPanel([FieldPanel(f"title_{language}"), FieldPanel(f"given_to_{language}")]),
        FieldPanel(f"purpose_{language}"),
        FieldPanel(
            f"header_{language}", help_text=gettext_lazy("Au-dessus du nom de la plateforme : « République du Bénin ».")
        ),
        FieldPanel(
            f"statement_{language}",
            help_text=gettext_lazy("Au-dessus des signataires : le texte qui fonde le document."),
        ),
    ]


PANELS = [
    HelpPanel(
        gettext_lazy(
            "<p>Ce que vous changez vaut pour les <strong>prochains</strong> documents : ceux qui sont délivrés gardent la version "
            "avec laquelle ils ont été dessinés. Le bouton « Voir un aperçu » ne change rien et ne scelle rien.</p>"
        )
    ),
    FieldPanel("name"),
    MultiFieldPanel(
        [
            FieldPanel("kind"),
            FieldPanel("unit"),
            FieldPanel("course", widget=Select),
            FieldPanel("is_in_service"),
        ],
        heading=gettext_lazy("Où il sert"),
    ),
    FieldPanel("languages"),
    MultiFieldPanel(
        texts("fr"),
        heading=gettext_lazy("Textes français"),
        help_text=gettext_lazy("Un texte laissé vide dit ce que ces documents disent d’ordinaire."),
    ),
    MultiFieldPanel(texts("en"), heading=gettext_lazy("Textes anglais"), classname="collapsed"),
    InlinePanel(
        "signatories",
        heading=gettext_lazy("Signataires"),
        label=gettext_lazy("signataire"),
        max_num=2,
        panels=[FieldRowPanel([FieldPanel("name"), FieldPanel("title")])],
        help_text=gettext_lazy("Sans signataire : celui des réglages de la plateforme."),
    ),
    LogosPanel(
        "logos",
        heading=gettext_lazy("Logos"),
        label=gettext_lazy("logo"),
        max_num=3,
        panels=[FieldPanel("alt"), FieldPanel("svg")],
        help_text=gettext_lazy("Le premier prend la place du signe de la plateforme, les autres se rangent à droite."),
    ),
    MultiFieldPanel(
        [
            FieldRowPanel([FieldPanel("main_colour"), FieldPanel("second_colour")]),
            FieldRowPanel([FieldPanel("accent_colour"), FieldPanel("ground_colour")]),
        ],
        heading=gettext_lazy("Couleurs"),
        help_text=gettext_lazy("Assez contrastées pour se lire imprimées en noir et blanc : 4,5 au moins."),
    ),
]


class DesignIndexView(IndexView):
    related = ["unit", "course"]


class PreviewMixin:
    """A second button of the form, « Voir un aperçu », answers with a document and saves nothing."""

    def form_valid(self, form):
        if "preview" in self.request.POST:
            return as_pdf(preview_of(form.save(commit=False), self.request.user))
        return super().form_valid(form)

    def act(self, form):
        form.save(commit=False)
        return save_design(form.instance, by=self.request.user)


class DesignCreateView(PreviewMixin, CreateView):
    template_name = "certificates/office/design_create.html"


class DesignEditView(PreviewMixin, EditView):
    template_name = "certificates/office/design_edit.html"

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        context["versions"] = self.object.versions.order_by("-number")
        return context


def as_pdf(content: bytes) -> HttpResponse:
    headers = {
        "Content-Disposition": 'inline; filename="apercu.pdf"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return HttpResponse(content, content_type="application/pdf", headers=headers)


class DesignViewSet(ScopedViewSet):
    model = Design
    name = "certificate_designs"
    url_prefix = "modeles-de-documents"
    menu_label = gettext_lazy("Modèles de documents")
    icon = "doc-full"
    add_to_reference_index = False
    index_view_class = DesignIndexView
    add_view_class = DesignCreateView
    edit_view_class = DesignEditView
    edit_handler = ObjectList(PANELS, base_form_class=DesignForm)
    create_template_name = DesignCreateView.template_name
    edit_template_name = DesignEditView.template_name
    list_display = [
        "name",
        Column("get_kind_display", label=gettext_lazy("Document")),
        Column("place", label=gettext_lazy("Pour")),
        BooleanColumn("is_in_service", label=gettext_lazy("En service")),
    ]
    list_filter = ["kind", "is_in_service"]
    search_fields = ["name"]
    search_backend_name = None
