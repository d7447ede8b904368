"""Who is enrolled in a course, by what became of them, and how far they are."""

import django_filters
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn

from courses.models import QuizPage
from lms.assessment.back_office.lists.base import LearnerList, person_column, steps_of
from lms.assessment.follow_up import ACTIVE, IDLE, STOPPED, enrolments_of
from lms.learning.models import Enrolment, ItemProgress

NEVER_OPENED = "aucune"
SITUATIONS = {
    "active": ACTIVE,
    "idle": IDLE,
    "completed": Q(state=Enrolment.State.COMPLETED),
    "withdrawn": Q(state=Enrolment.State.WITHDRAWN),
}


class EnrolmentFilter(WagtailFilterSet):
    """By what became of the learner, the step done, the page where they stopped."""

    situation = django_filters.ChoiceFilter(
        label=gettext_lazy("Situation"),
        method="filter_situation",
        choices=[
            ("active", gettext_lazy("actives : ont travaillé depuis 30 jours")),
            ("idle", gettext_lazy("à l’arrêt : rien depuis 30 jours")),
            ("completed", gettext_lazy("terminées")),
            ("withdrawn", gettext_lazy("abandonnées")),
        ],
    )
    done = django_filters.ModelChoiceFilter(
        label=gettext_lazy("Étape terminée"), queryset=steps_of, method="filter_done"
    )
    stopped_at = django_filters.ModelChoiceFilter(
        label=gettext_lazy("Arrêtées à"),
        queryset=steps_of,
        method="filter_stopped_at",
        null_label=gettext_lazy("aucune page ouverte"),
        null_value=NEVER_OPENED,
    )

    class Meta:
        model = Enrolment
        fields: list[str] = []

    def filter_situation(self, queryset, name, value):
        """The same conditions as the figures."""
        return queryset.filter(SITUATIONS[value])

    def filter_done(self, queryset, name, value):
        """Who completed a lesson, or passed a quiz."""
        done = ItemProgress.objects.filter(item=value)
        if value.specific_class is QuizPage:
            done = done.filter(success=ItemProgress.Success.PASSED)
        else:
            done = done.filter(completion=ItemProgress.Completion.COMPLETED)
        return queryset.filter(pk__in=done.values("enrolment"))

    def filter_stopped_at(self, queryset, name, value):
        """Who gave up or is idle, and last opened this page."""
        page = None if value == NEVER_OPENED else value
        return queryset.filter(STOPPED, last_item=page)


class EnrolmentList(LearnerList):
    """Who is enrolled in the course, and how far they are."""

    name = "assessment_enrolment_list"
    page_title = gettext_lazy("Inscrits")
    header_icon = "group"
    filterset_class = EnrolmentFilter
    model = Enrolment
    person = "person"
    related = ["person", "completion"]
    default_ordering = "-enrolled_at"
    columns = [
        person_column("person"),
        Column("get_state_display", label=gettext_lazy("État"), sort_key="state"),
        Column("progress_percent", label=gettext_lazy("Avancement (%)")),
        Column("last_title", label=gettext_lazy("Dernière page ouverte")),
        DateColumn("enrolled_at", label=gettext_lazy("Inscription"), sort_key="enrolled_at"),
        DateColumn("completed_at", label=gettext_lazy("Terminée")),
    ]
    export_filename = "inscrits"
    exported = [
        *("get_state_display", "done_count", "item_count"),
        *("last_title", "enrolled_at", "completed_at"),
    ]
    headings = {
        "get_state_display": gettext_lazy("État"),
        "last_title": gettext_lazy("Dernière page ouverte"),
        "completed_at": gettext_lazy("Terminée le"),
    }

    def rows(self):
        return enrolments_of(self.course, timezone.now()).annotate(last_title=F("last_item__title"))
