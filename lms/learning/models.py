"""Learning: who undertook which course, what they did in it, and when the course was completed."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page, Revision

from courses.models import CoursePage, LessonPage, ProgrammePage
from lms.core.append_only import AppendOnlyModel, AppendOnlyQuerySet
from lms.learning import rules
from lms.people.models import OwnedQuerySet, User


class Enrolment(models.Model):
    """One learner's undertaking of one course; never deleted, at the most withdrawn."""

    class State(models.TextChoices):
        ACTIVE = "active", _("en cours")
        COMPLETED = "completed", _("terminée")
        WITHDRAWN = "withdrawn", _("abandonnée")

    person = models.ForeignKey(User, models.PROTECT, related_name="enrolments", verbose_name=_("personne"))
    course = models.ForeignKey(CoursePage, models.PROTECT, related_name="enrolments", verbose_name=_("formation"))
    state = models.CharField(_("état"), max_length=12, choices=State.choices, default=State.ACTIVE)
    enrolled_at = models.DateTimeField(_("inscrite le"))
    last_item = models.ForeignKey(
        Page, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("dernière page lue")
    )
    done_count = models.PositiveIntegerField(_("éléments terminés"), default=0)
    item_count = models.PositiveIntegerField(_("éléments"), default=0)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        ordering = ["-enrolled_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "course"], condition=~Q(state="withdrawn"), name="learning_one_enrolment_at_a_time"
            )
        ]
        verbose_name = _("inscription")
        verbose_name_plural = _("inscriptions")

    def __str__(self):
        return f"{self.person} – {self.course}"

    @property
    def progress_percent(self):
        """Share of the items done, 0 to 100; a figure derived from `ItemProgress`."""
        return rules.progress_percent(self.done_count, self.item_count)

    def completed_at(self):
        """When the course was completed, or None; a query unless `completion` came along."""
        completion = getattr(self, "completion", None)
        return completion and completion.completed_at


class ProgressEventQuerySet(models.QuerySet):
    def completed(self):
        return self.filter(kind=ProgressEvent.Kind.COMPLETED)

    def asked_again(self):
        return self.filter(kind=ProgressEvent.Kind.ASKED_AGAIN)


class ProgressEvent(models.Model):
    """A fact about one item of one enrolment; appended, never edited, idempotent by `source_key`."""

    class Kind(models.TextChoices):
        STARTED = "started", _("ouverte")
        COMPLETED = "completed", _("terminée")
        PASSED = "passed", _("réussie")
        FAILED = "failed", _("échouée")
        ASKED_AGAIN = "asked_again", _("à revoir")

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="events", verbose_name=_("inscription"))
    item = models.ForeignKey(Page, models.PROTECT, related_name="+", verbose_name=_("élément"))
    revision = models.ForeignKey(Revision, models.PROTECT, null=True, related_name="+", verbose_name=_("révision"))
    kind = models.CharField(_("fait"), max_length=12, choices=Kind.choices)
    value = models.JSONField(_("valeur"), default=dict, blank=True)
    occurred_at = models.DateTimeField(_("survenu le"))
    received_at = models.DateTimeField(_("reçu le"), auto_now_add=True)
    source_key = models.CharField(_("clé"), max_length=120, unique=True)

    objects = ProgressEventQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("fait de progression")
        verbose_name_plural = _("faits de progression")

    def __str__(self):
        return self.source_key


class ItemProgress(models.Model):
    """What is true now of one item of one enrolment; derived from its events.

    `is_asked_again`: it changed since it was done and is to be read anew; what was done stays done.
    """

    class Completion(models.TextChoices):
        UNKNOWN = "unknown", _("inconnue")
        INCOMPLETE = "incomplete", _("commencée")
        COMPLETED = "completed", _("terminée")

    class Success(models.TextChoices):
        UNKNOWN = "unknown", _("inconnue")
        PASSED = "passed", _("réussie")
        FAILED = "failed", _("échouée")

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="items", verbose_name=_("inscription"))
    item = models.ForeignKey(Page, models.PROTECT, related_name="+", verbose_name=_("élément"))
    completion = models.CharField(max_length=12, choices=Completion.choices, default=Completion.UNKNOWN)
    success = models.CharField(max_length=12, choices=Success.choices, default=Success.UNKNOWN)
    score_percent = models.DecimalField(_("note (%)"), max_digits=5, decimal_places=2, null=True, blank=True)
    updated_at = models.DateTimeField(_("mise à jour le"))
    is_asked_again = models.BooleanField(_("à revoir"), default=False, db_default=False)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["enrolment", "item"], name="learning_one_progress_per_item")]
        verbose_name = _("avancement")
        verbose_name_plural = _("avancements")

    def __str__(self):
        return f"{self.enrolment_id} {self.item_id} {self.completion}"


class Completion(models.Model):
    """The fact that an enrolment met every condition of its course, with those conditions as they were."""

    enrolment = models.OneToOneField(
        Enrolment, models.PROTECT, related_name="completion", verbose_name=_("inscription")
    )
    completed_at = models.DateTimeField(_("terminée le"))
    course_revision = models.ForeignKey(Revision, models.PROTECT, null=True, related_name="+")
    content_version = models.PositiveIntegerField(_("version du contenu"))
    conditions = models.JSONField(_("conditions réunies"))

    class Meta:
        ordering = ["-completed_at", "-pk"]
        verbose_name = _("formation terminée")
        verbose_name_plural = _("formations terminées")

    def __str__(self):
        return f"{self.enrolment} {self.completed_at:%d/%m/%Y}"


class ProgrammeEnrolment(models.Model):
    """One learner's undertaking of one programme, whose courses have enrolments of their own; never deleted."""

    class State(models.TextChoices):
        ACTIVE = "active", _("en cours")
        COMPLETED = "completed", _("terminé")
        WITHDRAWN = "withdrawn", _("abandonné")

    person = models.ForeignKey(User, models.PROTECT, related_name="programme_enrolments", verbose_name=_("personne"))
    programme = models.ForeignKey(ProgrammePage, models.PROTECT, related_name="enrolments", verbose_name=_("parcours"))
    state = models.CharField(_("état"), max_length=12, choices=State.choices, default=State.ACTIVE)
    enrolled_at = models.DateTimeField(_("inscrite le"))

    objects = OwnedQuerySet.as_manager()

    class Meta:
        ordering = ["-enrolled_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["person", "programme"], name="learning_one_enrolment_per_programme")
        ]
        default_permissions: tuple[str, ...] = ()
        verbose_name = _("inscription à un parcours")
        verbose_name_plural = _("inscriptions à des parcours")

    def __str__(self):
        return f"{self.person} – {self.programme}"


class ProgrammeCompletion(models.Model):
    """The fact that a learner met what a programme asked for, with its courses and its rules as they were."""

    enrolment = models.OneToOneField(
        ProgrammeEnrolment, models.PROTECT, related_name="completion", verbose_name=_("inscription")
    )
    completed_at = models.DateTimeField(_("terminé le"))
    programme_revision = models.ForeignKey(Revision, models.PROTECT, null=True, related_name="+")
    needs_certificates = models.BooleanField(_("certificats exigés"))
    courses = models.JSONField(_("formations qui ont compté"))

    class Meta:
        ordering = ["-completed_at", "-pk"]
        default_permissions: tuple[str, ...] = ()
        verbose_name = _("parcours terminé")
        verbose_name_plural = _("parcours terminés")

    def __str__(self):
        return f"{self.enrolment} {self.completed_at:%d/%m/%Y}"


class LessonRemarkQuerySet(models.QuerySet):
    def for_course(self, course):
        """What the learners of one course wrote."""
        return self.filter(enrolment__course=course)

    def waiting(self):
        """Remarks nobody dealt with yet."""
        return self.filter(state=LessonRemark.State.NEW)


class LessonRemark(models.Model):
    """What a learner told the trainers about one lesson. Its words may be erased; that it was sent stays."""

    MAX_LENGTH = 1_000

    class State(models.TextChoices):
        NEW = "new", _("à lire")
        HANDLED = "handled", _("traitée")
        ERASED = "erased", _("effacée")

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="remarks", verbose_name=_("inscription"))
    lesson = models.ForeignKey(LessonPage, models.PROTECT, related_name="remarks", verbose_name=_("leçon"))
    revision = models.ForeignKey(Revision, models.PROTECT, null=True, related_name="+", verbose_name=_("révision"))
    text = models.TextField(_("remarque"), max_length=MAX_LENGTH)
    sent_at = models.DateTimeField(_("envoyée le"))
    state = models.CharField(_("état"), max_length=8, choices=State.choices, default=State.NEW)
    handled_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("traitée par"))
    handled_at = models.DateTimeField(_("traitée le"), null=True)

    objects = LessonRemarkQuerySet.as_manager()

    class Meta:
        ordering = ["-sent_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="erased") | Q(text=""), name="learning_erased_remark_keeps_no_words"
            )
        ]
        default_permissions: tuple[str, ...] = ()
        verbose_name = _("remarque")
        verbose_name_plural = _("remarques")

    def __str__(self):
        return f"{self.lesson} – {self.sent_at:%d/%m/%Y}"


class RapidFinishQuerySet(AppendOnlyQuerySet):
    def for_course(self, course):
        """What the learners of one course finished too fast."""
        return self.filter(enrolment__course=course)


class RapidFinish(AppendOnlyModel):
    """The fact that a lesson was said done, or an attempt submitted, faster than its words can be read.

    It refuses nothing and proves nothing by itself: a trainer reads it beside the rest.
    """

    enrolment = models.ForeignKey(
        Enrolment, models.PROTECT, related_name="rapid_finishes", verbose_name=_("inscription")
    )
    item = models.ForeignKey(Page, models.PROTECT, related_name="+", verbose_name=_("étape"))
    words = models.PositiveIntegerField(_("mots à lire"))
    seconds = models.PositiveIntegerField(_("temps passé (s)"))
    least_seconds = models.PositiveIntegerField(_("temps de lecture le plus court (s)"))
    occurred_at = models.DateTimeField(_("le"))
    source_key = models.CharField(_("clé"), max_length=120, unique=True)

    objects = RapidFinishQuerySet.as_manager()

    class Meta:
        ordering = ["-occurred_at", "-pk"]
        default_permissions: tuple[str, ...] = ()
        verbose_name = _("étape finie trop vite")
        verbose_name_plural = _("étapes finies trop vite")

    def __str__(self):
        return self.source_key
