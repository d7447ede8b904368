"""How certificates are issued: by themselves or in batches with four eyes, and the switch that stops it all."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _

from certificates import rules
from certificates.models.certificates import Certificate
from certificates.models.designs import courses_in_scope_of
from certificates.models.holds import Hold
from certificates.models.kept import KeptForever, KeptQuerySet
from certificates.models.proposals import Proposal
from courses.models import CoursePage
from lms.core.models import Job
from lms.learning.models import Enrolment
from lms.people.models import Post, Unit, User


class CoursePolicyQuerySet(models.QuerySet):
    def in_scope_of(self, user, permission: str):
        """The rules of the courses one answers for, as for designs."""
        return self.filter(course__in=courses_in_scope_of(user, permission))


class CoursePolicy(models.Model):
    """How the certificates of one course are issued, and for how long they are good; without a row: at once, for ever."""

    class Mode(models.TextChoices):
        AUTOMATIC = "auto", _("automatique, dès que la formation est terminée")
        BATCH = "batch", _("par lot, proposé par une personne et approuvé par une autre")

    course = models.OneToOneField(
        CoursePage, models.PROTECT, related_name="certificate_policy", verbose_name=_("formation")
    )
    mode = models.CharField(_("délivrance"), max_length=6, choices=Mode.choices, default=Mode.AUTOMATIC)
    validity_months = models.PositiveSmallIntegerField(
        _("durée de validité (mois)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(120)],
        help_text=_("Vide : sans fin. Vaut pour les certificats à venir ; ceux déjà délivrés ne changent pas."),
    )

    objects = CoursePolicyQuerySet.as_manager()

    class Meta:
        ordering = ["course__title", "pk"]
        verbose_name = _("règle de délivrance")
        verbose_name_plural = _("règles de délivrance")

    def __str__(self):
        return str(self.course)


class IssueBatchQuerySet(KeptQuerySet):
    def visible_to(self, user, permission: str = "certificates.view_issuebatch"):
        """The batches of people who are all in the scope of `user`."""
        if user.is_active and user.is_superuser:
            return self
        mine = User.objects.in_scope_of(user, permission)
        outside = BatchLine.objects.filter(batch=OuterRef("pk")).exclude(enrolment__person__in=mine)
        return self.filter(~Exists(outside))


class IssueBatch(Proposal):
    """Certificates of one course proposed together by one person, for another to approve."""

    TRAIL = "batch"

    course = models.ForeignKey(CoursePage, models.PROTECT, related_name="issue_batches", verbose_name=_("formation"))

    objects = IssueBatchQuerySet.as_manager()

    class Meta(Proposal.Meta):
        default_permissions = ["view"]
        permissions = [
            ("propose_issuebatch", _("Peut proposer un lot de certificats")),
            ("approve_issuebatch", _("Peut approuver ou rejeter un lot de certificats")),
        ]
        verbose_name = _("lot de certificats")
        verbose_name_plural = _("lots de certificats")

    def __str__(self):
        return _("Lot %(number)s – %(course)s") % {"number": self.pk, "course": self.course}

    @property
    def key(self):
        """With which the keys of its jobs begin."""
        return f"certificate:batch:{self.pk}:"


class BatchLineQuerySet(KeptQuerySet):
    def with_outcome(self, batch: IssueBatch):
        """What became of each line, read from the certificates, the holds and the jobs."""
        certificates = (
            Certificate.objects.filter(enrolment=OuterRef("enrolment"))
            .exclude(state=Certificate.State.VOID)
            .order_by("-revision")
        )
        jobs = Job.objects.filter(key=Concat(Value(batch.key), Cast(OuterRef("enrolment"), models.CharField())))
        holds = Hold.objects.filter(enrolment=OuterRef("enrolment")).exclude(state=Hold.State.RELEASED)
        return self.filter(batch=batch).annotate(
            certificate_state=Subquery(certificates.values("state")[:1]),
            certificate_series=Subquery(certificates.values("series")[:1]),
            certificate_year=Subquery(certificates.values("year")[:1]),
            certificate_number=Subquery(certificates.values("number")[:1]),
            hold_state=Subquery(holds.values("state")[:1]),
            job_state=Subquery(jobs.values("state")[:1]),
            job_error=Subquery(jobs.values("error")[:1]),
        )


class BatchLine(models.Model):
    """One completed course in a batch. What became of it is read from its certificate, its hold or its job."""

    batch = models.ForeignKey(IssueBatch, models.PROTECT, related_name="lines", verbose_name=_("lot"))
    enrolment = models.ForeignKey(
        Enrolment, models.PROTECT, related_name="certificate_batch_lines", verbose_name=_("inscription")
    )

    objects = BatchLineQuerySet.as_manager()

    class Meta:
        ordering = ["batch", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "enrolment"], name="certificates_enrolment_once_per_batch")
        ]
        default_permissions: list[str] = []
        verbose_name = _("ligne de lot")
        verbose_name_plural = _("lignes de lot")

    class Outcome(models.TextChoices):
        ISSUED = "issued", _("délivré")
        HELD = "held", _("retenu, à décider")
        FAILED = "failed", _("en échec")
        RUNNING = "running", _("en cours")
        WAITING = "waiting", _("en attente")

    def __str__(self):
        return f"{self.batch_id} / {self.enrolment_id}"

    @property
    def result(self):
        """What became of it, from what `with_outcome` read."""
        if self.certificate_state and self.certificate_state != Certificate.State.RESERVED:
            return self.Outcome.ISSUED
        if self.hold_state:
            return self.Outcome.HELD
        if self.job_state == Job.State.FAILED:
            return self.Outcome.FAILED
        is_begun = self.certificate_state or self.job_state == Job.State.RUNNING
        return self.Outcome.RUNNING if is_begun else self.Outcome.WAITING

    @property
    def outcome(self):
        return self.result.label

    @property
    def number(self):
        """The number printed, "" while there is none."""
        if not self.certificate_number:
            return ""
        return rules.printed_number(self.certificate_series, self.certificate_year, self.certificate_number)

    @property
    def detail(self):
        """Of a failure, the last line of its error."""
        error = self.job_error if self.result in (self.Outcome.FAILED, self.Outcome.WAITING) else ""
        return error.strip().rpartition("\n")[2] if error else ""


class IssuingStopQuerySet(KeptQuerySet):
    def in_force(self):
        return self.filter(resumed_at__isnull=True)

    def about(self, people):
        """The stops of everything, and those of a unit in which, or below which, one of these people has a post."""
        posts = Post.objects.in_force().filter(person__in=people, unit__path__startswith=OuterRef("unit__path"))
        return self.filter(Q(unit__isnull=True) | Exists(posts))

    def visible_to(self, user, permission: str = "certificates.stop_issuing"):
        """The stops of everything, and those of the units in the scope of `user`, or above it."""
        if user.is_active and user.is_superuser:
            return self
        units = Unit.objects.in_scope_of(user, permission)
        below = units.filter(path__startswith=OuterRef("unit__path"))
        return self.filter(Q(unit__isnull=True) | Q(unit__in=units) | Exists(below))


class IssuingStop(models.Model):
    """The emergency stop: while one is in force, no certificate is issued, and what was asked for waits.

    Of everything, or of what the people of one unit, and of those below it, are to be issued.
    """

    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("structure")
    )  # none: everything
    reason = models.TextField(_("motif"), max_length=1000)
    stopped_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("arrêté par"))
    stopped_at = models.DateTimeField(_("arrêté le"))
    resumed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("repris par")
    )
    resumed_at = models.DateTimeField(_("repris le"), null=True, blank=True)
    resume_reason = models.TextField(_("motif de la reprise"), max_length=1000, blank=True)

    objects = IssuingStopQuerySet.as_manager()

    class Meta:
        ordering = ["-stopped_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                Value(1),
                condition=Q(resumed_at__isnull=True, unit__isnull=True),
                name="certificates_one_stop_of_everything",
            ),
            models.UniqueConstraint(
                fields=["unit"], condition=Q(resumed_at__isnull=True), name="certificates_one_stop_of_a_unit"
            ),
            models.CheckConstraint(
                condition=~Q(reason="")
                & (
                    Q(resumed_at__isnull=True, resumed_by__isnull=True)
                    | (~Q(resume_reason="") & Q(resumed_by__isnull=False))
                ),
                name="certificates_stop_says_why",
            ),
        ]
        default_permissions: list[str] = []
        permissions = [("stop_issuing", _("Peut arrêter et reprendre la délivrance des certificats"))]
        verbose_name = _("arrêt de la délivrance")
        verbose_name_plural = _("arrêts de la délivrance")

    def __str__(self):
        return f"{self.stopped_at:%d/%m/%Y %H:%M}"

    def delete(self, *args, **kwargs):
        raise KeptForever

    @property
    def place(self):
        """What is stopped, in words."""
        return self.unit.name if self.unit else _("toute la plateforme")
