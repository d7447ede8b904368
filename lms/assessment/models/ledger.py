"""The ledger of marks: what each answer was worth, who said so and why; appended, never edited."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lms.assessment.models.attempts import Attempt, ServedQuestion
from lms.assessment.models.regrades import Regrade
from lms.core.append_only import AppendOnlyModel, AppendOnlyQuerySet
from lms.people.models import User


class MarkLine(AppendOnlyModel):
    """One line of the ledger. The latest of a question is what it is worth; what an attempt is worth follows.

    `points` out of `max_points` of one question; neither for a line about the whole attempt (`question` null): it was
    opened again for its learner, and what was marked before counts no more. `details`, of a manual mark:
    {"criteria": [{"id", "text", "points", "max"}], "comment"}; of a regrade: {"newly_passed": bool}.
    """

    class Kind(models.TextChoices):
        AUTOMATIC = "automatic", _("note automatique")
        MANUAL = "manual", _("correction")
        REGRADE = "regrade", _("nouvelle note")
        NEUTRALISE = "neutralise", _("question neutralisée")
        APPEAL = "appeal", _("contestation acceptée")
        EXCEPTION = "exception", _("dérogation")

    attempt = models.ForeignKey(Attempt, models.PROTECT, related_name="marks", verbose_name=_("tentative"))
    question = models.ForeignKey(
        ServedQuestion, models.PROTECT, null=True, blank=True, related_name="marks", verbose_name=_("question")
    )
    kind = models.CharField(_("nature"), max_length=10, choices=Kind.choices)
    points = models.DecimalField(_("points obtenus"), max_digits=7, decimal_places=2, null=True, blank=True)
    max_points = models.DecimalField(_("points possibles"), max_digits=7, decimal_places=2, null=True, blank=True)
    regrade = models.ForeignKey(
        Regrade, models.PROTECT, null=True, blank=True, related_name="marks", verbose_name=_("renotation")
    )
    reason = models.TextField(_("motif"), blank=True)
    details = models.JSONField(_("précisions"), default=dict, blank=True)
    author = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("auteur"))
    created_at = models.DateTimeField(_("inscrite le"))

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(question__isnull=True, points__isnull=True, max_points__isnull=True)
                | Q(question__isnull=False, points__isnull=False, max_points__isnull=False),
                name="assessment_line_marks_a_question_or_none",
            ),
            models.CheckConstraint(
                condition=Q(kind="automatic", author__isnull=True)
                | (~Q(kind="automatic") & Q(author__isnull=False) & (Q(kind="manual") | ~Q(reason=""))),
                name="assessment_line_is_signed_and_justified",
            ),
        ]
        verbose_name = _("ligne de note")
        verbose_name_plural = _("lignes de note")

    def __str__(self):
        return f"{self.attempt_id} {self.kind} {self.points}"
