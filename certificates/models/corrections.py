"""Requests to correct the name on certificates, with their proof."""

import uuid

from django.core.files.storage import storages
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from certificates.models.certificates import Certificate
from certificates.models.kept import KeptForever, KeptQuerySet
from lms.people.models import User


def private_storage():
    """Where files lie that only a view hands out."""
    return storages["private"]


def random_name(instance, filename: str) -> str:
    """A name that says nothing and that nobody chose."""
    return f"corrections/{uuid.uuid4()}"


class NameCorrectionQuerySet(KeptQuerySet):
    def visible_to(self, user, permission: str = "certificates.view_namecorrection"):
        """Those of the people in scope: being someone's manager does not show the proof of their name."""
        return self.filter(certificate__person__in=User.objects.in_scope_of(user, permission))

    def under_way(self):
        return self.filter(state__in=[NameCorrection.State.ASKED, NameCorrection.State.CHECKED])


class NameCorrection(models.Model):
    """A holder asks that another name be printed: with a proof, checked by HR, approved by a certificate officer."""

    class State(models.TextChoices):
        ASKED = "asked", _("à contrôler par les RH")
        CHECKED = "checked", _("à approuver")
        APPROVED = "approved", _("approuvée")
        REFUSED = "refused", _("refusée")
        CLOSED = "closed", _("close : nom effacé")

    certificate = models.ForeignKey(
        Certificate, models.PROTECT, related_name="name_corrections", verbose_name=_("certificat")
    )
    first_name = models.CharField(_("prénoms"), max_length=150)
    last_name = models.CharField(_("nom"), max_length=150)
    explanation = models.TextField(_("explication"), max_length=1000)
    asked_at = models.DateTimeField(_("demandée le"))
    # The proof: judged by its content, given back only as a download.
    proof = models.FileField(_("justificatif"), storage=private_storage, upload_to=random_name)
    proof_name = models.CharField(_("nom du justificatif"), max_length=200)
    proof_sha256 = models.CharField(_("empreinte du justificatif"), max_length=64)
    state = models.CharField(_("état"), max_length=10, choices=State.choices, default=State.ASKED)
    checked_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("contrôlée par")
    )
    checked_at = models.DateTimeField(_("contrôlée le"), null=True, blank=True)
    check_note = models.TextField(_("avis des RH"), blank=True)
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("décidée par")
    )
    decided_at = models.DateTimeField(_("décidée le"), null=True, blank=True)
    reason = models.TextField(_("motif"), blank=True)
    # With the name on the certificate: the names, what was written and the proof go, who decided what and when stays.
    erased_at = models.DateTimeField(_("nom effacé le"), null=True, blank=True)

    objects = NameCorrectionQuerySet.as_manager()

    class Meta:
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["certificate"],
                condition=Q(state__in=["asked", "checked"]),
                name="certificates_one_correction_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["asked", "refused", "closed"]) | Q(checked_by__isnull=False),
                name="certificates_correction_is_checked_first",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | ~Q(decided_by=F("checked_by")),
                name="certificates_correction_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["asked", "checked", "closed"], decided_at__isnull=True)
                | (Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(reason="")),
                name="certificates_decided_correction_says_why",
            ),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True)
                | Q(first_name="", last_name="", explanation="", check_note="", proof="", proof_name=""),
                name="certificates_erased_correction_keeps_no_name",
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") | Q(erased_at__isnull=False),
                name="certificates_closed_correction_is_erased",
            ),
        ]
        default_permissions = ["view"]
        permissions = [
            ("check_namecorrection", _("Peut contrôler une demande de correction de nom")),
            ("decide_namecorrection", _("Peut approuver ou refuser une correction de nom")),
        ]
        verbose_name = _("correction de nom")
        verbose_name_plural = _("corrections de nom")

    def __str__(self):
        return _("Nom du certificat %(number)s") % {"number": self.certificate.printed_number}

    def delete(self, *args, **kwargs):
        raise KeptForever

    @property
    def new_name(self):
        return _("effacé") if self.erased_at else f"{self.first_name} {self.last_name}"
