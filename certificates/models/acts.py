"""What was done to certificates, by whom, when and why."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from certificates.models.certificates import Certificate
from certificates.models.kept import KeptForever, KeptQuerySet
from lms.people.models import User


class CertificateAct(models.Model):
    """One act on a certificate: who did what to it, when and why; only added."""

    class Verb(models.TextChoices):
        RESERVED = "reserved", _("numéro attribué")
        ISSUED = "issued", _("délivré")
        SUSPENDED = "suspended", _("suspendu")
        LIFTED = "lifted", _("suspension levée")
        REVOKED = "revoked", _("révoqué")
        REPLACED = "replaced", _("remplacé")
        VOIDED = "voided", _("numéro annulé")

    certificate = models.ForeignKey(Certificate, models.PROTECT, related_name="acts", verbose_name=_("certificat"))
    verb = models.CharField(_("acte"), max_length=10, choices=Verb.choices)
    actor = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("auteur"))
    reason = models.TextField(_("motif"), blank=True)
    at = models.DateTimeField(_("date"))

    objects = KeptQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        default_permissions = []
        verbose_name = _("acte")
        verbose_name_plural = _("actes")

    def __str__(self):
        return f"{self.certificate_id} {self.verb} {self.at:%d/%m/%Y}"

    def save(self, *args, **kwargs):
        if self.pk is not None:
            raise KeptForever
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise KeptForever
