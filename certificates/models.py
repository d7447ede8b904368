"""Certificates: the register. Nothing here is ever deleted; files and acts are only added."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from certificates import rules
from certificates.snapshot import Snapshot
from lms.learning.models import Enrolment
from lms.people.models import OwnedQuerySet, User


class KeptForever(Exception):
    """A record of the register may not be deleted, nor a past act or file be changed."""


class KeptQuerySet(models.QuerySet):
    def delete(self):
        raise KeptForever

    delete.queryset_only = True


class Series(models.Model):
    """The counter of one series and year: the last number given. Its row is locked while a number is taken."""

    code = models.CharField(_("série"), max_length=10)
    year = models.PositiveSmallIntegerField(_("année"))
    last_number = models.PositiveIntegerField(_("dernier numéro"), default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "year"], name="certificates_one_counter_per_year")]
        verbose_name = _("série")
        verbose_name_plural = _("séries")

    def __str__(self):
        return f"{self.code}-{self.year}"


class CertificateQuerySet(KeptQuerySet, OwnedQuerySet):
    """Certificates are seen by their holder, and by whoever the scoping rule lets see the holder."""

    def visible_to(self, user, permission: str = "certificates.view_certificate"):
        return super().visible_to(user, permission)

    def published(self):
        """Those that were issued, whatever became of them since."""
        return self.exclude(state=Certificate.State.RESERVED)


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
        return self.current().filter(is_sealed | Q(restamp_at__lte=now))

    def without_archive(self):
        """The documents that have none yet, the oldest first."""
        return self.current().exclude(level=CertificateFile.Level.B_LTA).order_by("created_at", "pk")


class Certificate(models.Model):
    """A numbered proof that a person reached the levels of a course; what it says is the snapshot, frozen."""

    class State(models.TextChoices):
        RESERVED = "reserved", _("en cours de délivrance")
        VALID = "valid", _("valide")
        REPLACED = "replaced", _("remplacé")
        REVOKED = "revoked", _("révoqué")

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="certificates", verbose_name=_("inscription"))
    person = models.ForeignKey(User, models.PROTECT, related_name="certificates", verbose_name=_("titulaire"))
    revision = models.PositiveSmallIntegerField(_("révision"), default=1)
    series = models.CharField(_("série"), max_length=10)
    year = models.PositiveSmallIntegerField(_("année"))
    number = models.PositiveIntegerField(_("numéro"))
    public_code = models.CharField(_("code public"), max_length=rules.CODE_LENGTH, unique=True)
    state = models.CharField(_("état"), max_length=10, choices=State.choices, default=State.RESERVED)
    state_changed_at = models.DateTimeField(_("dans cet état depuis"))
    state_reason = models.TextField(_("motif"), blank=True)
    snapshot = models.JSONField(_("contenu figé"))
    # Copied from the snapshot for lists and searches; frozen with it.
    printed_name = models.CharField(_("nom imprimé"), max_length=320)
    course_title = models.CharField(_("formation"), max_length=255)
    issued_on = models.DateField(_("date imprimée"))
    issued_at = models.DateTimeField(_("délivré le"), null=True, blank=True)
    expires_on = models.DateField(_("valable jusqu’au"), null=True, blank=True)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "-number", "series"]
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "revision"], name="certificates_one_per_enrolment_revision"),
            models.UniqueConstraint(fields=["series", "year", "number"], name="certificates_number_given_once"),
            models.CheckConstraint(
                condition=Q(state="reserved") | Q(issued_at__isnull=False), name="certificates_issued_has_its_date"
            ),
            models.CheckConstraint(
                condition=~Q(state="revoked") | ~Q(state_reason=""), name="certificates_revoked_says_why"
            ),
        ]
        default_permissions = ["view"]
        permissions = [("revoke_certificate", _("Peut révoquer un certificat"))]
        verbose_name = _("certificat")
        verbose_name_plural = _("certificats")

    FROZEN = ("enrolment_id", "person_id", "revision", "series", "year", "number", "public_code", "snapshot",
              "printed_name", "course_title", "issued_on")  # fmt: skip

    def __str__(self):
        return f"{self.printed_number} – {self.printed_name}"

    def save(self, *args, **kwargs):
        """Refuses to change what was frozen when the number was given."""
        for name, value in getattr(self, "_frozen", {}).items():
            if getattr(self, name) != value:
                raise KeptForever(name)
        super().save(*args, **kwargs)
        self._frozen = {name: getattr(self, name) for name in self.FROZEN}

    def get_absolute_url(self):
        return reverse("certificates:certificate", args=[self.pk])

    @classmethod
    def from_db(cls, db, field_names, values):
        certificate = super().from_db(db, field_names, values)
        certificate._frozen = {name: certificate.__dict__[name] for name in cls.FROZEN if name in certificate.__dict__}
        return certificate

    def delete(self, *args, **kwargs):
        raise KeptForever

    @property
    def printed_number(self):
        return rules.printed_number(self.series, self.year, self.number)

    printed_number.fget.short_description = _("numéro")

    @property
    def printed_code(self):
        return rules.printed_code(self.public_code)

    @property
    def printed(self) -> Snapshot:
        """The printed fields."""
        return Snapshot.from_json(self.snapshot)

    @property
    def is_issued(self):
        return self.state != self.State.RESERVED

    def current_file(self) -> "CertificateFile | None":
        """The document that downloads serve; no query when the files are prefetched."""
        return max(self.files.all(), key=lambda file: file.generation, default=None)


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


class CertificateAct(models.Model):
    """One act on a certificate: who did what to it, when and why; only added."""

    class Verb(models.TextChoices):
        RESERVED = "reserved", _("numéro attribué")
        ISSUED = "issued", _("délivré")
        REVOKED = "revoked", _("révoqué")
        REPLACED = "replaced", _("remplacé")

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
