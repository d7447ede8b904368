"""How the certificates of each course are issued: at once or in batches, for ever or for a time."""

from django.utils.translation import gettext_lazy
from wagtail.admin.panels import FieldPanel, PageChooserPanel
from wagtail.admin.ui.tables import Column
from wagtail.admin.viewsets.model import ModelViewSet

from certificates.models import CoursePolicy


class CoursePolicyViewSet(ModelViewSet):
    model = CoursePolicy
    name = "certificate_policies"
    url_prefix = "delivrance/regles"
    icon = "sliders"
    menu_label = gettext_lazy("Règles de délivrance")
    menu_order = 263
    add_to_admin_menu = True
    copy_view_enabled = False
    add_to_reference_index = False
    list_display = [
        "course",
        Column("get_mode_display", label=gettext_lazy("Délivrance")),
        Column("validity_months", label=gettext_lazy("Validité (mois)")),
    ]
    search_fields = ["course__title", "course__code"]
    search_backend_name = None
    panels = [PageChooserPanel("course"), FieldPanel("mode"), FieldPanel("validity_months")]
