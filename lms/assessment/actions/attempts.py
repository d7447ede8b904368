"""What happens to an open attempt: answers are saved as they are given, it is submitted or expires, and is marked."""

import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from lms.assessment.actions import ledger
from lms.assessment.actions.refusals import (
    AnswerFinal,
    AnswerStale,
    AttemptSubmitted,
    NotPractice,
    UnknownQuestion,
)
from lms.assessment.actions.regrading import standing_lines
from lms.assessment.models import Attempt, MarkLine, ServedQuestion
from lms.assessment.rules import feedback, timing
from lms.assessment.rules.reading import words_to_read
from lms.learning.actions import EnrolmentWithdrawn
from lms.learning.pace import record_pace

State = Attempt.State


def save_answer(
    attempt_id: int, position: int, response: Any, now: datetime.datetime, given_at: datetime.datetime | None = None
) -> None:
    """Save one answer, in the terms of the question's content; None takes it back.

    One UPDATE: the guard is on the row it writes, so an answer that meets a submission is either marked or refused, and
    one that meets an answer given later is refused. Raises AttemptSubmitted, AnswerFinal, AnswerStale, UnknownQuestion.
    """
    given_at = given_at or now
    questions = ServedQuestion.objects.filter(attempt=attempt_id, position=position)
    saved = questions.filter(
        Q(given_at__isnull=True) | Q(given_at__lte=given_at),
        attempt__in=Attempt.objects.filter(pk=attempt_id).taking_answers(now),
        is_final=False,
    ).update(response=response, answered_at=None if response is None else now, given_at=given_at)
    if not saved:
        raise _why_not_saved(attempt_id, questions, now)


@transaction.atomic
def save_answers(
    attempt: Attempt, answers: dict[int, Any], now: datetime.datetime, page_served_at: datetime.datetime | None = None
) -> list[int]:
    """Save all the answers of a page ({position: response}) at once; which were kept as they are, because changed since.

    A page served at `page_served_at` says nothing of what was given later elsewhere. Locks the attempt. Raises
    AttemptSubmitted.
    """
    attempt = _locked(attempt)
    if attempt.state == State.SUBMITTED or attempt.is_past_due(now):
        raise AttemptSubmitted
    taken, kept = [], []
    for question in attempt.questions.filter(position__in=answers).order_by("position"):
        if question.is_final or answers[question.position] == question.response:
            continue
        if page_served_at and question.given_at and question.given_at > page_served_at:
            kept.append(question.position)
        else:
            _take(question, answers, now)
            taken.append(question)
    _write(taken)
    return kept


@transaction.atomic
def check_question(attempt: Attempt, position: int, now: datetime.datetime) -> ServedQuestion:
    """In practice, mark one question at once; its answer no longer changes. Checking again changes nothing.

    Its points are written in the ledger at submission, with all the others. Locks the attempt. Raises NotPractice (also
    for what a person marks or nobody), AttemptSubmitted, UnknownQuestion.
    """
    attempt = _locked(attempt)
    if attempt.state == State.SUBMITTED or attempt.is_past_due(now):
        raise AttemptSubmitted
    question = attempt.questions.select_related("version").filter(position=position).first()
    if question is None:
        raise UnknownQuestion
    if not feedback.may_check(attempt.terms.preset, question.version.type):
        raise NotPractice
    if not question.is_final:
        question.attempt, question.is_final = attempt, True
        question.awarded_points = ledger.automatic_points(question, question.version)
        _write([question])
    return question


@transaction.atomic
def submit(attempt: Attempt, now: datetime.datetime, answers: dict[int, Any] | None = None) -> Attempt:
    """Submit an attempt: mark each answer, write the score, and tell the progress of the course.

    `answers` ({position: response}) replace what was saved, unless the deadline is past. Submitting again changes nothing
    and gives the same result: the second of two at once waits for the first. Locks the attempt, its questions, then the
    enrolment.
    """
    attempt = _locked(attempt)
    if attempt.state == State.SUBMITTED:
        return attempt
    answers = {} if attempt.is_past_due(now) else answers or {}
    questions = list(attempt.questions.select_for_update(of=("self",)).select_related("version").order_by("position"))
    for question in questions:
        question.attempt = attempt
        if not question.is_final:
            _take(question, answers, now)
            question.is_final = True
    lines = ledger.automatic_lines(questions, now)
    lines += standing_lines(attempt, questions, lines, now)
    ledger.derive(attempt, questions, lines)
    _write(questions)
    MarkLine.objects.bulk_create(lines)
    attempt.state, attempt.is_expired = State.SUBMITTED, attempt.is_past_due(now)
    attempt.submitted_at = timing.closing_time(attempt.due_at, now)
    attempt.save(update_fields=["state", "submitted_at", "is_expired", *ledger.WORTH])
    ledger.tell_course(attempt, attempt.submitted_at, source_key=attempt.source_key)
    answered = [question.version for question in questions if question.response is not None]
    words = sum(words_to_read(version.prompt, version.content) for version in answered)
    record_pace(attempt.enrolment, attempt.quiz_id, words, attempt.started_at, attempt.submitted_at, attempt.source_key)
    return attempt


def close_if_expired(attempt: Attempt, now: datetime.datetime) -> Attempt:
    """Submit an attempt whose deadline is past, with what was saved; any other, or of a course given up, is left."""
    if attempt.state == State.OPEN and attempt.is_past_due(now):
        try:
            return submit(attempt, now)
        except EnrolmentWithdrawn:
            return attempt  # it waits for its learner, and takes no answer meanwhile
    return attempt


def close_expired_attempts(now: datetime.datetime) -> int:
    """Close every attempt whose deadline is past, each in a transaction of its own. How many there were."""
    expired = list(Attempt.objects.expired(now).order_by("due_at", "pk"))
    return sum(close_if_expired(attempt, now).state == State.SUBMITTED for attempt in expired)


@transaction.atomic
def set_deadline(attempt: Attempt, extra_minutes: int) -> Attempt:
    """Give an open attempt its deadline with the minutes granted to its learner; a submitted one is left. Locks it."""
    attempt = _locked(attempt)
    if attempt.state == State.OPEN:
        terms = attempt.terms
        attempt.due_at = timing.deadline(attempt.started_at, terms.time_limit_minutes, terms.closes_at, extra_minutes)
        attempt.save(update_fields=["due_at"])
    return attempt


def _locked(attempt: Attempt) -> Attempt:
    return Attempt.objects.select_for_update(of=("self",)).select_related("enrolment").get(pk=attempt.pk)


def _why_not_saved(attempt_id: int, questions, now: datetime.datetime) -> Exception:
    question = questions.first()
    if question is None:
        return UnknownQuestion()
    if not Attempt.objects.filter(pk=attempt_id).taking_answers(now).exists():
        return AttemptSubmitted()
    return AnswerFinal() if question.is_final else AnswerStale()


def _take(question: ServedQuestion, answers: dict[int, Any], now: datetime.datetime) -> None:
    """Put the answer given to a question in its row, if there is a new one."""
    response = answers.get(question.position, question.response)
    if response != question.response:
        question.response, question.given_at = response, now
        question.answered_at = None if response is None else now


def _write(questions: list[ServedQuestion]) -> None:
    """Write all the rows in one statement (an upsert: three times cheaper than an update by cases)."""
    ServedQuestion.objects.bulk_create(
        questions,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["response", "answered_at", "given_at", "is_final", "awarded_points", "awaits_marking"],
    )
