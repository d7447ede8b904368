"""Supervised sittings of a quiz: who began there, whose identity was controlled, what happened, and the minutes."""

import secrets

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from courses.models import CoursePage, QuizPage
from lms.assessment.models.attempts import Attempt
from lms.assessment.rules import supervision
from lms.core.append_only import AppendOnlyModel, AppendOnlyQuerySet
from lms.people.models import User


def new_secret() -> str:
    """From which the codes of one sitting are drawn."""
    return secrets.token_hex(16)


class SittingQuerySet(AppendOnlyQuerySet):
    def taught_by(self, user):
        """The sittings of the courses that `user` teaches."""
        return self.filter(course__in=CoursePage.objects.taught_by(user))

    def supervised_by(self, user):
        """Those that `user` was named to supervise."""
        return self.filter(pk__in=SittingSupervisor.objects.filter(person=user).values("sitting"))

    def visible_to(self, user):
        """Those one supervises, and those of the courses one teaches."""
        if not user.is_active:
            return self.none()
        supervised = SittingSupervisor.objects.filter(person=user).values("sitting")
        return self.filter(Q(pk__in=supervised) | Q(course__in=CoursePage.objects.taught_by(user)))

    def not_closed(self):
        return self.filter(record__isnull=True)

    def open_at(self, now):
        """Those where learners may begin at `now`."""
        return self.not_closed().filter(starts_at__lte=now, ends_at__gt=now)


class SupervisedSitting(AppendOnlyModel):
    """One sitting of a quiz under supervision: where, from when to when. Closed once it has its minutes (`record`)."""

    quiz = models.ForeignKey(QuizPage, models.PROTECT, related_name="sittings", verbose_name=_("évaluation"))
    course = models.ForeignKey(CoursePage, models.PROTECT, related_name="+", verbose_name=_("formation"))
    place = models.CharField(_("lieu"), max_length=80)
    starts_at = models.DateTimeField(_("début"))
    ends_at = models.DateTimeField(_("fin"))
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("ouverte par"))
    created_at = models.DateTimeField(_("ouverte le"))
    secret = models.CharField(max_length=32, default=new_secret, editable=False)

    objects = SittingQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")) & ~Q(place=""),
                name="assessment_sitting_has_its_place_and_hours",
            )
        ]
        default_permissions: tuple[str, ...] = ()
        verbose_name = _("séance surveillée")
        verbose_name_plural = _("séances surveillées")

    def __str__(self):
        return f"{self.quiz} – {self.place}"

    def get_absolute_url(self):
        return reverse("assessment:sitting", args=[self.pk])

    @property
    def is_closed(self) -> bool:
        """Whether its minutes are written; no query when they were fetched with it."""
        return hasattr(self, "record")

    def is_open(self, now) -> bool:
        return supervision.is_open(self.starts_at, self.ends_at, self.is_closed, now)

    @property
    def end_shown(self) -> str:
        """The hour it ends, with the day where that is another."""
        starts, ends = timezone.localtime(self.starts_at), timezone.localtime(self.ends_at)
        return date_format(ends, "H:i" if starts.date() == ends.date() else "H:i, l j F")

    @property
    def state_label(self) -> str:
        """Where it stands, as lists say it."""
        now = timezone.now()
        if self.is_closed:
            return str(_("fermée"))
        if self.is_open(now):
            return str(_("en cours"))
        return str(_("à venir")) if now < self.starts_at else str(_("à fermer"))

    def supervisor_names(self) -> str:
        """No query when they were fetched with it."""
        return ", ".join(str(row.person) for row in self.supervisors.all())


class SittingSupervisor(AppendOnlyModel):
    """One person named to supervise a sitting."""

    sitting = models.ForeignKey(SupervisedSitting, models.PROTECT, related_name="supervisors")
    person = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("surveillant"))

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["sitting", "person"], name="assessment_supervisor_named_once"),
        ]
        default_permissions: tuple[str, ...] = ()
        verbose_name = _("surveillant")
        verbose_name_plural = _("surveillants")

    def __str__(self):
        return str(self.person)


class EntryQuerySet(AppendOnlyQuerySet):
    def with_facts(self):
        """With all that is asked of it, the same number of queries however many."""
        related = "attempt__enrolment__person", "sitting__record", "identity__author"
        return self.select_related(*related).prefetch_related("incidents__author")


class SittingEntry(AppendOnlyModel):
    """One attempt begun in a sitting, with its code. What was seen of it there follows (`identity`, `incidents`)."""

    sitting = models.ForeignKey(SupervisedSitting, models.PROTECT, related_name="entries", verbose_name=_("séance"))
    attempt = models.OneToOneField(Attempt, models.PROTECT, related_name="sitting_entry", verbose_name=_("tentative"))
    entered_at = models.DateTimeField(_("commencée le"))

    objects = EntryQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        default_permissions: tuple[str, ...] = ()
        verbose_name = _("présence à une séance")
        verbose_name_plural = _("présences aux séances")

    def __str__(self):
        return f"{self.sitting_id} – {self.attempt_id}"

    @property
    def is_excluded(self) -> bool:
        """Whether what was written last of it takes it away as a proof; no query when the incidents are fetched."""
        deciding = [row for row in self.incidents.all() if row.effect != SittingIncident.Effect.NOTE]
        return bool(deciding) and deciding[-1].effect == SittingIncident.Effect.EXCLUDES

    @property
    def watched(self) -> supervision.Watched:
        """As the rule reads it; no query when all was fetched."""
        identity = getattr(self, "identity", None)
        record = getattr(self.sitting, "record", None)
        return supervision.Watched(
            learner=self.attempt.enrolment.person_id,
            entered_at=self.entered_at,
            submitted_at=self.attempt.submitted_at,
            ends_at=self.sitting.ends_at,
            closed_at=record and record.closed_at,
            checked_by=identity and identity.author_id,
            checked_at=identity and identity.created_at,
            is_excluded=self.is_excluded,
        )

    @property
    def proves_supervised(self) -> bool:
        return supervision.proves_supervised(self.watched)


class IdentityCheck(AppendOnlyModel):
    """A supervisor saw a document that says who the learner is. Which one is kept; never its number."""

    class Document(models.TextChoices):
        IDENTITY_CARD = "identity_card", _("carte d’identité ou CIP")
        PASSPORT = "passport", _("passeport")
        DRIVING_LICENCE = "driving_licence", _("permis de conduire")
        PROFESSIONAL_CARD = "professional_card", _("carte professionnelle")
        OTHER = "other", _("autre pièce officielle avec photo")

    entry = models.OneToOneField(SittingEntry, models.PROTECT, related_name="identity", verbose_name=_("présence"))
    learner = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("apprenant"))
    document = models.CharField(_("pièce vue"), max_length=20, choices=Document.choices)
    author = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("contrôlée par"))
    created_at = models.DateTimeField(_("contrôlée le"))

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(author=F("learner")), name="assessment_nobody_controls_oneself")
        ]
        default_permissions: tuple[str, ...] = ()
        verbose_name = _("contrôle d’identité")
        verbose_name_plural = _("contrôles d’identité")

    def __str__(self):
        return f"{self.entry_id} {self.document}"


class SittingIncident(AppendOnlyModel):
    """Something that happened to one learner in a sitting. The last one that excludes or readmits decides."""

    class Effect(models.TextChoices):
        NOTE = "note", _("à signaler seulement")
        EXCLUDES = "excludes", _("écarte la tentative : elle ne prouve rien")
        READMITS = "readmits", _("lève ce qui l’écartait")

    entry = models.ForeignKey(SittingEntry, models.PROTECT, related_name="incidents", verbose_name=_("présence"))
    learner = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("apprenant"))
    effect = models.CharField(_("effet"), max_length=10, choices=Effect.choices)
    text = models.TextField(_("ce qui s’est passé"))
    author = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("notée par"))
    created_at = models.DateTimeField(_("noté le"))

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="assessment_incident_is_told"),
            models.CheckConstraint(condition=~Q(author=F("learner")), name="assessment_nobody_notes_of_oneself"),
        ]
        default_permissions: tuple[str, ...] = ()
        verbose_name = _("incident de séance")
        verbose_name_plural = _("incidents de séance")

    def __str__(self):
        return self.text[:80]


class SittingRecord(AppendOnlyModel):
    """The minutes of a sitting (*procès-verbal*), frozen when it closes: by someone, or by itself a day after its end.

    `content`: {"course", "quiz", "place", "starts_at", "ends_at", "opened_by", "supervisors": [name],
    "people": [{"name", "email", "attempt", "entered_at", "submitted_at", "document", "checked_by", "checked_at",
    "incidents": [{"effect", "text", "author", "at"}], "is_excluded", "is_supervised"}]}, times in ISO 8601.
    """

    sitting = models.OneToOneField(SupervisedSitting, models.PROTECT, related_name="record", verbose_name=_("séance"))
    content = models.JSONField(_("contenu figé"))
    remarks = models.TextField(_("observations"), blank=True)
    closed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("fermée par")
    )
    closed_at = models.DateTimeField(_("fermée le"))

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        default_permissions: tuple[str, ...] = ()
        verbose_name = _("procès-verbal de séance")
        verbose_name_plural = _("procès-verbaux de séance")

    def __str__(self):
        return str(self.sitting)
