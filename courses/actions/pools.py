"""Freezing what a quiz may ask, where nothing is published without review."""

from django.db import transaction
from wagtail.models import Revision, TaskState, get_default_page_content_type
from wagtail.query import PageQuerySet

from courses.asked import in_order
from courses.draws import pools_of
from courses.models import PooledQuestion, ProducerPage, Question, QuestionPool, QuestionVersion, QuizPage


@transaction.atomic
def freeze_pool(quiz: QuizPage, revision: Revision | None, review: TaskState | None = None) -> QuestionPool:
    """Freeze what a quiz may ask, as the bank is now: the latest versions of its fixed questions and of those it may draw.

    `quiz` is as its revision says; `review`, the one that will read it.
    """
    fixed = [row.question_id for row in quiz.quiz_questions.all()]
    pools = pools_of(Question.objects.open_to(quiz), in_order(quiz.draws.all()), fixed)
    rows = [(None, question) for question in fixed]
    rows += [(rank, question) for rank, questions in enumerate(pools) for question in questions]
    asked = {question for _rank, question in rows}
    latest = dict(QuestionVersion.objects.current().filter(question__in=asked).values_list("question_id", "pk"))
    pool = QuestionPool.objects.create(quiz_id=quiz.pk, revision=revision, review=review)
    PooledQuestion.objects.bulk_create(
        (PooledQuestion(pool=pool, draw=rank, version_id=latest[question]) for rank, question in rows), batch_size=1000
    )
    return pool


def freeze_for_review(state: TaskState) -> None:
    """Freeze what the quiz submitted may ask, so that the reviewer reads it; another page asks nothing."""
    submitted = state.revision.as_object()
    if isinstance(submitted, QuizPage):
        freeze_pool(submitted, state.revision, state)


def freeze_published(pages: PageQuerySet) -> None:
    """Freeze what the published quizzes among these pages may ask, where that is reviewed and was not frozen yet.

    So for those published without a review by who may, those moved below, and those of a branch that is reviewed from now on.
    """
    for quiz in QuizPage.objects.live().filter(pk__in=pages.order_by().values("pk")):
        branch = ProducerPage.objects.ancestor_of(quiz).under_review()
        if branch.exists() and not QuestionPool.objects.in_force(quiz).exists():
            freeze_pool(quiz, quiz.live_revision)


def freeze_scheduled(revision: Revision) -> None:
    """Freeze what a quiz may ask that is scheduled, without a review, by who may; another page asks nothing."""
    page = QuizPage.objects.filter(pk=revision.object_id).first()
    if page is None or revision.base_content_type != get_default_page_content_type():
        return
    branch = ProducerPage.objects.ancestor_of(page).under_review()
    if branch.exists() and not QuestionPool.objects.settled().filter(revision=revision).exists():
        freeze_pool(revision.as_object(), revision)
