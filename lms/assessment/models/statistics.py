"""What the answers given so far say of the questions asked: derived, computed again each night and on demand."""

from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from courses.models import QuestionVersion, QuizPage
from lms.assessment.rules import statistics


class ItemStatisticsQuerySet(models.QuerySet):
    def for_course(self, course):
        """The questions asked in the quizzes of a course, those to look at again first, then the hardest."""
        quizzes = QuizPage.objects.descendant_of(course).values("pk")
        return self.filter(quiz__in=quizzes).select_related("version__question", "quiz")

    def telling(self):
        """Those that enough people answered to say something."""
        return self.filter(answer_count__gte=statistics.MIN_ANSWERS, facility_percent__isnull=False)

    def hardest_first(self):
        return self.order_by("facility_percent", "pk")


class ItemStatistics(models.Model):
    """One version of a question in one quiz, over the first attempt of each learner.

    `choices`: {option id: how many chose it}, {"true": n, "false": n} for a statement, {} for other types.
    """

    quiz = models.ForeignKey(QuizPage, models.CASCADE, related_name="item_statistics", verbose_name=_("évaluation"))
    version = models.ForeignKey(
        QuestionVersion, models.PROTECT, related_name="item_statistics", verbose_name=_("question")
    )
    answer_count = models.PositiveIntegerField(_("réponses"))
    unanswered_count = models.PositiveIntegerField(_("sans réponse"))
    facility_percent = models.DecimalField(_("facilité (%)"), max_digits=5, decimal_places=2, null=True)
    discrimination = models.DecimalField(_("discrimination"), max_digits=4, decimal_places=3, null=True)
    median_seconds = models.PositiveIntegerField(_("temps médian (s)"), null=True)
    choices = models.JSONField(_("réponses choisies"), default=dict)
    is_flagged = models.BooleanField(_("à revoir"), default=False)
    computed_at = models.DateTimeField(_("calculée le"))

    objects = ItemStatisticsQuerySet.as_manager()

    class Meta:
        ordering = ["-is_flagged", "facility_percent", "pk"]
        constraints = [models.UniqueConstraint(fields=["quiz", "version"], name="assessment_item_statistics_once")]
        default_permissions: tuple[str, ...] = ()
        verbose_name = _("statistique de question")
        verbose_name_plural = _("statistiques des questions")

    def __str__(self):
        return f"{self.version.question.code} v{self.version.number}"

    @property
    def is_telling(self) -> bool:
        """Whether enough people answered for the figures to say something."""
        return self.answer_count >= statistics.MIN_ANSWERS

    @cached_property
    def options(self) -> list[statistics.OptionCount]:
        return statistics.option_counts(self.version.type, self.version.content, self.choices, self.answer_count)

    @cached_property
    def faults(self) -> list[str]:
        """Why the question should be looked at again, in sentences."""
        discrimination = None if self.discrimination is None else float(self.discrimination)
        facility = None if self.facility_percent is None else float(self.facility_percent)
        return statistics.faults(self.answer_count, facility, discrimination, self.options)

    @property
    def faults_text(self) -> str:
        return " ".join(self.faults)

    @property
    def prompt(self) -> str:
        """The question in plain words."""
        return self.version.prompt
