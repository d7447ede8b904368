"""Assessment: one sitting of a quiz, the questions served in it, the answers saved and their marks."""

from django.db import models
from django.db.models import F, Q
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from wagtail.models import Revision

from courses.models import CoursePage, QuestionVersion, QuizPage
from courses.rules.answers import MANUAL_TYPES
from lms.assessment.models.telling import copy_code, outcome_is_secret, told, turn_in, unless
from lms.assessment.rules import feedback, timing
from lms.assessment.rules.terms import EXAM, Terms
from lms.learning.models import Enrolment
from lms.people.models import OwnedQuerySet


class AttemptQuerySet(OwnedQuerySet):
    person_path = "enrolment__person"

    def for_learner(self, user):
        """The learner's own attempts, the only ones they may answer or read the answers of."""
        return self.filter(enrolment__person=user)

    def taking_answers(self, now):
        """Attempts whose answers may still change at `now`: open, and not past their deadline with its grace."""
        in_time = Q(due_at__isnull=True) | Q(due_at__gte=timing.earliest_open_deadline(now))
        return self.filter(in_time, state=Attempt.State.OPEN)

    def to_settle(self, now):
        """What the server has to mark: handed in, or open past its deadline and its grace. Given-up courses wait."""
        expired = Q(state=Attempt.State.OPEN, due_at__lt=timing.earliest_open_deadline(now))
        return self.filter(Q(state=Attempt.State.HANDED_IN) | expired & ~Q(enrolment__state=Enrolment.State.WITHDRAWN))

    def to_release(self, now):
        """What was withheld and may be told by now; `Attempt.must_be_withheld` says the last word."""
        is_closed = Q(quiz__closes_at__isnull=True) | Q(quiz__closes_at__lt=now)
        return self.filter(is_closed, is_withheld=True).select_related("quiz")

    def as_told(self):
        """With what lists may tell of each, whoever reads them: `told_score_percent`, `told_is_passed`, … and `turn`."""
        return self.annotate(**told())

    def with_secret_outcome(self):
        """Those whose mark no list may tell."""
        return self.filter(outcome_is_secret())


class Attempt(models.Model):
    """One sitting of a quiz: the questions served and the rules of the day (both frozen), the answers, the mark.

    `rules` is `QuizPage.rules()` at the start, read through `terms`. `due_at` is the deadline in force, as
    `timing.deadline` gives it: the one thing that an exception may move (`set_deadline`).
    The points, the mark and `is_passed` are what the ledger says now (`MarkLine`), kept here for lists. While a person
    has answers to mark, the points are provisional and `is_passed` is null. While `is_withheld`, neither the learner nor
    the course is told, and no list tells it (`telling`): an exam that has not closed.
    """

    class State(models.TextChoices):
        OPEN = "open", _("en cours")
        HANDED_IN = "handed_in", _("remise, à noter")
        SUBMITTED = "submitted", _("remise")

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="attempts", verbose_name=_("inscription"))
    quiz = models.ForeignKey(QuizPage, models.PROTECT, related_name="attempts", verbose_name=_("évaluation"))
    quiz_revision = models.ForeignKey(Revision, models.PROTECT, null=True, related_name="+")
    number = models.PositiveSmallIntegerField(_("tentative n°"))
    state = models.CharField(_("état"), max_length=10, choices=State.choices, default=State.OPEN)
    pass_mark_percent = models.PositiveSmallIntegerField(_("seuil de réussite (%)"))
    rules = models.JSONField(_("règles au début"), default=dict, blank=True)
    started_at = models.DateTimeField(_("commencée le"))
    due_at = models.DateTimeField(_("à remettre avant"), null=True, blank=True)
    reopened_at = models.DateTimeField(_("rouverte le"), null=True, blank=True)
    submitted_at = models.DateTimeField(_("remise le"), null=True, blank=True)
    is_expired = models.BooleanField(_("remise par le serveur à l’échéance"), default=False)
    awarded_points = models.DecimalField(_("points obtenus"), max_digits=7, decimal_places=2, null=True, blank=True)
    max_points = models.DecimalField(_("points possibles"), max_digits=7, decimal_places=2)
    score_percent = models.DecimalField(_("note (%)"), max_digits=5, decimal_places=2, null=True, blank=True)
    is_passed = models.BooleanField(_("réussie"), null=True, blank=True)
    is_withheld = models.BooleanField(_("note à paraître"), default=False)

    objects = AttemptQuerySet.as_manager()

    class Meta:
        ordering = ["enrolment", "quiz", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "quiz", "number"], name="assessment_attempt_number_once"),
            models.UniqueConstraint(
                fields=["enrolment", "quiz"], condition=~Q(state="submitted"), name="assessment_one_open_attempt"
            ),
            models.CheckConstraint(
                condition=Q(state="open", submitted_at__isnull=True)
                | Q(state="handed_in", submitted_at__isnull=False, score_percent__isnull=True)
                | Q(state="submitted", submitted_at__isnull=False, score_percent__isnull=False),
                name="assessment_submitted_attempt_is_marked",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="assessment_attempt_due", condition=Q(state="open")),
            models.Index(fields=["state"], name="assessment_attempt_handed_in", condition=Q(state="handed_in")),
            models.Index(fields=["quiz"], name="assessment_attempt_withheld", condition=Q(is_withheld=True)),
        ]
        verbose_name = _("tentative")
        verbose_name_plural = _("tentatives")

    def __str__(self):
        return f"{self.enrolment} – {self.quiz} n° {self.number}"

    @cached_property
    def terms(self) -> Terms:
        """The rules this attempt was begun under; like its record, they never change."""
        return Terms.from_json(self.rules)

    @property
    def awaits_marking(self) -> bool:
        """Submitted, and neither passed nor failed before a person has marked what is left."""
        return self.state == Attempt.State.SUBMITTED and self.is_passed is None

    @property
    def is_told_passed(self) -> bool:
        """Passed, and no longer kept secret."""
        return bool(self.is_passed and not self.is_withheld)

    @property
    def source_key(self) -> str:
        """Under which the course hears of its submission: another one each time it was opened again."""
        again = f":{self.reopened_at.timestamp():.0f}" if self.reopened_at else ""
        return f"attempt:{self.pk}{again}"

    @property
    def state_label(self) -> str:
        """The state as lists say it."""
        return str(_("à corriger")) if self.awaits_marking else self.get_state_display()

    @property
    def copy_name(self) -> str:
        """What it is called where names are kept from markers: a code, for its number would tell who began first."""
        return _("Copie %(code)s") % {"code": copy_code(self.pk)}

    @property
    def candidate(self) -> str:
        """Who answered, as those who teach may know it: a number, where marking is anonymous, until all is marked."""
        is_marked = self.state == Attempt.State.SUBMITTED and not self.awaits_marking
        return self.copy_name if self.quiz.anonymous_marking and not is_marked else str(self.enrolment.person)

    @property
    def withheld_label(self) -> str:
        """Until when its result is kept from everybody, in words; "" where it is not."""
        if not self.is_withheld:
            return ""
        until = feedback.latest(self.terms.closes_at, self.quiz.closes_at)
        if until is None:
            return _("résultat retenu")
        return _("résultat retenu jusqu’au %(at)s") % {"at": date_format(localtime(until), "j F Y à H:i")}

    def is_past_due(self, now) -> bool:
        """Whether the deadline and its grace are past at `now`."""
        return timing.is_over(self.due_at, now)

    def must_be_withheld(self, now) -> bool:
        """Whether its mark may not be told at `now`, by its own rules and by those of its quiz today; an exam's only."""
        if self.terms.preset != EXAM:
            return False
        closes_at = feedback.latest(self.terms.closes_at, self.quiz.closes_at)
        return feedback.is_withheld(self.terms.preset, closes_at, now)


class ServedQuestionQuerySet(models.QuerySet):
    def taught_by(self, user):
        """The questions answered in the courses that `user` teaches."""
        return self.filter(attempt__enrolment__course__in=CoursePage.objects.taught_by(user))

    def with_versions(self):
        """With what each asks and the name of the competence it is about (`competence`); of the bank nothing else."""
        return self.select_related("version").annotate(competence=F("version__question__competence__name"))

    def as_told(self):
        """With what their markers may know of when they were handed in, and a turn that tells nothing."""
        is_veiled = Q(attempt__quiz__anonymous_marking=True)
        return self.annotate(
            told_submitted_at=unless(is_veiled, "attempt__submitted_at", models.DateTimeField(null=True)),
            turn=turn_in("attempt"),
        )

    def by_hand(self):
        """The questions that a person marks."""
        return self.filter(version__type__in=MANUAL_TYPES)

    def to_mark_by(self, user):
        """The answers that wait for a mark that `user` may give: in the courses they teach, and not their own."""
        return self.taught_by(user).filter(awaits_marking=True).exclude(attempt__enrolment__person=user)


class ServedQuestion(models.Model):
    """One question of an attempt as served (version, points, order of options), the answer saved, the points awarded.

    `order`: the shuffled option ids, {"options": […]}, {"right": […]} or {"items": […]} by type.
    `response`: as given, by type: id | [id] | bool | str | {left id: right id} | {item id: rank}, possibly incomplete;
    null when not answered. `given_at`: when the learner last said or took back something here, by the server's clock;
    of two saves the one given later stands. Once `is_final`, the answer does not change any more: it was submitted or,
    in practice, checked (an attempt opened again clears it).
    `awarded_points` and `awaits_marking` are what the ledger says now (`MarkLine`), kept here for lists.
    """

    attempt = models.ForeignKey(Attempt, models.PROTECT, related_name="questions", verbose_name=_("tentative"))
    position = models.PositiveSmallIntegerField(_("rang"))
    version = models.ForeignKey(QuestionVersion, models.PROTECT, related_name="served", verbose_name=_("question"))
    points = models.PositiveSmallIntegerField(_("points"))
    order = models.JSONField(_("ordre présenté"), default=dict, blank=True)
    response = models.JSONField(_("réponse"), null=True, blank=True)
    given_at = models.DateTimeField(_("donnée le"), null=True, blank=True)
    is_final = models.BooleanField(_("définitive"), default=False)
    answered_at = models.DateTimeField(_("répondu le"), null=True, blank=True)
    awarded_points = models.DecimalField(_("points obtenus"), max_digits=7, decimal_places=2, null=True, blank=True)
    awaits_marking = models.BooleanField(_("à corriger"), default=False)

    objects = ServedQuestionQuerySet.as_manager()

    class Meta:
        ordering = ["attempt", "position"]
        constraints = [
            models.UniqueConstraint(fields=["attempt", "position"], name="assessment_position_once"),
            models.UniqueConstraint(fields=["attempt", "version"], name="assessment_question_once"),
        ]
        indexes = [
            models.Index(fields=["attempt"], name="assessment_awaits_marking", condition=Q(awaits_marking=True)),
        ]
        verbose_name = _("question servie")
        verbose_name_plural = _("questions servies")

    def __str__(self):
        return f"{self.attempt_id} / {self.position}"

    @property
    def candidate(self) -> str:
        """Who answered, as their marker may know it."""
        if self.attempt.quiz.anonymous_marking:
            return self.attempt.copy_name
        return str(self.attempt.enrolment.person)
