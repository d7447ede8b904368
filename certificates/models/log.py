"""The log of acts: every act on every certificate, without a name, chained and under one dated root."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from certificates.models.acts import CertificateAct
from lms.core.append_only import AppendOnlyModel, AppendOnlyQuerySet


class LogEntry(AppendOnlyModel):
    """One act, in the order it was logged. `entry` is hashed as it is; it holds the hash of the one before."""

    number = models.PositiveBigIntegerField(_("rang"), unique=True)
    act = models.OneToOneField(CertificateAct, models.PROTECT, related_name="log_entry", verbose_name=_("acte"))
    entry = models.TextField(_("ligne"))
    leaf = models.CharField(_("empreinte"), max_length=64)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        default_permissions = []
        verbose_name = _("ligne du journal des actes")
        verbose_name_plural = _("journal des actes")

    def __str__(self):
        return f"{self.number} {self.leaf[:12]}"


class TreeNode(AppendOnlyModel):
    """The hash over one complete subtree of the log, so that proofs cost a few rows and no recount."""

    level = models.PositiveSmallIntegerField(_("niveau"))
    index = models.PositiveBigIntegerField(_("rang"))
    value = models.CharField(_("empreinte"), max_length=64)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["level", "index"], name="certificates_one_value_per_node")]
        default_permissions = []
        verbose_name = _("nœud du journal")
        verbose_name_plural = _("nœuds du journal")

    def __str__(self):
        return f"{self.level}.{self.index}"


class TreeHead(AppendOnlyModel):
    """The root of the log one day, and the token of an authority that saw it then (RFC 3161), when one answered."""

    size = models.PositiveBigIntegerField(_("lignes"))
    root = models.CharField(_("racine"), max_length=64)
    made_at = models.DateTimeField(_("arrêtée le"))
    token = models.BinaryField(_("jeton d’horodatage"), blank=True)
    stamped_at = models.DateTimeField(_("horodatée le"), null=True, blank=True)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        get_latest_by = ["made_at", "pk"]
        default_permissions = []
        verbose_name = _("racine du journal")
        verbose_name_plural = _("racines du journal")

    def __str__(self):
        return f"{self.size} {self.root[:12]}"
