"""Attempts in the back office: results, never answers, for those in charge of the people assessed."""

import django_filters
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column

from courses.models import CoursePage
from lms.assessment.back_office import told
from lms.assessment.back_office.told import InTurn, passed_filter
from lms.assessment.models import Attempt
from lms.learning.register import RegisterIndexView, RegisterViewSet

VIEW = "assessment.view_attempt"


class AttemptFilterSet(WagtailFilterSet):
    course = django_filters.ModelChoiceFilter(
        label=_("Formation"), field_name="enrolment__course", queryset=CoursePage.objects.order_by("title", "pk")
    )

    is_passed = passed_filter()

    class Meta:
        model = Attempt
        fields = ["course", "state"]


class AttemptIndexView(InTurn, RegisterIndexView):
    """The attempts in scope, with what may be told of them."""

    def get_base_queryset(self):
        return super().get_base_queryset().as_told()


class AttemptViewSet(RegisterViewSet):
    model = Attempt
    name = "assessment_attempts"
    url_prefix = "tentatives"
    icon = "tasks"
    menu_label = _("Tentatives")
    menu_order = 255
    view_permission = VIEW
    related = ["enrolment__person", "enrolment__course", "quiz"]
    index_view_class = AttemptIndexView
    filterset_class = AttemptFilterSet
    ordering = ["-told_started_at"]
    search_fields = ["enrolment__person__last_name", "enrolment__person__first_name", "enrolment__course__title"]
    list_display = [
        Column("enrolment.person", label=_("Personne"), sort_key="enrolment__person__last_name"),
        Column("enrolment.course", label=_("Formation"), sort_key="enrolment__course__title"),
        Column("number", label=_("Tentative")),
        Column("state_label", label=_("État"), sort_key="state"),
        *told.OUTCOME,
        told.SUBMITTED,
    ]
    export_filename = "tentatives"
    list_export = [
        *("enrolment.person.last_name", "enrolment.person.first_name", "enrolment.person.email"),
        *("enrolment.course.code", "quiz.title", "number", "state"),
        *told.EXPORTED_OUTCOME,
        *told.EXPORTED_TIMES,
    ]
    export_headings = {
        "enrolment.person.last_name": _("Nom"),
        "enrolment.person.first_name": _("Prénom"),
        **told.HEADINGS,
    }
