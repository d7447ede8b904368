"""What the answers say of each question of a course."""

import django_filters
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, TitleColumn

from lms.assessment.back_office.lists.base import CourseList, quiz_filter
from lms.assessment.models import ItemStatistics
from lms.assessment.rules.statistics import MIN_ANSWERS


class QuestionFilter(WagtailFilterSet):
    """By quiz, and to be looked at again."""

    quiz = quiz_filter()
    is_flagged = django_filters.BooleanFilter(label=gettext_lazy("À revoir"))

    class Meta:
        model = ItemStatistics
        fields: list[str] = []


class QuestionList(CourseList):
    """What the answers say of each question: those to look at again first, then the hardest."""

    name = "assessment_question_list"
    template_name = "assessment/back_office/question_list.html"
    page_title = gettext_lazy("Questions")
    header_icon = "help"
    filterset_class = QuestionFilter
    model = ItemStatistics
    related = ["version__question", "quiz"]
    export_filename = "questions"
    list_export = [
        *("version.question.code", "prompt", "version.number", "quiz.title", "answer_count", "unanswered_count"),
        *("facility_percent", "discrimination", "median_seconds", "faults_text"),
    ]
    export_headings = {
        "version.question.code": gettext_lazy("Code"),
        "prompt": gettext_lazy("Question"),
        "version.number": gettext_lazy("Version"),
        "quiz.title": gettext_lazy("Évaluation"),
        "faults_text": gettext_lazy("À revoir"),
    }

    def rows(self):
        return ItemStatistics.objects.for_course(self.course)

    @cached_property
    def columns(self):
        return [
            TitleColumn("prompt", label=gettext_lazy("Question"), get_url=self.detail_url, width="36%"),
            Column("quiz", label=gettext_lazy("Évaluation")),
            Column("answer_count", label=gettext_lazy("Réponses"), sort_key="answer_count"),
            Column("facility_percent", label=gettext_lazy("Facilité (%)"), sort_key="facility_percent"),
            Column("discrimination", label=gettext_lazy("Discrimination"), sort_key="discrimination"),
            Column("median_seconds", label=gettext_lazy("Temps médian (s)"), sort_key="median_seconds"),
            Column("faults_text", label=gettext_lazy("À revoir")),
        ]

    def detail_url(self, item):
        return reverse("assessment_question_statistics", args=[self.course.pk, item.pk])

    def get_context_data(self, *args, **kwargs):
        latest = self.rows().order_by("-computed_at").values_list("computed_at", flat=True).first()
        more = {"course": self.course, "computed_at": latest, "min_answers": MIN_ANSWERS}
        return super().get_context_data(*args, **kwargs) | more
