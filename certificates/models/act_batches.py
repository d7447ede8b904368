"""What is done to many certificates at once, with four eyes, and what became of each."""

from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _

from certificates import rules
from certificates.models.certificates import Certificate
from certificates.models.kept import KeptQuerySet
from certificates.models.proposals import Proposal
from lms.core.models import Job
from lms.people.models import User


class ActBatchQuerySet(KeptQuerySet):
    def visible_to(self, user, permission: str = "certificates.view_actbatch"):
        """Those about certificates of people who are all in the scope of `user`."""
        if user.is_active and user.is_superuser:
            return self
        mine = User.objects.in_scope_of(user, permission)
        outside = ActLine.objects.filter(batch=OuterRef("pk")).exclude(certificate__person__in=mine)
        return self.filter(~Exists(outside))


class ActBatch(Proposal):
    """One act proposed on many certificates, for another person to approve; it may be paused while it runs.

    `motive` is the reason each certificate will bear, which its public page says; `note` is for who approves.
    """

    class Act(models.TextChoices):
        SUSPEND = "suspend", _("suspendre")
        LIFT = "lift", _("lever la suspension")
        REISSUE = "reissue", _("délivrer de nouveau")
        REVOKE = "revoke", _("révoquer")

    TRAIL = "acts"

    act = models.CharField(_("acte"), max_length=10, choices=Act.choices)
    motive = models.TextField(_("motif public"), max_length=1000)
    paused_at = models.DateTimeField(_("interrompu le"), null=True, blank=True)
    pause_reason = models.TextField(_("motif de l’interruption"), blank=True)

    objects = ActBatchQuerySet.as_manager()

    class Meta(Proposal.Meta):
        constraints = [
            *Proposal.Meta.constraints,
            models.CheckConstraint(condition=~Q(motive=""), name="certificates_actbatch_says_why"),
            models.CheckConstraint(
                condition=Q(paused_at__isnull=True) | (Q(state="approved") & ~Q(pause_reason="")),
                name="certificates_actbatch_paused_says_why",
            ),
        ]
        default_permissions = ["view"]
        verbose_name = _("lot d’actes")
        verbose_name_plural = _("lots d’actes")

    def __str__(self):
        return _("Lot d’actes %(number)s – %(act)s") % {"number": self.pk, "act": self.get_act_display()}

    @property
    def key(self):
        """With which the keys of its jobs begin."""
        return f"certificate:acts:{self.pk}:"


class ActLineQuerySet(KeptQuerySet):
    def unsettled(self):
        return self.filter(result="")

    def with_outcome(self, batch: ActBatch):
        """What became of each line, with the certificate that takes the place and the job that does it."""
        heirs = Certificate.objects.filter(former=OuterRef("certificate"), origin=OuterRef("batch__act"))
        heirs = heirs.order_by("-revision")  # only « reissue » is also an origin
        jobs = Job.objects.filter(key=Concat(Value(batch.key), Cast(OuterRef("pk"), models.CharField())))
        return self.filter(batch=batch).annotate(
            heir_state=Subquery(heirs.values("state")[:1]),
            heir_series=Subquery(heirs.values("series")[:1]),
            heir_year=Subquery(heirs.values("year")[:1]),
            heir_number=Subquery(heirs.values("number")[:1]),
            job_state=Subquery(jobs.values("state")[:1]),
            job_error=Subquery(jobs.values("error")[:1]),
        )


class ActLine(models.Model):
    """One certificate of a batch of acts; `result` is written once, in the transaction of the act itself."""

    class Result(models.TextChoices):
        DONE = "done", _("fait")
        REFUSED = "refused", _("refusé")

    class Outcome(models.TextChoices):
        DONE = "done", _("fait")
        DRAWING = "drawing", _("nouveau document en préparation")
        REFUSED = "refused", _("refusé")
        FAILED = "failed", _("en échec")
        WAITING = "waiting", _("en attente")

    batch = models.ForeignKey(ActBatch, models.PROTECT, related_name="lines", verbose_name=_("lot d’actes"))
    certificate = models.ForeignKey(Certificate, models.PROTECT, related_name="act_lines", verbose_name=_("certificat"))
    result = models.CharField(_("résultat"), max_length=8, choices=Result.choices, blank=True)
    refusal = models.CharField(_("motif du refus"), max_length=200, blank=True)
    settled_at = models.DateTimeField(_("traité le"), null=True, blank=True)

    objects = ActLineQuerySet.as_manager()

    class Meta:
        ordering = ["batch", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "certificate"], name="certificates_certificate_once_per_act_batch"
            ),
            models.CheckConstraint(
                condition=Q(result="", settled_at__isnull=True) | (~Q(result="") & Q(settled_at__isnull=False)),
                name="certificates_settled_act_has_its_date",
            ),
            models.CheckConstraint(
                condition=Q(result="refused") ^ Q(refusal=""), name="certificates_refused_act_says_why"
            ),
        ]
        default_permissions: list[str] = []
        verbose_name = _("ligne d’un lot d’actes")
        verbose_name_plural = _("lignes d’un lot d’actes")

    def __str__(self):
        return f"{self.batch_id} / {self.certificate_id}"

    @property
    def settled(self):
        """What became of it, from what `with_outcome` read."""
        if self.result == self.Result.REFUSED:
            return self.Outcome.REFUSED
        if self.job_state == Job.State.FAILED or self.heir_state == Certificate.State.VOID:
            return self.Outcome.FAILED
        if not self.result:
            return self.Outcome.WAITING
        return self.Outcome.DRAWING if self.heir_state == Certificate.State.RESERVED else self.Outcome.DONE

    @property
    def outcome(self):
        return self.settled.label

    @property
    def new_number(self):
        """The number of the certificate that takes the place, "" when the act gives none."""
        if not (self.result and self.heir_number):
            return ""
        return rules.printed_number(self.heir_series, self.heir_year, self.heir_number)

    @property
    def detail(self):
        """Why it was refused, that its number is void, or the last line of the error of its job."""
        if self.heir_state == Certificate.State.VOID:
            return _("Le numéro %(number)s est annulé.") % {"number": self.new_number}
        error = self.job_error if self.settled in (self.Outcome.FAILED, self.Outcome.WAITING) else ""
        return self.refusal or (error or "").strip().rpartition("\n")[2]
