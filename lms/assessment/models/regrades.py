"""Decisions about a question that turned out faulty, for all who answered it in a quiz."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.models import CoursePage, QuestionVersion, QuizPage
from lms.core.append_only import AppendOnlyModel, AppendOnlyQuerySet
from lms.people.models import User


class RegradeQuerySet(AppendOnlyQuerySet):
    def taught_by(self, user):
        """The decisions about the quizzes of the courses that `user` teaches."""
        return self.filter(course__in=CoursePage.objects.taught_by(user))

    def neutralising(self):
        """The decisions after which a version is asked no more."""
        return self.exclude(treatment=Regrade.Treatment.NEW_KEY)


class Regrade(AppendOnlyModel):
    """One decision: what becomes of a version of a question in every attempt at a quiz, and why.

    It is applied by a job, attempt by attempt, and to attempts under way when they are submitted; the lines it writes in
    ledgers name it.
    """

    class Treatment(models.TextChoices):
        EXCLUDE = "exclude", _("neutraliser : la question ne compte pour personne")
        FULL = "full", _("neutraliser : tous ses points à chacun")
        NEW_KEY = "new_key", _("renoter avec la question corrigée")

    quiz = models.ForeignKey(QuizPage, models.PROTECT, related_name="regrades", verbose_name=_("évaluation"))
    course = models.ForeignKey(CoursePage, models.PROTECT, related_name="+", verbose_name=_("formation"))
    version = models.ForeignKey(
        QuestionVersion, models.PROTECT, related_name="regrades", verbose_name=_("version de la question")
    )
    treatment = models.CharField(_("décision"), max_length=10, choices=Treatment.choices)
    new_version = models.ForeignKey(
        QuestionVersion, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("question corrigée")
    )
    reason = models.TextField(_("motif"))
    author = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("auteur"))
    created_at = models.DateTimeField(_("décidée le"))

    objects = RegradeQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="assessment_regrade_is_justified"),
            models.CheckConstraint(
                condition=Q(treatment="new_key", new_version__isnull=False)
                | (~Q(treatment="new_key") & Q(new_version__isnull=True)),
                name="assessment_regrade_names_its_key",
            ),
        ]
        verbose_name = _("renotation")
        verbose_name_plural = _("renotations")

    def __str__(self):
        return f"{self.quiz} – {self.version}"

    @property
    def job_key(self) -> str:
        return f"regrade:{self.pk}"
