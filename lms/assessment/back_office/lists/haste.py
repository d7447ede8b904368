"""What was finished faster than it can be read."""

import django_filters
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn

from lms.assessment.back_office.lists.base import LearnerList, person_column, steps_of
from lms.learning.models import RapidFinish


class RapidFinishFilter(WagtailFilterSet):
    """By step."""

    item = django_filters.ModelChoiceFilter(label=gettext_lazy("Étape"), queryset=steps_of)

    class Meta:
        model = RapidFinish
        fields: list[str] = []


class RapidFinishList(LearnerList):
    """The lessons and quizzes of the course that someone finished faster than they can be read."""

    name = "assessment_rapid_finish_list"
    page_title = gettext_lazy("Plus vite que la lecture")
    header_icon = "history"
    filterset_class = RapidFinishFilter
    model = RapidFinish
    related = ["enrolment__person", "item"]
    default_ordering = "-occurred_at"
    columns = [
        person_column(),
        Column("item", label=gettext_lazy("Étape"), sort_key="item__title"),
        Column("words", label=gettext_lazy("Mots à lire"), sort_key="words"),
        Column("seconds", label=gettext_lazy("Temps passé (s)"), sort_key="seconds"),
        Column("least_seconds", label=gettext_lazy("Lecture la plus rapide (s)"), sort_key="least_seconds"),
        DateColumn("occurred_at", label=gettext_lazy("Le"), sort_key="occurred_at"),
    ]
    export_filename = "plus-vite-que-la-lecture"
    exported = ["item.title", "words", "seconds", "least_seconds", "occurred_at"]
    headings = {"item.title": gettext_lazy("Étape")}

    def rows(self):
        return RapidFinish.objects.for_course(self.course)
