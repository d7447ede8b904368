"""What learners say of a mark or of a question, and what they are answered."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.models import CoursePage, QuestionVersion, QuizPage
from lms.assessment.models.attempts import ServedQuestion
from lms.assessment.models.ledger import MarkLine
from lms.people.models import User


class AppealQuerySet(models.QuerySet):
    def taught_by(self, user):
        """The appeals in the courses that `user` teaches, their own left out: nobody judges themself."""
        courses = CoursePage.objects.taught_by(user)
        return self.filter(question__attempt__enrolment__course__in=courses).exclude(
            question__attempt__enrolment__person=user
        )


class Appeal(models.Model):
    """A learner contests the mark of one question; who teaches answers with reasons. Kept for ever, both sides."""

    class State(models.TextChoices):
        OPEN = "open", _("à traiter")
        ACCEPTED = "accepted", _("acceptée")
        REFUSED = "refused", _("refusée")

    question = models.ForeignKey(
        ServedQuestion, models.PROTECT, related_name="appeals", verbose_name=_("question contestée")
    )
    reason = models.TextField(_("motif"))
    created_at = models.DateTimeField(_("reçue le"))
    state = models.CharField(_("état"), max_length=10, choices=State.choices, default=State.OPEN)
    answer = models.TextField(_("réponse motivée"), blank=True)
    answered_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("traitée par")
    )
    answered_at = models.DateTimeField(_("traitée le"), null=True, blank=True)
    line = models.OneToOneField(
        MarkLine, models.PROTECT, null=True, blank=True, related_name="appeal", verbose_name=_("nouvelle note")
    )

    objects = AppealQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["question"], condition=Q(state="open"), name="assessment_one_open_appeal"),
            models.CheckConstraint(
                condition=Q(state="open", answered_by__isnull=True, line__isnull=True)
                | (~Q(state="open") & ~Q(answer="") & Q(answered_by__isnull=False, answered_at__isnull=False)),
                name="assessment_appeal_is_answered_with_reasons",
            ),
            models.CheckConstraint(
                condition=Q(state="accepted", line__isnull=False) | (~Q(state="accepted") & Q(line__isnull=True)),
                name="assessment_accepted_appeal_has_a_mark",
            ),
        ]
        verbose_name = _("contestation")
        verbose_name_plural = _("contestations")

    def __str__(self):
        return f"{self.question} {self.state}"

    @property
    def candidate(self) -> str:
        """Who contests, as who judges may know it."""
        return self.question.candidate


class QuestionFlagQuerySet(models.QuerySet):
    def taught_by(self, user):
        """What was said of questions in the courses that `user` teaches."""
        return self.filter(course__in=CoursePage.objects.taught_by(user))


class QuestionFlag(models.Model):
    """A learner says that something is wrong with a question, during an attempt or after it."""

    question = models.ForeignKey(
        ServedQuestion, models.PROTECT, related_name="flags", verbose_name=_("question signalée")
    )
    version = models.ForeignKey(QuestionVersion, models.PROTECT, related_name="flags", verbose_name=_("version"))
    quiz = models.ForeignKey(QuizPage, models.PROTECT, related_name="+", verbose_name=_("évaluation"))
    course = models.ForeignKey(CoursePage, models.PROTECT, related_name="+", verbose_name=_("formation"))
    person = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("personne"))
    text = models.TextField(_("problème signalé"))
    created_at = models.DateTimeField(_("signalé le"))
    handled_at = models.DateTimeField(_("traité le"), null=True, blank=True)
    handled_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("traité par")
    )

    objects = QuestionFlagQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["question"], condition=Q(handled_at__isnull=True), name="assessment_one_waiting_flag"
            )
        ]
        verbose_name = _("signalement")
        verbose_name_plural = _("signalements")

    def __str__(self):
        return self.text[:80]

    @property
    def candidate(self) -> str:
        """Who flags, as those who teach may know it."""
        return self.question.attempt.candidate
