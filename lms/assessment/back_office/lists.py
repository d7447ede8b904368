"""The lists behind the figures of a course: enrolments, attempts, questions, remarks; filtered, exported, traced.

Of a learner they show the name and what they did in this course: no address, no post, no answer.
"""

import django_filters
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import BooleanColumn, Column, DateColumn, TitleColumn
from wagtail.admin.views.reports import ReportView
from wagtail.models import Page

from courses.models import QuizPage
from lms.assessment.back_office.follow_up import breadcrumbs, taught_course
from lms.assessment.follow_up import ACTIVE, IDLE, STOPPED, enrolments_of
from lms.assessment.models import Attempt, ItemStatistics, ServedQuestion
from lms.assessment.rules.statistics import MIN_ANSWERS
from lms.core.spreadsheets import SafeExportMixin
from lms.learning.models import Enrolment, ItemProgress, LessonRemark, RapidFinish

NEVER_OPENED = "aucune"
SITUATIONS = {
    "active": ACTIVE,
    "idle": IDLE,
    "completed": Q(state=Enrolment.State.COMPLETED),
    "withdrawn": Q(state=Enrolment.State.WITHDRAWN),
}


def steps_of(request):
    """The lessons and quizzes of the course whose list is asked for."""
    course = Page.objects.filter(pk=request.resolver_match.kwargs["pk"]).first() if request else None
    return Page.objects.descendant_of(course).order_by("path") if course else Page.objects.none()


class CourseList(SafeExportMixin, ReportView):
    """Rows of one course, for those who teach it."""

    name = ""  # of the address; that of the results alone ends in _results
    related: list[str] = []
    any_permission_required = None

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.course = taught_course(request, kwargs["pk"])

    def get_base_queryset(self):
        return self.rows().select_related(*self.related)

    def get_index_url(self):
        return reverse(self.name, args=[self.course.pk])

    def get_index_results_url(self):
        return reverse(f"{self.name}_results", args=[self.course.pk])

    def get_page_subtitle(self):
        return self.course.title

    def get_breadcrumbs_items(self):
        return breadcrumbs(self.course, self.page_title)

    def export_subject(self):
        return self.course

    def get_filename(self):
        return f"{self.export_filename}-{self.course.code}"


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


class EnrolmentList(CourseList):
    """Who is enrolled in the course, and how far they are."""

    name = "assessment_enrolment_list"
    page_title = gettext_lazy("Inscrits")
    header_icon = "group"
    filterset_class = EnrolmentFilter
    is_searchable = True
    search_fields = ["person__last_name", "person__first_name"]
    search_backend_name = None
    model = Enrolment
    related = ["person", "completion"]
    default_ordering = "-enrolled_at"
    columns = [
        Column("person", label=gettext_lazy("Personne"), sort_key="person__last_name"),
        Column("get_state_display", label=gettext_lazy("État"), sort_key="state"),
        Column("progress_percent", label=gettext_lazy("Avancement (%)")),
        Column("last_title", label=gettext_lazy("Dernière page ouverte")),
        DateColumn("enrolled_at", label=gettext_lazy("Inscription"), sort_key="enrolled_at"),
        DateColumn("completed_at", label=gettext_lazy("Terminée")),
    ]
    export_filename = "inscrits"
    list_export = [
        *("person.last_name", "person.first_name", "get_state_display", "done_count", "item_count"),
        *("last_title", "enrolled_at", "completed_at"),
    ]
    export_headings = {
        "person.last_name": gettext_lazy("Nom"),
        "person.first_name": gettext_lazy("Prénom"),
        "get_state_display": gettext_lazy("État"),
        "last_title": gettext_lazy("Dernière page ouverte"),
        "completed_at": gettext_lazy("Terminée le"),
    }

    def rows(self):
        return enrolments_of(self.course, timezone.now()).annotate(last_title=F("last_item__title"))


class AttemptFilter(WagtailFilterSet):
    """By quiz, passed or not, and the answer to one version of a question."""

    quiz = django_filters.ModelChoiceFilter(
        label=gettext_lazy("Évaluation"), queryset=lambda request: QuizPage.objects.filter(pk__in=steps_of(request))
    )
    is_passed = django_filters.BooleanFilter(label=gettext_lazy("Réussie"))
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
        """Attempts where the question chosen got all its points, or not."""
        question = self.form.cleaned_data.get("question")
        if question is None:
            return queryset
        is_right = Q(awarded_points__gte=F("points"))
        served = self._served(question).filter(is_right if value == "right" else ~is_right)
        return queryset.filter(pk__in=served.values("attempt"))

    def _served(self, item):
        return ServedQuestion.objects.filter(version=item.version_id, attempt__quiz=item.quiz_id)


def asked_in(request):
    """The questions of the course that have statistics."""
    if request is None:
        return ItemStatistics.objects.none()
    return ItemStatistics.objects.filter(quiz__in=steps_of(request).values("pk")).select_related("version__question")


class AttemptList(CourseList):
    """The attempts at the quizzes of the course: marks, never answers."""

    name = "assessment_course_attempt_list"
    page_title = gettext_lazy("Tentatives")
    header_icon = "tasks"
    filterset_class = AttemptFilter
    is_searchable = True
    search_fields = ["enrolment__person__last_name", "enrolment__person__first_name"]
    search_backend_name = None
    model = Attempt
    related = ["enrolment__person", "quiz"]
    default_ordering = "-started_at"
    columns = [
        Column("enrolment.person", label=gettext_lazy("Personne"), sort_key="enrolment__person__last_name"),
        Column("quiz", label=gettext_lazy("Évaluation"), sort_key="quiz__title"),
        Column("number", label=gettext_lazy("Tentative")),
        Column("get_state_display", label=gettext_lazy("État"), sort_key="state"),
        Column("score_percent", label=gettext_lazy("Note (%)"), sort_key="score_percent"),
        BooleanColumn("is_passed", label=gettext_lazy("Réussie"), sort_key="is_passed"),
        DateColumn("started_at", label=gettext_lazy("Commencée"), sort_key="started_at"),
        DateColumn("submitted_at", label=gettext_lazy("Remise"), sort_key="submitted_at"),
    ]
    export_filename = "tentatives"
    list_export = [
        *("enrolment.person.last_name", "enrolment.person.first_name", "quiz.title", "number", "get_state_display"),
        *("score_percent", "is_passed", "started_at", "submitted_at"),
    ]
    export_headings = {
        "enrolment.person.last_name": gettext_lazy("Nom"),
        "enrolment.person.first_name": gettext_lazy("Prénom"),
        "quiz.title": gettext_lazy("Évaluation"),
        "get_state_display": gettext_lazy("État"),
    }

    def rows(self):
        return Attempt.objects.filter(enrolment__course=self.course)


class QuestionFilter(WagtailFilterSet):
    """By quiz, and to be looked at again."""

    quiz = django_filters.ModelChoiceFilter(
        label=gettext_lazy("Évaluation"), queryset=lambda request: QuizPage.objects.filter(pk__in=steps_of(request))
    )
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
            TitleColumn("prompt", label=gettext_lazy("Question"), get_url=self.detail_url, width="30%"),
            Column("quiz", label=gettext_lazy("Évaluation")),
            Column("answer_count", label=gettext_lazy("Réponses"), sort_key="answer_count"),
            Column("facility_percent", label=gettext_lazy("Facilité (%)"), sort_key="facility_percent"),
            Column("discrimination", label=gettext_lazy("Discrimination"), sort_key="discrimination"),
            Column("median_seconds", label=gettext_lazy("Temps médian (s)"), sort_key="median_seconds"),
            Column("faults_text", label=gettext_lazy("À revoir"), width="28%"),
        ]

    def detail_url(self, item):
        return reverse("assessment_question_statistics", args=[self.course.pk, item.pk])

    def get_context_data(self, *args, **kwargs):
        latest = self.rows().order_by("-computed_at").values_list("computed_at", flat=True).first()
        more = {"course": self.course, "computed_at": latest, "min_answers": MIN_ANSWERS}
        return super().get_context_data(*args, **kwargs) | more


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


class RapidFinishFilter(WagtailFilterSet):
    """By step."""

    item = django_filters.ModelChoiceFilter(label=gettext_lazy("Étape"), queryset=steps_of)

    class Meta:
        model = RapidFinish
        fields: list[str] = []


class RapidFinishList(CourseList):
    """The lessons and quizzes of the course that someone finished faster than they can be read."""

    name = "assessment_rapid_finish_list"
    page_title = gettext_lazy("Plus vite que la lecture")
    header_icon = "history"
    filterset_class = RapidFinishFilter
    is_searchable = True
    search_fields = ["enrolment__person__last_name", "enrolment__person__first_name"]
    search_backend_name = None
    model = RapidFinish
    related = ["enrolment__person", "item"]
    default_ordering = "-occurred_at"
    columns = [
        Column("enrolment.person", label=gettext_lazy("Personne"), sort_key="enrolment__person__last_name"),
        Column("item", label=gettext_lazy("Étape"), sort_key="item__title"),
        Column("words", label=gettext_lazy("Mots à lire"), sort_key="words"),
        Column("seconds", label=gettext_lazy("Temps passé (s)"), sort_key="seconds"),
        Column("least_seconds", label=gettext_lazy("Lecture la plus rapide (s)"), sort_key="least_seconds"),
        DateColumn("occurred_at", label=gettext_lazy("Le"), sort_key="occurred_at"),
    ]
    export_filename = "plus-vite-que-la-lecture"
    list_export = [
        *("enrolment.person.last_name", "enrolment.person.first_name", "item.title"),
        *("words", "seconds", "least_seconds", "occurred_at"),
    ]
    export_headings = {
        "enrolment.person.last_name": gettext_lazy("Nom"),
        "enrolment.person.first_name": gettext_lazy("Prénom"),
        "item.title": gettext_lazy("Étape"),
    }

    def rows(self):
        return RapidFinish.objects.for_course(self.course)
