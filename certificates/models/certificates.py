"""The register: the numbers given, and each certificate with what it says, frozen."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from certificates import rules
from certificates.design import DesignContent
from certificates.models.designs import DesignVersion
from certificates.models.kept import KeptForever, KeptQuerySet
from certificates.snapshot import Snapshot
from lms.learning.models import Enrolment, ProgrammeEnrolment
from lms.people.models import OwnedQuerySet, User


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
    """Certificates are seen by their holder, by whoever the scoping rule lets see the holder, and by who has the code."""

    def visible_to(self, user, permission: str = "certificates.view_certificate"):
        return super().visible_to(user, permission)

    def published(self):
        """Those that were issued, whatever became of them since."""
        return self.exclude(state__in=Certificate.UNISSUED)

    def of_courses(self):
        return self.filter(enrolment__isnull=False)

    def of_programmes(self):
        return self.filter(programme_enrolment__isnull=False)

    def proving(self):
        """Those that prove what they say, until their last day if they have one."""
        return self.filter(state=Certificate.State.VALID)

    def in_force(self, today):
        """Those that prove what they say on a day; good on their last."""
        return self.proving().filter(Q(expires_on__isnull=True) | Q(expires_on__gte=today))

    def shown_to_anyone_with(self, code: str, link_key: str = ""):
        """The certificate of a code, unless its holder keeps it for whom they give the link; one query, whatever is found."""
        is_open = ~Q(visibility=Certificate.Visibility.LINK) | Q(link_key=link_key)
        return self.published().filter(is_open, public_code=code)


class Certificate(models.Model):
    """A numbered proof that a person reached the levels of a course, or completed a programme; what it says is the
    snapshot, frozen.

    `former` is the certificate it comes after, for the reason that `origin` says: it takes the place of that one, but for
    a renewal, an update and a confirmation at work, which leave it as it is. A number whose document could not be made is
    kept, void.
    """

    class State(models.TextChoices):
        RESERVED = "reserved", _("en cours de délivrance")
        VALID = "valid", _("valide")
        SUSPENDED = "suspended", _("suspendu")
        REPLACED = "replaced", _("remplacé")
        REVOKED = "revoked", _("révoqué")
        VOID = "void", _("numéro annulé")

    class Origin(models.TextChoices):
        FIRST = "first", _("première délivrance")
        CORRECTION = "correction", _("correction du nom")
        REISSUE = "reissue", _("nouvelle délivrance")
        RENEWAL = "renewal", _("renouvellement")
        UPDATE = "update", _("mise à jour du contenu")
        APPLIED = "applied", _("application au travail confirmée")

    UNISSUED = (State.RESERVED, State.VOID)
    REPLACING = (Origin.CORRECTION, Origin.REISSUE)

    class Visibility(models.TextChoices):
        FULL = "full", _("nom complet")
        MASKED = "masked", _("nom masqué jusqu’à ce qu’on le tape")
        LINK = "link", _("par mon lien seulement")

    # What was completed: a course, or a programme.
    enrolment = models.ForeignKey(
        Enrolment, models.PROTECT, null=True, blank=True, related_name="certificates", verbose_name=_("inscription")
    )
    programme_enrolment = models.ForeignKey(
        ProgrammeEnrolment,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="certificates",
        verbose_name=_("inscription au parcours"),
    )
    person = models.ForeignKey(User, models.PROTECT, related_name="certificates", verbose_name=_("titulaire"))
    revision = models.PositiveSmallIntegerField(_("révision"), default=1)
    origin = models.CharField(_("origine"), max_length=10, choices=Origin.choices, default=Origin.FIRST)
    former = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="successors", verbose_name=_("fait suite à")
    )
    series = models.CharField(_("série"), max_length=10)
    year = models.PositiveSmallIntegerField(_("année"))
    number = models.PositiveIntegerField(_("numéro"))
    public_code = models.CharField(_("code public"), max_length=rules.CODE_LENGTH, unique=True)
    state = models.CharField(_("état"), max_length=10, choices=State.choices, default=State.RESERVED)
    state_changed_at = models.DateTimeField(_("dans cet état depuis"))
    state_reason = models.TextField(_("motif"), blank=True)
    snapshot = models.JSONField(_("contenu figé"))
    design_version = models.ForeignKey(  # none: drawn as it was before there were designs
        DesignVersion, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("modèle")
    )
    # Copied from the snapshot for lists and searches; frozen with it.
    printed_name = models.CharField(_("nom imprimé"), max_length=320)
    course_title = models.CharField(_("formation"), max_length=255)
    issued_on = models.DateField(_("date imprimée"))
    issued_at = models.DateTimeField(_("délivré le"), null=True, blank=True)
    expires_on = models.DateField(_("valable jusqu’au"), null=True, blank=True)
    # What strangers who have the code are shown: the holder's choice.
    visibility = models.CharField(_("visibilité"), max_length=6, choices=Visibility.choices, default=Visibility.FULL)
    link_key = models.CharField(
        _("clé du lien"), max_length=rules.CODE_LENGTH, default=rules.new_public_code, editable=False
    )
    # The keyed hash of the printed name, by which it is still confirmed once the name is erased.
    name_seal = models.CharField(_("empreinte du nom"), max_length=64, blank=True, editable=False)
    erased_at = models.DateTimeField(_("nom effacé le"), null=True, blank=True)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "-number", "series"]
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "revision"], name="certificates_one_per_enrolment_revision"),
            models.UniqueConstraint(
                fields=["programme_enrolment", "revision"], name="certificates_one_per_programme_revision"
            ),
            models.CheckConstraint(
                condition=Q(enrolment__isnull=False, programme_enrolment__isnull=True)
                | Q(enrolment__isnull=True, programme_enrolment__isnull=False),
                name="certificates_of_a_course_or_a_programme",
            ),
            models.UniqueConstraint(fields=["series", "year", "number"], name="certificates_number_given_once"),
            models.CheckConstraint(
                condition=Q(state__in=["reserved", "void"]) | Q(issued_at__isnull=False),
                name="certificates_issued_has_its_date",
            ),
            models.CheckConstraint(
                condition=~Q(state="void") | Q(issued_at__isnull=True), name="certificates_void_was_never_issued"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["revoked", "suspended", "replaced", "void"]) | ~Q(state_reason=""),
                name="certificates_state_says_why",
            ),
            models.CheckConstraint(
                condition=Q(origin="first", former__isnull=True) | (~Q(origin="first") & Q(former__isnull=False)),
                name="certificates_origin_names_the_former",
            ),
            models.UniqueConstraint(
                fields=["former"],
                condition=~Q(state="void") & ~Q(origin__in=["renewal", "update", "applied"]),
                name="certificates_one_successor_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["former"],
                condition=~Q(state="void") & Q(origin="applied"),
                name="certificates_one_confirmation_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["former"],
                condition=~Q(state="void") & Q(origin="renewal"),
                name="certificates_one_renewal_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True) | Q(printed_name=""), name="certificates_erased_keeps_no_name"
            ),
        ]
        default_permissions = ["view"]
        permissions = [
            ("revoke_certificate", _("Peut révoquer un certificat")),
            ("suspend_certificate", _("Peut suspendre un certificat et lever la suspension")),
            ("reissue_certificate", _("Peut délivrer de nouveau un certificat et annuler un numéro")),
        ]
        verbose_name = _("certificat")
        verbose_name_plural = _("certificats")

    FROZEN = ("enrolment_id", "programme_enrolment_id", "person_id", "revision", "origin", "former_id", "series", "year",
              "number", "public_code", "snapshot", "printed_name", "course_title", "issued_on", "expires_on", "design_version_id")  # fmt: skip

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
    def shared_path(self):
        """The address to give to others; with its key when that alone opens the certificate."""
        path = reverse("certificates:verify_code", args=[self.public_code])
        return f"{path}?cle={self.link_key}" if self.visibility == self.Visibility.LINK else path

    @property
    def design(self) -> DesignContent | None:
        """The design it is drawn with, as it was when its number was given."""
        return self.design_version.drawn if self.design_version else None

    @property
    def is_issued(self):
        return self.state not in self.UNISSUED

    @property
    def is_of_programme(self):
        return self.programme_enrolment_id is not None

    @property
    def undertaking(self) -> dict:
        """The fields that its revisions share: what was completed."""
        return {"enrolment_id": self.enrolment_id, "programme_enrolment_id": self.programme_enrolment_id}

    @property
    def takes_over(self):
        """Whether it replaces the former one; a renewal and an update leave it as it is."""
        return self.origin in self.REPLACING

    def successor(self):
        """The certificate that takes the place of this one, issued or on its way; one query."""
        return self.successors.filter(origin__in=self.REPLACING).exclude(state=self.State.VOID).first()

    def renewal(self):
        """The certificate that renews this one, issued or on its way; one query."""
        return self.successors.filter(origin=self.Origin.RENEWAL).exclude(state=self.State.VOID).first()

    def updates(self):
        """Those issued after this one for a newer version of the course, and still proving it."""
        return self.successors.proving().filter(origin=self.Origin.UPDATE)

    def confirmation(self):
        """The certificate that says this one is applied at work, issued or on its way; one query."""
        return self.successors.filter(origin=self.Origin.APPLIED).exclude(state=self.State.VOID).first()

    @property
    def needs_former(self):
        """Whether it is issued only while the former one is valid: it takes its place, or says more of the same."""
        return self.takes_over or self.origin == self.Origin.APPLIED

    @property
    def state_today(self):
        """The state as the public is told it today: `state`, or expired."""
        return rules.public_state(self.state, self.expires_on, timezone.localdate())

    @property
    def state_in_words(self):
        return rules.STATE_WORDS[self.state_today]

    state_in_words.fget.short_description = _("état")

    def current_file(self):
        """The document that downloads serve; no query when the files are prefetched."""
        return max(self.files.all(), key=lambda file: file.generation, default=None)
