"""What a holder says they apply at work, and what their hierarchy answers: both facts, only ever added.

Their words are erased with the name of the holder; that it was asked and answered, when and by whom, stays.
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from certificates.models.certificates import Certificate
from lms.core.append_only import AppendOnlyModel, ErasableQuerySet
from lms.learning.models import Enrolment
from lms.people.models import Post, User


class WorkApplicationQuerySet(ErasableQuerySet):
    erasable = "statement"

    def open(self):
        """Those nobody answered yet."""
        return self.filter(decision__isnull=True)

    def for_manager(self, user, today):
        """Those of the people whose post in force names `user` as manager, never their own."""
        if not user.is_active:
            return self.none()
        people = Post.objects.in_force(today).filter(manager=user).values("person")
        return self.filter(holder__in=people).exclude(holder=user)


class WorkApplication(AppendOnlyModel):
    """A holder states where they applied what a certificate attests, for their hierarchy to confirm.

    `rank` counts the requests about what was completed (the enrolment), whichever certificate each names: one at a time.
    """

    certificate = models.ForeignKey(
        Certificate, models.PROTECT, related_name="work_applications", verbose_name=_("certificat")
    )
    enrolment = models.ForeignKey(
        Enrolment, models.PROTECT, related_name="work_applications", verbose_name=_("inscription")
    )
    holder = models.ForeignKey(User, models.PROTECT, related_name="work_applications", verbose_name=_("titulaire"))
    rank = models.PositiveSmallIntegerField(_("rang"))
    statement = models.TextField(_("ce qui a été appliqué"))
    asked_at = models.DateTimeField(_("demandée le"))

    objects = WorkApplicationQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "rank"], name="certificates_one_application_at_a_time"),
            models.CheckConstraint(condition=~Q(statement=""), name="certificates_application_is_told"),
        ]
        default_permissions: tuple[str, ...] = ()
        verbose_name = _("application au travail")
        verbose_name_plural = _("applications au travail")

    def __str__(self):
        return f"{self.certificate.printed_number} – {self.holder}"

    @property
    def is_open(self) -> bool:
        """No query when the decision was fetched with it."""
        return not hasattr(self, "decision")


class WorkDecisionQuerySet(ErasableQuerySet):
    erasable = "reason"


class WorkDecision(AppendOnlyModel):
    """What the hierarchy answered: confirmed, and seen when; or refused, and why. `post` is what made it theirs to say."""

    class Verdict(models.TextChoices):
        CONFIRMED = "confirmed", _("confirmée")
        REFUSED = "refused", _("refusée")

    application = models.OneToOneField(
        WorkApplication, models.PROTECT, related_name="decision", verbose_name=_("application")
    )
    holder = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("titulaire"))
    verdict = models.CharField(_("décision"), max_length=10, choices=Verdict.choices)
    observed_on = models.DateField(_("constatée le"), null=True, blank=True)
    reason = models.TextField(_("motif ou précision"), blank=True)
    author = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("décidée par"))
    post = models.ForeignKey(Post, models.PROTECT, related_name="+", verbose_name=_("affectation"))
    decided_at = models.DateTimeField(_("décidée le"))

    objects = WorkDecisionQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict="confirmed", observed_on__isnull=False)
                | Q(verdict="refused", observed_on__isnull=True) & ~Q(reason=""),
                name="certificates_work_decision_says_when_or_why",
            ),
            models.CheckConstraint(condition=~Q(author=F("holder")), name="certificates_nobody_confirms_oneself"),
        ]
        default_permissions: tuple[str, ...] = ()
        verbose_name = _("décision de la hiérarchie")
        verbose_name_plural = _("décisions de la hiérarchie")

    def __str__(self):
        return f"{self.application_id} {self.verdict}"
