"""The attempts at the quizzes of a course, by quiz, by outcome and by the answer to one question."""

import django_filters
from django.db.models import F, Q
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column

from lms.assessment.back_office import told
from lms.assessment.back_office.lists.base import LearnerList, person_column, quiz_filter, steps_of
from lms.assessment.back_office.told import InTurn, passed_filter
from lms.assessment.models import Attempt, ItemStatistics, ServedQuestion


class AttemptFilter(WagtailFilterSet):
    """By quiz, passed or not, and the answer to one version of a question."""

    quiz = quiz_filter()
    is_passed = passed_filter()
    question = django_filters.ModelChoiceFilter(
        label=gettext_lazy("Question"),
        queryset=lambda request: asked_in(request),
        method="filter_question",
    )
    answer = django_filters.ChoiceFilter(
        label=gettext_lazy("Réponse à cette question"),
        choices=[("right", gettext_lazy("juste")), ("wrong", gettext_lazy("fausse ou en partie juste"))],
        method="filter_answer",
    )

    class Meta:
        model = Attempt
        fields: list[str] = []

    def filter_question(self, queryset, name, value):
        """Attempts that served this version."""
        return queryset.filter(pk__in=self._served(value).values("attempt"))

    def filter_answer(self, queryset, name, value):
        """Attempts where the question chosen got all its points, or not; none whose outcome is secret."""
        question = self.form.cleaned_data.get("question")
        if question is None:
            return queryset
        is_right = Q(awarded_points__gte=F("points"))
        served = self._served(question).filter(is_right if value == "right" else ~is_right)
        told_of = queryset.filter(pk__in=served.values("attempt"))
        return told_of.exclude(pk__in=Attempt.objects.with_secret_outcome().values("pk"))

    def _served(self, item):
        return ServedQuestion.objects.filter(version=item.version_id, attempt__quiz=item.quiz_id)


def asked_in(request):
    """The questions of the course that have statistics."""
    if request is None:
        return ItemStatistics.objects.none()
    return ItemStatistics.objects.filter(quiz__in=steps_of(request).values("pk")).select_related("version__question")


class AttemptList(InTurn, LearnerList):
    """The attempts at the quizzes of the course: marks, never answers."""

    name = "assessment_course_attempt_list"
    page_title = gettext_lazy("Tentatives")
    header_icon = "tasks"
    filterset_class = AttemptFilter
    model = Attempt
    related = ["enrolment__person", "quiz"]
    default_ordering = "-told_started_at"
    columns = [
        person_column(),
        Column("quiz", label=gettext_lazy("Évaluation"), sort_key="quiz__title"),
        Column("number", label=gettext_lazy("Tentative")),
        Column("get_state_display", label=gettext_lazy("État"), sort_key="state"),
        *told.OUTCOME,
        told.STARTED,
        told.SUBMITTED,
    ]
    export_filename = "tentatives"
    exported = [
        *("quiz.title", "number", "get_state_display"),
        *told.EXPORTED_OUTCOME,
        *told.EXPORTED_TIMES,
    ]
    headings = {
        "quiz.title": gettext_lazy("Évaluation"),
        "get_state_display": gettext_lazy("État"),
        **told.HEADINGS,
    }

    def rows(self):
        return Attempt.objects.filter(enrolment__course=self.course).as_told()
