"""The documents of certificates: write-once, each generation adding proofs to the same sealed bytes."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from certificates.models.certificates import Certificate
from certificates.models.kept import KeptForever, KeptQuerySet


class FileQuerySet(KeptQuerySet):
    def current(self):
        """Those downloads serve: the last generation of each document."""
        newer = CertificateFile.objects.filter(
            certificate=OuterRef("certificate"), kind=OuterRef("kind"), generation__gt=OuterRef("generation")
        )
        return self.filter(~Exists(newer))

    def to_archive(self, now):
        """The documents to give an archive at `now`: sealed long enough ago to be answered for, or stamped too long ago."""
        sealed_before = now - timedelta(minutes=settings.LMS_ARCHIVE_AFTER_MINUTES)
        is_sealed = ~Q(level=CertificateFile.Level.B_LTA) & Q(created_at__lte=sealed_before)
        due = self.current().filter(is_sealed | Q(restamp_at__lte=now))
        return due.filter(certificate__erased_at__isnull=True)

    def without_archive(self):
        """The documents that have none yet, the oldest first."""
        files = self.current().filter(certificate__erased_at__isnull=True)
        return files.exclude(level=CertificateFile.Level.B_LTA).order_by("created_at", "pk")


class CertificateFile(models.Model):
    """A document of a certificate, write-once under its SHA-256.

    A later generation adds proofs to the same sealed bytes; downloads serve the last one, and all stay known.
    """

    class Kind(models.TextChoices):
        PDF = "pdf", _("PDF scellé")

    class Level(models.TextChoices):
        B_B = "b-b", _("PAdES B-B : scellé")
        B_T = "b-t", _("PAdES B-T : scellé et horodaté")
        B_LTA = "b-lta", _("PAdES B-LTA : scellé, horodaté, archivé avec ses preuves")

    certificate = models.ForeignKey(Certificate, models.PROTECT, related_name="files", verbose_name=_("certificat"))
    kind = models.CharField(_("nature"), max_length=12, choices=Kind.choices, default=Kind.PDF)
    generation = models.PositiveSmallIntegerField(_("version du fichier"), default=1)
    level = models.CharField(_("niveau"), max_length=6, choices=Level.choices, default=Level.B_B)
    sha256 = models.CharField(_("empreinte SHA-256"), max_length=64, unique=True)
    size_bytes = models.PositiveIntegerField(_("taille (octets)"))
    storage_name = models.CharField(_("nom de stockage"), max_length=120)
    seal_sha256 = models.CharField(_("empreinte du certificat du cachet"), max_length=64)
    is_specimen = models.BooleanField(_("spécimen"))
    created_at = models.DateTimeField(_("écrit le"))
    # Of the last time-stamp: when, by whom, and from when on another must be laid over it.
    stamped_at = models.DateTimeField(_("horodaté le"), null=True, blank=True)
    stamper_sha256 = models.CharField(_("empreinte du certificat d’horodatage"), max_length=64, blank=True)
    restamp_at = models.DateTimeField(_("à horodater de nouveau le"), null=True, blank=True)

    objects = FileQuerySet.as_manager()

    class Meta:
        ordering = ["certificate", "kind", "generation"]
        constraints = [
            models.UniqueConstraint(
                fields=["certificate", "kind", "generation"], name="certificates_one_file_per_generation"
            ),
            models.CheckConstraint(
                condition=Q(level="b-b") | Q(stamped_at__isnull=False), name="certificates_stamped_has_its_date"
            ),
            models.CheckConstraint(
                condition=~Q(level="b-lta") | Q(restamp_at__isnull=False), name="certificates_archive_has_its_term"
            ),
        ]
        indexes = [
            models.Index(fields=["restamp_at"], name="certificates_file_restamp", condition=Q(level="b-lta")),
        ]
        default_permissions = []
        verbose_name = _("fichier")
        verbose_name_plural = _("fichiers")

    def __str__(self):
        return f"{self.certificate_id} {self.kind} {self.generation} {self.sha256[:12]}"

    def save(self, *args, **kwargs):
        if self.pk is not None:
            raise KeptForever
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise KeptForever
