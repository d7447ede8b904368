"""Certificates held before they are issued, and the checks that release them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from certificates.models.kept import KeptForever, KeptQuerySet
from courses.models import QuestionVersion
from lms.learning.models import Enrolment
from lms.people.models import OwnedQuerySet, User


class HoldQuerySet(KeptQuerySet, OwnedQuerySet):
    person_path = "enrolment__person"

    def visible_to(self, user, permission: str = "certificates.view_hold"):
        return super().visible_to(user, permission)

    def waiting(self):
        """Those nobody decided yet, and those refused, which may still be released."""
        return self.exclude(state=Hold.State.RELEASED)


class Hold(models.Model):
    """A certificate that waits: the course was finished faster than it can be read, and says by which facts.

    `facts`: [{"title", "seconds", "least_seconds"}], the steps as they were. It accuses of nothing: a check passed, or a
    person, releases it.
    """

    class State(models.TextChoices):
        OPEN = "open", _("à décider")
        RELEASED = "released", _("débloqué")
        REFUSED = "refused", _("refusé")

    enrolment = models.OneToOneField(
        Enrolment, models.PROTECT, related_name="certificate_hold", verbose_name=_("inscription")
    )
    facts = models.JSONField(_("étapes finies trop vite"))
    step_count = models.PositiveIntegerField(_("étapes de la formation"))
    opened_at = models.DateTimeField(_("retenu le"))
    state = models.CharField(_("état"), max_length=10, choices=State.choices, default=State.OPEN)
    decided_at = models.DateTimeField(_("décidé le"), null=True, blank=True)
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("décidé par")
    )
    reason = models.TextField(_("motif"), blank=True)

    objects = HoldQuerySet.as_manager()

    class Meta:
        ordering = ["opened_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", decided_at__isnull=True) | (~Q(state="open") & Q(decided_at__isnull=False)),
                name="certificates_decided_hold_has_its_date",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | (~Q(reason="") & Q(decided_by__isnull=False)),
                name="certificates_refused_hold_says_why",
            ),
        ]
        default_permissions = ["view"]
        permissions = [("decide_hold", _("Peut débloquer ou refuser un certificat retenu"))]
        verbose_name = _("certificat retenu")
        verbose_name_plural = _("certificats retenus")

    def __str__(self):
        return str(self.enrolment)

    def delete(self, *args, **kwargs):
        raise KeptForever

    @property
    def rapid_count(self):
        return len(self.facts)

    @property
    def pace(self):
        """As lists say it: 4 étapes sur 6."""
        return _("%(rapid)s sur %(steps)s") % {"rapid": self.rapid_count, "steps": self.step_count}


class KnowledgeCheck(models.Model):
    """One sitting of a few questions of a course, by which its learner shows they know it; only added.

    `is_rapid`: it was answered faster than its questions can be read, so that a person decides.
    """

    class Purpose(models.TextChoices):
        HOLD = "hold", _("certificat retenu")
        RENEWAL = "renewal", _("renouvellement")
        UPDATE = "update", _("mise à jour")

    enrolment = models.ForeignKey(
        Enrolment, models.PROTECT, related_name="knowledge_checks", verbose_name=_("inscription")
    )
    purpose = models.CharField(_("objet"), max_length=8, choices=Purpose.choices)
    recertification = models.ForeignKey(
        "certificates.Recertification", models.PROTECT, null=True, blank=True, related_name="knowledge_checks"
    )
    number = models.PositiveSmallIntegerField(_("essai n°"))
    pass_mark_percent = models.PositiveSmallIntegerField(_("seuil de réussite (%)"))
    started_at = models.DateTimeField(_("commencé le"))
    submitted_at = models.DateTimeField(_("remis le"), null=True, blank=True)
    score_percent = models.DecimalField(_("note (%)"), max_digits=5, decimal_places=2, null=True, blank=True)
    is_passed = models.BooleanField(_("réussi"), null=True, blank=True)
    is_rapid = models.BooleanField(_("trop vite"), null=True, blank=True)

    objects = KeptQuerySet.as_manager()

    class Meta:
        ordering = ["enrolment", "purpose", "number"]
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "purpose", "number"], name="certificates_check_number_once"),
            models.UniqueConstraint(
                fields=["enrolment", "purpose"],
                condition=Q(submitted_at__isnull=True),
                name="certificates_one_open_check",
            ),
            models.CheckConstraint(
                condition=Q(submitted_at__isnull=True, score_percent__isnull=True, is_passed__isnull=True)
                | Q(submitted_at__isnull=False, score_percent__isnull=False, is_passed__isnull=False),
                name="certificates_submitted_check_is_marked",
            ),
            models.CheckConstraint(
                condition=Q(purpose="update", recertification__isnull=False)
                | (~Q(purpose="update") & Q(recertification__isnull=True)),
                name="certificates_check_of_an_update_names_it",
            ),
        ]
        default_permissions: list[str] = []
        verbose_name = _("contrôle de connaissances")
        verbose_name_plural = _("contrôles de connaissances")

    def __str__(self):
        return f"{self.enrolment_id} {self.purpose} {self.number}"

    @property
    def is_convincing(self):
        """Passed, at a pace at which its questions can be read."""
        return bool(self.is_passed and not self.is_rapid)


class CheckQuestion(models.Model):
    """One question of a check as served, worth one point, with its answer (as in `ServedQuestion`)."""

    knowledge_check = models.ForeignKey(KnowledgeCheck, models.PROTECT, related_name="questions")
    position = models.PositiveSmallIntegerField(_("rang"))
    version = models.ForeignKey(QuestionVersion, models.PROTECT, related_name="+", verbose_name=_("question"))
    order = models.JSONField(_("ordre présenté"), default=dict, blank=True)
    response = models.JSONField(_("réponse"), null=True, blank=True)
    awarded_points = models.DecimalField(_("points obtenus"), max_digits=4, decimal_places=2, null=True, blank=True)

    points = 1
    objects = KeptQuerySet.as_manager()

    class Meta:
        ordering = ["knowledge_check", "position"]
        constraints = [
            models.UniqueConstraint(fields=["knowledge_check", "position"], name="certificates_check_position_once"),
        ]
        default_permissions: list[str] = []
        verbose_name = _("question de contrôle")
        verbose_name_plural = _("questions de contrôle")

    def __str__(self):
        return f"{self.knowledge_check_id} / {self.position}"
