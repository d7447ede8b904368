"""Versions of a course marked as substantial, and what the holders of its certificates are asked to do for each."""

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail.models import Revision

from certificates.models.certificates import Certificate
from certificates.models.kept import KeptForever, KeptQuerySet
from certificates.rules.versions import REMOVED
from courses.models import CoursePage
from lms.core.append_only import AppendOnlyModel, AppendOnlyQuerySet
from lms.learning.models import Enrolment
from lms.people.models import OwnedQuerySet, User

LONGEST_REASON = 500
MOST_QUESTIONS = 20  # of the check of an update, which asks all that what changed concerns


class SubstantialVersionQuerySet(AppendOnlyQuerySet):
    def visible_to(self, user, permission: str = ""):
        """Those of the courses that `user` writes or reviews."""
        from courses.reviewing import pages_reviewed_by  # permissions stand above models

        written = CoursePage.objects.taught_by(user).values("pk")
        return self.filter(Q(course__in=written) | Q(course__in=pages_reviewed_by(user).order_by().values("pk")))

    def in_force(self):
        """Those of which holders are, or were, asked something."""
        return self.filter(decision__is_confirmed=True)

    def waiting(self):
        """Proposed by who may not publish, and not decided yet."""
        return self.filter(decision__isnull=True)


class SubstantialVersion(AppendOnlyModel):
    """A published version of a course said to change what its certificates prove: by whom, when, why; only added.

    `changes`: [{"id", "title", "change": "added", "changed" or "removed", "revision", "same"}], the lessons that holders are
    asked to read, with the live revision of each and those that say the same; and the ones removed, which ask nothing.
    `questions`: ids of the bank. `reason`: one sentence that holders read.
    """

    course = models.ForeignKey(
        CoursePage, models.PROTECT, related_name="substantial_versions", verbose_name=_("formation")
    )
    course_revision = models.ForeignKey(Revision, models.PROTECT, null=True, related_name="+")
    content_version = models.PositiveIntegerField(_("version du contenu"))
    reason = models.CharField(_("ce qui change"), max_length=LONGEST_REASON)
    changes = models.JSONField(_("leçons"))
    questions = models.JSONField(_("questions"))
    marked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("signalée par"))
    marked_at = models.DateTimeField(_("signalée le"))

    objects = SubstantialVersionQuerySet.as_manager()

    class Meta:
        ordering = ["-marked_at", "-pk"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="certificates_version_says_why")]
        default_permissions = ["view"]
        verbose_name = _("version importante")
        verbose_name_plural = _("versions importantes")

    def __str__(self):
        return _("%(course)s, version %(number)s") % {"course": self.course, "number": self.content_version}

    @property
    def lessons(self) -> list[dict]:
        """Those that holders are asked to read."""
        return [line for line in self.changes if line["change"] != REMOVED]

    @property
    def key(self):
        """Of the job that assigns it."""
        return f"certificate:version:{self.pk}"

    @property
    def state(self):
        """As lists say it; no query when the decision came along."""
        decision = getattr(self, "decision", None)
        if decision is None:
            return _("à relire")
        return _("en vigueur") if decision.is_confirmed else _("refusée")


class VersionDecision(AppendOnlyModel):
    """That a substantial version was confirmed, or refused and why; only added. Who may publish confirms their own."""

    version = models.OneToOneField(SubstantialVersion, models.PROTECT, related_name="decision")
    is_confirmed = models.BooleanField(_("confirmée"))
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("décidé par"))
    decided_at = models.DateTimeField(_("décidé le"))
    comment = models.TextField(_("motif"), blank=True)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(is_confirmed=True) | ~Q(comment=""), name="certificates_version_refused_with_a_reason"
            )
        ]
        default_permissions: list[str] = []
        verbose_name = _("décision sur une version")
        verbose_name_plural = _("décisions sur des versions")

    def __str__(self):
        return f"{self.version_id} {self.decided_at:%d/%m/%Y}"


class RecertificationQuerySet(KeptQuerySet, OwnedQuerySet):
    person_path = "enrolment__person"

    def visible_to(self, user, permission: str = "certificates.view_recertification"):
        return super().visible_to(user, permission)

    def open(self):
        return self.filter(state=Recertification.State.OPEN)

    def open_of(self, user):
        """What `user` may still do: of a certificate that still proves something."""
        proving = Certificate.objects.proving().filter(enrolment=OuterRef("enrolment"))
        rows = self.open().filter(Exists(proving), enrolment__person=user)
        return rows.select_related("version", "enrolment__course__outline")


class Recertification(models.Model):
    """One holder asked to bring their certificate up to a substantial version: what changed since theirs, and no more.

    `lessons`: [{"id", "title", "change", "revision"}]; `questions`: ids of the bank; both as they were when it was assigned. What
    was read is in the progress of the enrolment, what was answered in its checks; done, it names the certificate made.
    """

    class State(models.TextChoices):
        OPEN = "open", _("à faire")
        SUPERSEDED = "superseded", _("reprise par une version suivante")
        DONE = "done", _("faite")

    enrolment = models.ForeignKey(
        Enrolment, models.PROTECT, related_name="recertifications", verbose_name=_("inscription")
    )
    version = models.ForeignKey(
        SubstantialVersion, models.PROTECT, related_name="recertifications", verbose_name=_("version")
    )
    lessons = models.JSONField(_("leçons à revoir"))
    questions = models.JSONField(_("questions"))
    assigned_at = models.DateTimeField(_("demandée le"))
    state = models.CharField(_("état"), max_length=10, choices=State.choices, default=State.OPEN)
    settled_at = models.DateTimeField(_("faite le"), null=True, blank=True)
    certificate = models.OneToOneField(
        Certificate, models.PROTECT, null=True, blank=True, related_name="recertification", verbose_name=_("certificat")
    )

    objects = RecertificationQuerySet.as_manager()

    class Meta:
        ordering = ["-assigned_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "version"], name="certificates_one_recertification_per_version"
            ),
            models.UniqueConstraint(
                fields=["enrolment"], condition=Q(state="open"), name="certificates_one_open_recertification"
            ),
            models.CheckConstraint(
                condition=Q(state="done", certificate__isnull=False, settled_at__isnull=False)
                | (~Q(state="done") & Q(certificate__isnull=True, settled_at__isnull=True)),
                name="certificates_recertification_done_names_its_certificate",
            ),
        ]
        default_permissions = ["view"]
        verbose_name = _("mise à jour de certificat")
        verbose_name_plural = _("mises à jour de certificats")

    def __str__(self):
        return f"{self.enrolment_id} → {self.version_id}"

    def get_absolute_url(self):
        return reverse("certificates:update", args=[self.pk])

    def delete(self, *args, **kwargs):
        raise KeptForever

    @property
    def question_count(self):
        """How many its check asks at most."""
        return min(MOST_QUESTIONS, len(self.questions))

    @property
    def new_number(self):
        """The number of the certificate made, "" while it is not done."""
        return self.certificate.printed_number if self.certificate else ""

    @property
    def amount(self):
        """As in « 2 leçons à revoir, 4 questions »."""
        lessons, questions = len(self.lessons), self.question_count
        words = ngettext("%(n)s leçon à revoir", "%(n)s leçons à revoir", lessons) % {"n": lessons}
        if not questions:
            return words
        return f"{words}, " + ngettext("%(n)s question", "%(n)s questions", questions) % {"n": questions}

    amount.fget.short_description = _("ce qui est demandé")
