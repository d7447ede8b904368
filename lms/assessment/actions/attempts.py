"""What happens to an attempt: it starts, its answers are saved as they are given, it is submitted and marked."""

import datetime
from random import Random, SystemRandom
from typing import Any

from django.db import transaction
from django.db.models import Max, OuterRef, Subquery

from courses.models import QuestionVersion, QuizPage
from courses.rules.answers import UNMARKED_TYPES
from lms.assessment.actions import ledger
from lms.assessment.models import Attempt, MarkLine, ServedQuestion
from lms.assessment.rules import scoring, serving
from lms.learning.models import Enrolment

State = Attempt.State


class AttemptRefused(Exception):
    """Why an attempt cannot begin."""


class NotEnrolled(AttemptRefused):
    """The enrolment was given up."""


class QuizNotOpen(AttemptRefused):
    """The quiz is not published, or asks nothing yet."""


class QuizAlreadyPassed(AttemptRefused):
    """The quiz was passed: another attempt would change nothing."""


class NoAttemptLeft(AttemptRefused):
    """All the attempts allowed were used."""


class AttemptBeingMarked(AttemptRefused):
    """A person has not marked the last attempt yet: it may be passed."""


class AttemptSubmitted(Exception):
    """The attempt was submitted: its answers no longer change."""


class UnknownQuestion(Exception):
    """The attempt serves no question at this position."""


@transaction.atomic
def start_attempt(
    enrolment: Enrolment, quiz: QuizPage, now: datetime.datetime, random: Random | None = None
) -> Attempt:
    """Begin an attempt, or find again the one that is open.

    The questions are frozen as served: latest version of each, questions and options shuffled. Locks the enrolment, so
    that two tabs open one attempt. Raises NotEnrolled, QuizNotOpen, QuizAlreadyPassed,
    AttemptBeingMarked, NoAttemptLeft.
    """
    enrolment = Enrolment.objects.select_for_update().get(pk=enrolment.pk)
    attempts = list(enrolment.attempts.filter(quiz=quiz).order_by("number"))
    if attempts and attempts[-1].state == State.OPEN:
        return attempts[-1]
    _check_may_start(enrolment, quiz, attempts)
    served = _questions_to_serve(quiz, random or SystemRandom())
    if not served:
        raise QuizNotOpen
    attempt = Attempt.objects.create(
        enrolment=enrolment,
        quiz=quiz,
        quiz_revision_id=quiz.live_revision_id,
        number=len(attempts) + 1,
        pass_mark_percent=quiz.pass_mark_percent,
        started_at=now,
        max_points=sum(question.points for question in served if question.version.type not in UNMARKED_TYPES),
    )
    for question in served:
        question.attempt = attempt
    ServedQuestion.objects.bulk_create(served)
    return attempt


def save_answer(attempt_id: int, position: int, response: Any, now: datetime.datetime) -> None:
    """Save one answer, in the terms of the question's content; None takes it back.

    One UPDATE: the guard is on the row it writes, so an answer that meets a submission is either marked or refused.
    Raises AttemptSubmitted, UnknownQuestion.
    """
    questions = ServedQuestion.objects.filter(attempt=attempt_id, position=position)
    saved = questions.filter(awarded_points__isnull=True).update(
        response=response, answered_at=None if response is None else now
    )
    if not saved:
        raise AttemptSubmitted if questions.exists() else UnknownQuestion


@transaction.atomic
def save_answers(attempt: Attempt, answers: dict[int, Any], now: datetime.datetime) -> None:
    """Save all the answers of a page ({position: response}) at once. Locks the attempt. Raises AttemptSubmitted."""
    attempt = Attempt.objects.select_for_update().get(pk=attempt.pk)
    if attempt.state == State.SUBMITTED:
        raise AttemptSubmitted
    questions = [question for question in attempt.questions.order_by("position") if _take(question, answers, now)]
    _write(questions)


@transaction.atomic
def submit(attempt: Attempt, now: datetime.datetime, answers: dict[int, Any] | None = None) -> Attempt:
    """Submit an attempt: mark each answer, write the score, and tell the progress of the course.

    `answers` ({position: response}) replace what was saved. Submitting again changes nothing and gives the same result:
    the second of two at once waits for the first. Locks the attempt, its questions, then the enrolment.
    """
    attempt = Attempt.objects.select_for_update(of=("self",)).select_related("enrolment").get(pk=attempt.pk)
    if attempt.state == State.SUBMITTED:
        return attempt
    questions = list(attempt.questions.select_for_update(of=("self",)).select_related("version").order_by("position"))
    for question in questions:
        _take(question, answers or {}, now)
    lines = ledger.automatic_lines(questions, now)
    ledger.derive(attempt, questions, lines)
    _write(questions)
    MarkLine.objects.bulk_create(lines)
    attempt.state, attempt.submitted_at = State.SUBMITTED, now
    attempt.save(update_fields=["state", "submitted_at", *ledger.WORTH])
    ledger.tell_course(attempt, now, source_key=f"attempt:{attempt.pk}")
    return attempt


def _check_may_start(enrolment: Enrolment, quiz: QuizPage, attempts: list[Attempt]) -> None:
    if enrolment.state == Enrolment.State.WITHDRAWN:
        raise NotEnrolled
    if not quiz.live:
        raise QuizNotOpen
    if any(attempt.is_passed for attempt in attempts):
        raise QuizAlreadyPassed
    if any(attempt.awaits_marking for attempt in attempts):
        raise AttemptBeingMarked
    if scoring.attempts_left(quiz.max_attempts, len(attempts)) == 0:
        raise NoAttemptLeft


def _questions_to_serve(quiz: QuizPage, random: Random) -> list[ServedQuestion]:
    points = dict(quiz.quiz_questions.values_list("question_id", "points"))
    newest = QuestionVersion.objects.filter(question=OuterRef("question")).order_by().values("question")
    versions = list(
        QuestionVersion.objects.filter(
            question__in=points, number=Subquery(newest.annotate(newest=Max("number")).values("newest"))
        ).order_by("question")
    )
    random.shuffle(versions)
    return [
        ServedQuestion(
            position=position,
            version=version,
            points=points[version.question_id],
            order=serving.shuffled_order(version.type, version.content, random),
        )
        for position, version in enumerate(versions, start=1)
    ]


def _take(question: ServedQuestion, answers: dict[int, Any], now: datetime.datetime) -> bool:
    """Put the answer given to a question in its row; whether it changed."""
    response = answers.get(question.position, question.response)
    if response == question.response:
        return False
    question.response, question.answered_at = response, None if response is None else now
    return True


def _write(questions: list[ServedQuestion]) -> None:
    """Write all the rows in one statement (an upsert: three times cheaper than an update by cases)."""
    ServedQuestion.objects.bulk_create(
        questions,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["response", "answered_at", "awarded_points", "awaits_marking"],
    )
