"""Pictures of the documents: made of their files, thrown away with them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from certificates.models.files import CertificateFile


class Picture(models.Model):
    """What one file looks like, made once; later generations of it look the same."""

    file = models.OneToOneField(CertificateFile, models.PROTECT, related_name="picture", verbose_name=_("fichier"))
    storage_name = models.CharField(_("nom de stockage"), max_length=120)
    width = models.PositiveSmallIntegerField(_("largeur (pixels)"))
    height = models.PositiveSmallIntegerField(_("hauteur (pixels)"))
    size_bytes = models.PositiveIntegerField(_("taille (octets)"))
    made_at = models.DateTimeField(_("faite le"))

    class Meta:
        default_permissions = []
        verbose_name = _("image")
        verbose_name_plural = _("images")

    def __str__(self):
        return f"{self.file_id} {self.width} × {self.height}"
