"""How many times certificates are checked."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from certificates.models.certificates import Certificate


class CheckCount(models.Model):
    """How many times strangers looked at the verification of one certificate on one day; never who."""

    certificate = models.ForeignKey(
        Certificate, models.PROTECT, related_name="check_counts", verbose_name=_("certificat")
    )
    on = models.DateField(_("jour"))
    times = models.PositiveIntegerField(_("vérifications"), default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["certificate", "on"], name="certificates_one_count_per_day")]
        default_permissions = []
        verbose_name = _("vérifications d’un jour")
        verbose_name_plural = _("vérifications par jour")

    def __str__(self):
        return f"{self.certificate_id} {self.on:%d/%m/%Y} × {self.times}"
