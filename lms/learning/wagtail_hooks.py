"""Enrolments in the back office, for those in charge of the people enrolled."""

import django_filters
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn

from courses.models import CoursePage
from lms.learning.models import Enrolment
from lms.learning.register import RegisterViewSet
from lms.people.rules import Role

VIEW = "learning.view_enrolment"


class EnrolmentFilterSet(WagtailFilterSet):
    course = django_filters.ModelChoiceFilter(label=_("Formation"), queryset=CoursePage.objects.order_by("title", "pk"))

    class Meta:
        model = Enrolment
        fields = ["course", "state"]


class EnrolmentViewSet(RegisterViewSet):
    model = Enrolment
    name = "learning_enrolments"
    url_prefix = "inscriptions"
    icon = "clipboard-list"
    menu_label = _("Inscriptions")
    menu_order = 250
    view_permission = VIEW
    related = ["person", "course", "completion"]
    filterset_class = EnrolmentFilterSet
    ordering = ["-enrolled_at", "-pk"]
    search_fields = ["person__last_name", "person__first_name", "course__title"]
    list_display = [
        Column("person", label=_("Personne"), sort_key="person__last_name"),
        Column("course", label=_("Formation"), sort_key="course__title"),
        Column("get_state_display", label=_("État"), sort_key="state"),
        Column("progress_percent", label=_("Avancement (%)")),
        DateColumn("enrolled_at", label=_("Inscription"), sort_key="enrolled_at"),
    ]
    export_filename = "inscriptions"
    list_export = [
        *("person.last_name", "person.first_name", "person.email", "course.code", "course.title"),
        *("state", "done_count", "item_count", "enrolled_at", "completed_at"),
    ]


@hooks.register("register_admin_viewset")
def enrolment_register():
    return EnrolmentViewSet()


@hooks.register("register_role_permissions")
def role_permissions():
    return {role: [VIEW] for role in (Role.TRAINER, Role.HR, Role.ADMINISTRATOR)}
