"""What was finished faster than it can be read."""

import django_filters
from django.db.models import DateTimeField, Q
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn

from lms.assessment.back_office.lists.base import LearnerList, person_column, steps_of
from lms.assessment.back_office.told import InTurn
from lms.assessment.models.telling import turn_in, unless
from lms.learning.models import RapidFinish


class RapidFinishFilter(WagtailFilterSet):
    """By step."""

    item = django_filters.ModelChoiceFilter(label=gettext_lazy("Étape"), queryset=steps_of)

    class Meta:
        model = RapidFinish
        fields: list[str] = []


class RapidFinishList(InTurn, LearnerList):
    """The lessons and quizzes of the course that someone finished faster than they can be read.

    Beside a name, the moment an anonymous quiz was handed in would tell whose a copy is: it is not shown.
    """

    name = "assessment_rapid_finish_list"
    page_title = gettext_lazy("Plus vite que la lecture")
    header_icon = "history"
    filterset_class = RapidFinishFilter
    model = RapidFinish
    related = ["enrolment__person", "item"]
    default_ordering = "-told_at"
    columns = [
        person_column(),
        Column("item", label=gettext_lazy("Étape"), sort_key="item__title"),
        Column("words", label=gettext_lazy("Mots à lire"), sort_key="words"),
        Column("seconds", label=gettext_lazy("Temps passé (s)"), sort_key="seconds"),
        Column("least_seconds", label=gettext_lazy("Lecture la plus rapide (s)"), sort_key="least_seconds"),
        DateColumn("told_at", label=gettext_lazy("Le"), sort_key="told_at"),
    ]
    export_filename = "plus-vite-que-la-lecture"
    exported = ["item.title", "words", "seconds", "least_seconds", "told_at"]
    headings = {"item.title": gettext_lazy("Étape"), "told_at": gettext_lazy("Le")}

    def rows(self):
        is_veiled = Q(item__quizpage__anonymous_marking=True)
        at = unless(is_veiled, "occurred_at", DateTimeField(null=True))
        return RapidFinish.objects.for_course(self.course).annotate(told_at=at, turn=turn_in("pk"))
