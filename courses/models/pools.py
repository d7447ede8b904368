"""What a quiz may ask where nothing is published without review: the very versions of questions that were read with it.

Which questions match a draw is otherwise asked of the bank as it is; there, an author would bring a question into a published
quiz by a tag. So what a revision of a quiz may ask is frozen when it is submitted, and stays that of what is published.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import Revision, TaskState

from courses.models.producer import ProducerPage
from courses.models.quiz import QuizPage
from courses.models.versions import QuestionVersion


class QuestionPoolQuerySet(models.QuerySet):
    def settled(self):
        """Those of a review that approved, and those of who publishes without one: not those still to be read, or refused."""
        return self.filter(models.Q(review=None) | models.Q(review__status=TaskState.STATUS_APPROVED))

    def in_force(self, quiz: QuizPage):
        """That of the quiz as it is published, where its branch publishes by review; elsewhere none."""
        branch = ProducerPage.objects.ancestor_of(quiz).under_review()
        of_what_is_live = self.settled().filter(models.Exists(branch), quiz=quiz.pk, revision=quiz.live_revision_id)
        return of_what_is_live.order_by("-pk")[:1]


class QuestionPool(models.Model):
    """What one revision of a quiz may ask, as it was when submitted to a review or, without one, when published."""

    quiz = models.ForeignKey(QuizPage, models.CASCADE, related_name="pools", verbose_name=_("évaluation"))
    revision = models.ForeignKey(
        Revision, models.CASCADE, null=True, related_name="question_pools", verbose_name=_("version de la page")
    )
    review = models.OneToOneField(
        TaskState, models.CASCADE, null=True, related_name="question_pool", verbose_name=_("relecture")
    )
    frozen_at = models.DateTimeField(_("figée le"), auto_now_add=True)

    objects = QuestionPoolQuerySet.as_manager()
    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("réserve de questions")
        verbose_name_plural = _("réserves de questions")

    def __str__(self):
        return f"{self.quiz_id}: {self.frozen_at:%Y-%m-%d}"


class PooledQuestionQuerySet(models.QuerySet):
    def in_force(self, quiz: QuizPage):
        """What the quiz may ask as it is published, where its branch publishes by review; elsewhere nothing."""
        return self.filter(pool__in=QuestionPool.objects.in_force(quiz).values("pk"))


class PooledQuestion(models.Model):
    """One version of a question in a pool: a fixed question of the quiz, or one that a draw may take.

    `draw` is the rank of the draw in the quiz, from 0; none for a fixed question.
    """

    pool = models.ForeignKey(QuestionPool, models.CASCADE, related_name="questions", verbose_name=_("réserve"))
    draw = models.PositiveSmallIntegerField(_("rang du tirage"), null=True)
    version = models.ForeignKey(
        QuestionVersion, models.PROTECT, related_name="pooled", verbose_name=_("version de question")
    )

    objects = PooledQuestionQuerySet.as_manager()
    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["pool", "draw", "version"], name="courses_drawable_once_in_pool"),
            models.UniqueConstraint(
                fields=["pool", "version"], condition=models.Q(draw=None), name="courses_fixed_once_in_pool"
            ),
        ]
        verbose_name = _("question d’une réserve")
        verbose_name_plural = _("questions d’une réserve")

    def __str__(self):
        return f"{self.pool_id}: {self.version}"
