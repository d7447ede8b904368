"""What learners wrote about the lessons of a course."""

import django_filters
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn

from lms.assessment.back_office.lists.base import CourseList, steps_of
from lms.learning.models import LessonRemark


class RemarkFilter(WagtailFilterSet):
    """By lesson, and read or not."""

    lesson = django_filters.ModelChoiceFilter(label=gettext_lazy("Leçon"), queryset=steps_of)
    state = django_filters.ChoiceFilter(label=gettext_lazy("État"), choices=LessonRemark.State.choices)

    class Meta:
        model = LessonRemark
        fields: list[str] = []


class RemarkActsColumn(Column):
    """What may be done of a remark, one button each."""

    cell_template_name = "assessment/back_office/remark_acts.html"


class RemarkList(CourseList):
    """What learners wrote about the lessons of the course."""

    name = "assessment_remark_list"
    page_title = gettext_lazy("Remarques des apprenants")
    header_icon = "comment"
    filterset_class = RemarkFilter
    model = LessonRemark
    related = ["enrolment__person", "lesson"]
    default_ordering = "-sent_at"
    columns = [
        Column("text", label=gettext_lazy("Remarque"), width="45%"),
        Column("lesson", label=gettext_lazy("Leçon"), sort_key="lesson__title"),
        Column("enrolment.person", label=gettext_lazy("Personne")),
        DateColumn("sent_at", label=gettext_lazy("Envoyée"), sort_key="sent_at"),
        Column("get_state_display", label=gettext_lazy("État"), sort_key="state"),
        RemarkActsColumn("acts", label=gettext_lazy("Agir"), accessor="pk"),
    ]
    export_filename = "remarques"
    list_export = ["lesson.title", "text", "sent_at", "get_state_display"]
    export_headings = {"lesson.title": gettext_lazy("Leçon"), "get_state_display": gettext_lazy("État")}

    def rows(self):
        return LessonRemark.objects.for_course(self.course)
