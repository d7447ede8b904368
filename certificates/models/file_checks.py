"""Files that strangers bring to be checked: kept for the minutes it takes, then forgotten."""

import secrets

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


def new_token() -> str:
    """The address of a result, which nobody can guess."""
    return secrets.token_urlsafe(24)


class FileCheckQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(checked_at__isnull=True)


class FileCheck(models.Model):
    """One file to check, and the verdict once a worker gave it; nothing of who brought it, and not its name."""

    token = models.CharField(_("adresse"), max_length=40, unique=True, default=new_token, editable=False)
    sha256 = models.CharField(_("empreinte SHA-256"), max_length=64)
    storage_name = models.CharField(_("nom de stockage"), max_length=120, blank=True)
    asked_at = models.DateTimeField(_("apporté le"))
    checked_at = models.DateTimeField(_("contrôlé le"), null=True, blank=True)
    verdict = models.JSONField(_("verdict"), default=dict, blank=True)

    objects = FileCheckQuerySet.as_manager()

    class Meta:
        ordering = ["asked_at", "pk"]
        indexes = [
            models.Index(
                fields=["asked_at"], name="certificates_checks_waiting", condition=models.Q(checked_at__isnull=True)
            )
        ]
        default_permissions = []
        verbose_name = _("fichier à contrôler")
        verbose_name_plural = _("fichiers à contrôler")

    def __str__(self):
        return f"{self.sha256[:12]} {self.asked_at:%d/%m/%Y %H:%M}"

    def get_absolute_url(self):
        return reverse("certificates:file_check", args=[self.token])
