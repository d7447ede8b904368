"""Who was asked to bring a certificate up to date, who did it and who did not: for human resources and the certification."""

from django.utils.translation import gettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn

from certificates.filters import course_filter
from certificates.models import Recertification
from certificates.permissions import VIEW_UPDATE
from lms.learning.register import RegisterViewSet


class RecertificationFilterSet(WagtailFilterSet):
    course = course_filter("version__course")

    class Meta:
        model = Recertification
        fields = ["state", "course"]


class RecertificationViewSet(RegisterViewSet):
    model = Recertification
    name = "certificate_updates"
    url_prefix = "delivrance/mises-a-jour"
    icon = "rotate"
    add_to_admin_menu = False  # in its group
    menu_label = gettext_lazy("Mises à jour")
    view_permission = VIEW_UPDATE
    related = ["enrolment__person", "version__course", "certificate"]
    filterset_class = RecertificationFilterSet
    ordering = ["-assigned_at", "-pk"]
    search_fields = ["enrolment__person__last_name", "enrolment__person__first_name", "version__course__title"]
    list_display = [
        Column("enrolment.person", label=gettext_lazy("Personne"), sort_key="enrolment__person__last_name"),
        Column("version", label=gettext_lazy("Version"), sort_key="version__course__title"),
        Column("amount", label=gettext_lazy("Ce qui est demandé")),
        DateColumn("assigned_at", label=gettext_lazy("Demandée"), sort_key="assigned_at"),
        Column("get_state_display", label=gettext_lazy("État"), sort_key="state"),
        DateColumn("settled_at", label=gettext_lazy("Faite"), sort_key="settled_at"),
        Column("new_number", label=gettext_lazy("Nouveau certificat")),
    ]
    export_filename = "mises-a-jour-de-certificats"
    list_export = [
        *("enrolment.person.last_name", "enrolment.person.first_name", "enrolment.person.email"),
        *("version.course.code", "version.content_version", "amount", "assigned_at", "get_state_display", "settled_at"),
        "new_number",
    ]
    export_headings = {
        "get_state_display": gettext_lazy("État"),
        "amount": gettext_lazy("Ce qui est demandé"),
        "new_number": gettext_lazy("Nouveau certificat"),
    }
