"""The keys that sign, in public only: what each is for, where it is kept, from when to when, and what became of it."""

from functools import cached_property

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from certificates.keys.purposes import Purpose, algorithm_of
from certificates.models.certificates import Certificate
from certificates.models.files import CertificateFile
from certificates.models.kept import KeptForever, KeptQuerySet
from certificates.rules import keys as key_rules


class KeyQuerySet(KeptQuerySet):
    def in_use_for(self, purpose):
        """The one that signs for this purpose today, if any."""
        return self.filter(purpose=purpose, state=SealKey.State.ACTIVE)

    def with_signatures_of_the_hour(self, now):
        """Annotates `signatures`: how many each gave since the hour began."""
        hour = KeyHour.objects.filter(key=OuterRef("pk"), starts_at=now.replace(minute=0, second=0, microsecond=0))
        return self.annotate(signatures=Coalesce(Subquery(hour.values("signatures")), 0))

    def certificates_in_doubt(self):
        """The certificates good today that a compromised key sealed, and no time-stamp proves older: to be issued again."""
        rows = Certificate.objects.none()
        for key in self.filter(state=SealKey.State.COMPROMISED):
            rows |= Certificate.objects.filter(pk__in=key.certificates_in_doubt().order_by().values("pk"))
        return rows

    def published(self):
        """All those the public may know, for ever: those that came, those that will, those that went."""
        return self.order_by("purpose", "introduced_at", "pk")


class SealKey(models.Model):
    """One key: its public half, its certificate where it has one, and its state. The private half is never here.

    `label` is what its holder calls it: the label of a PKCS#11 key, a CSC credential, a file of the sandbox.
    """

    class Kind(models.TextChoices):
        LOCAL = "local-p12", _("fichier du bac à sable")
        PKCS11 = "pkcs11", _("jeton PKCS#11 (HSM)")
        CSC = "csc", _("service de signature à distance (CSC)")
        PLATFORM = "platform", _("plateforme de signature")

    class State(models.TextChoices):
        NEXT = "next", _("prochaine : publiée, ne signe pas encore")
        ACTIVE = "active", _("active : signe")
        RETIRED = "retired", _("retirée : ne signe plus, ce qu’elle a signé reste valable")
        COMPROMISED = "compromised", _("compromise : seul ce qui est daté d’avant reste valable")

    purpose = models.CharField(_("usage"), max_length=20, choices=Purpose.choices)
    label = models.CharField(_("étiquette"), max_length=100)
    kind = models.CharField(_("support"), max_length=10, choices=Kind.choices)
    public_pem = models.TextField(_("clé publique (PEM)"))
    spki_sha256 = models.CharField(_("empreinte de la clé publique"), max_length=64, unique=True)
    kid = models.CharField(_("nom public (kid)"), max_length=43, unique=True)
    chain_pem = models.TextField(_("certificats (PEM), le sien d’abord"), blank=True)
    certificate_sha256 = models.CharField(_("empreinte du certificat"), max_length=64, blank=True)
    is_specimen = models.BooleanField(_("bac à sable"))
    valid_from = models.DateTimeField(_("valable du"))
    valid_to = models.DateTimeField(_("valable jusqu’au"), null=True, blank=True)
    state = models.CharField(_("état"), max_length=12, choices=State.choices, default=State.NEXT)
    introduced_at = models.DateTimeField(_("introduite le"))
    activated_at = models.DateTimeField(_("active depuis le"), null=True, blank=True)
    retired_at = models.DateTimeField(_("retirée le"), null=True, blank=True)
    compromised_at = models.DateTimeField(_("compromise depuis le"), null=True, blank=True)
    reason = models.TextField(_("motif"), blank=True)

    objects = KeyQuerySet.as_manager()

    MOVING = frozenset({"state", "activated_at", "retired_at", "compromised_at", "reason"})

    class Meta:
        ordering = ["purpose", "introduced_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["purpose"], condition=Q(state="active"), name="certificates_one_active_key_per_purpose"
            ),
            models.UniqueConstraint(
                fields=["purpose"], condition=Q(state="next"), name="certificates_one_next_key_per_purpose"
            ),
            models.UniqueConstraint(
                fields=["certificate_sha256"],
                condition=~Q(certificate_sha256=""),
                name="certificates_key_certificate_once",
            ),
            models.CheckConstraint(
                condition=Q(state="compromised") ^ Q(compromised_at__isnull=True),
                name="certificates_compromised_has_its_date",
            ),
        ]
        default_permissions = []
        verbose_name = _("clé")
        verbose_name_plural = _("clés")

    def __str__(self):
        return f"{self.purpose} {self.label}"

    def save(self, *args, **kwargs):
        """Only the state of a key moves, by the actions of keys."""
        if self.pk is not None and not (
            kwargs.get("update_fields") and self.MOVING.issuperset(kwargs["update_fields"])
        ):
            raise KeptForever
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise KeptForever

    @cached_property
    def public_key(self):
        return serialization.load_pem_public_key(self.public_pem.encode())

    @cached_property
    def certificates(self):
        """Its certificate, then those above it up to the root, left out; none for a key without a certificate."""
        return x509.load_pem_x509_certificates(self.chain_pem.encode()) if self.chain_pem else []

    @property
    def algorithm(self):
        return algorithm_of(self.purpose)

    @property
    def jwk(self):
        """Its public half as a JWK, named and with its algorithm."""
        return {**key_rules.jwk_of(self.public_key), "kid": self.kid, "alg": str(self.algorithm), "use": "sig"}

    @property
    def may_sign_past(self):
        """Whether what it signed holds without a proof of the date."""
        return self.state != self.State.COMPROMISED

    def files(self):
        """The documents it sealed, all generations."""
        return CertificateFile.objects.filter(seal_sha256=self.certificate_sha256 or "-")

    def certificates_sealed(self):
        """The certificates good today whose document it sealed."""
        return Certificate.objects.proving().filter(pk__in=self.files().values("certificate"))

    def certificates_in_doubt(self, since=None):
        """Of those, the ones no time-stamp proves older than the compromise (or than `since`): to be issued again."""
        since = since or self.compromised_at
        if since is None:
            return Certificate.objects.none()
        proven = self.files().filter(stamped_at__lt=since)
        return self.certificates_sealed().exclude(pk__in=proven.values("certificate")).order_by("year", "number")


class KeyHour(models.Model):
    """How many signatures were asked of a key in one hour, by all workers together."""

    key = models.ForeignKey(SealKey, models.PROTECT, related_name="hours", verbose_name=_("clé"))
    starts_at = models.DateTimeField(_("heure"))
    signatures = models.PositiveIntegerField(_("signatures"), default=0)

    class Meta:
        ordering = ["-starts_at"]
        constraints = [
            models.UniqueConstraint(fields=["key", "starts_at"], name="certificates_one_count_per_key_and_hour"),
        ]
        default_permissions = []
        verbose_name = _("heure d’une clé")
        verbose_name_plural = _("heures des clés")

    def __str__(self):
        return f"{self.key_id} {self.starts_at:%Y-%m-%d %H} h : {self.signatures}"
