"""Passports: all the certificates of a person in one sealed PDF, each asking a row of its own."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from certificates import rules
from certificates.models.kept import KeptForever, KeptQuerySet
from certificates.passports.content import PassportContent
from lms.people.models import User


class PassportQuerySet(KeptQuerySet):
    """Passports are seen by their holder alone, and checked by whoever has the file or its code."""

    def visible_to(self, user):
        return self.filter(person=user.pk)

    def shown_to_anyone_with(self, code: str):
        """The passport of a code, once it is made, its names erased since or not; one query, whatever is found."""
        return self.exclude(sha256="").filter(public_code=code)


class Passport(models.Model):
    """All the certificates of a person as they stood when it was asked for: the content, frozen, then the sealed file."""

    class State(models.TextChoices):
        ASKED = "asked", _("en préparation")
        MADE = "made", _("prêt")
        FAILED = "failed", _("abandonné")
        ERASED = "erased", _("effacé")

    person = models.ForeignKey(User, models.PROTECT, related_name="passports", verbose_name=_("titulaire"))
    state = models.CharField(_("état"), max_length=6, choices=State.choices, default=State.ASKED)
    public_code = models.CharField(_("code public"), max_length=rules.CODE_LENGTH, unique=True)
    content = models.JSONField(_("contenu figé"))
    asked_at = models.DateTimeField(_("demandé le"))
    # Of the sealed file, once it is made; its fingerprint outlives it.
    made_at = models.DateTimeField(_("scellé le"), null=True, blank=True)
    stamped_at = models.DateTimeField(_("horodaté le"), null=True, blank=True)
    sha256 = models.CharField(_("empreinte SHA-256"), max_length=64, blank=True)
    size_bytes = models.PositiveIntegerField(_("taille (octets)"), default=0)
    storage_name = models.CharField(_("nom de stockage"), max_length=120, blank=True)
    seal_sha256 = models.CharField(_("empreinte du certificat du cachet"), max_length=64, blank=True)
    is_specimen = models.BooleanField(_("spécimen"), default=False)

    objects = PassportQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(state="asked"), name="certificates_one_passport_in_preparation"
            ),
            models.UniqueConstraint(
                fields=["sha256"], condition=~Q(sha256=""), name="certificates_passport_file_kept_once"
            ),
            models.CheckConstraint(
                condition=~Q(state="made") | (~Q(sha256="") & ~Q(storage_name="") & Q(made_at__isnull=False)),
                name="certificates_made_passport_has_its_file",
            ),
        ]
        default_permissions = []
        verbose_name = _("passeport")
        verbose_name_plural = _("passeports")

    def __str__(self):
        return f"{self.person_id} {self.asked_at:%d/%m/%Y %H:%M}"

    def delete(self, *args, **kwargs):
        raise KeptForever

    @property
    def printed(self) -> PassportContent:
        """The printed fields."""
        return PassportContent.from_json(self.content)

    @property
    def printed_code(self):
        return rules.printed_code(self.public_code)

    @property
    def public_path(self):
        return reverse("certificates:passport_code", args=[self.public_code])
