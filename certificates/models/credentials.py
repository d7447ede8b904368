"""Certificates as machines carry them, and what is published for those who verify without asking us."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from certificates.models.certificates import Certificate
from certificates.models.kept import KeptQuerySet


class Credential(models.Model):
    """The Open Badge of one certificate in its two signed forms, its QR code, and its place in the public lists of states.

    The number and the place are drawn at random: neither says anything of the certificate. The texts hold the name, and
    are emptied with it.
    """

    certificate = models.OneToOneField(
        Certificate, models.PROTECT, related_name="credential", verbose_name=_("certificat")
    )
    uuid = models.UUIDField(_("numéro public"), unique=True)
    list_number = models.PositiveIntegerField(_("liste d’états"))
    list_index = models.PositiveIntegerField(_("place dans la liste"))
    code_text = models.TextField(_("contenu du code QR"))
    document = models.TextField(_("badge, preuve intégrée"))
    token = models.TextField(_("badge, jeton"))
    made_at = models.DateTimeField(_("signé le"))

    objects = KeptQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["list_number", "list_index"], name="certificates_one_place_in_lists"),
        ]
        default_permissions = []
        verbose_name = _("badge")
        verbose_name_plural = _("badges")

    def __str__(self):
        return f"{self.certificate_id} {self.uuid}"


class Publication(models.Model):
    """The last signed text published under a name: a list of states, in one of its forms."""

    name = models.CharField(_("nom"), max_length=80, unique=True)
    content = models.TextField(_("contenu"))
    made_at = models.DateTimeField(_("signé le"))

    class Meta:
        default_permissions = []
        verbose_name = _("publication")
        verbose_name_plural = _("publications")

    def __str__(self):
        return self.name
