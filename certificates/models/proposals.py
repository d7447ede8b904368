"""What takes two people: proposed by one, decided by another."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from certificates.models.kept import KeptForever
from lms.people.models import User


class Proposal(models.Model):
    """What one person proposes and another approves or rejects; kept for ever with both names."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("à approuver")
        APPROVED = "approved", _("approuvé")
        REJECTED = "rejected", _("rejeté")

    TRAIL = ""  # how the audit trail names it: certificate.TRAIL_approved

    note = models.TextField(_("note"), max_length=1000, blank=True)
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("proposé par"))
    proposed_at = models.DateTimeField(_("proposé le"))
    state = models.CharField(_("état"), max_length=10, choices=State.choices, default=State.PROPOSED)
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("décidé par")
    )
    decided_at = models.DateTimeField(_("décidé le"), null=True, blank=True)
    reason = models.TextField(_("motif"), blank=True)

    class Meta:
        abstract = True
        ordering = ["-proposed_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("proposed_by")),
                name="certificates_%(class)s_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(state="proposed", decided_by__isnull=True, decided_at__isnull=True)
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="certificates_%(class)s_says_by_whom",
            ),
            models.CheckConstraint(
                condition=~Q(state="rejected") | ~Q(reason=""), name="certificates_%(class)s_rejected_says_why"
            ),
        ]

    def delete(self, *args, **kwargs):
        raise KeptForever
