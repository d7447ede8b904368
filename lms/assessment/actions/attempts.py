"""What happens to an open attempt: answers are saved as they are given, and its deadline may be moved."""

import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Case, Q, Value, When

from lms.assessment.actions import ledger
from lms.assessment.actions.refusals import (
    AnswerFinal,
    AnswerStale,
    AttemptSubmitted,
    NotPractice,
    UnknownQuestion,
)
from lms.assessment.models import Attempt, ServedQuestion
from lms.assessment.rules import feedback, timing

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
    attempt = locked(attempt)
    if attempt.state != State.OPEN or attempt.is_past_due(now):
        raise AttemptSubmitted
    taken, kept = [], []
    for question in attempt.questions.filter(position__in=answers).order_by("position"):
        if question.is_final or answers[question.position] == question.response:
            continue
        if page_served_at and question.given_at and question.given_at > page_served_at:
            kept.append(question.position)
        else:
            take(question, answers, now)
            taken.append(question)
    write(taken)
    return kept


@transaction.atomic
def check_question(attempt: Attempt, position: int, now: datetime.datetime) -> ServedQuestion:
    """In practice, mark one question at once; its answer no longer changes. Checking again changes nothing.

    Its points are written in the ledger at submission, with all the others. Locks the attempt. Raises NotPractice (also
    for what a person marks or nobody), AttemptSubmitted, UnknownQuestion.
    """
    attempt = locked(attempt)
    if attempt.state != State.OPEN or attempt.is_past_due(now):
        raise AttemptSubmitted
    question = attempt.questions.select_related("version").filter(position=position).first()
    if question is None:
        raise UnknownQuestion
    if not feedback.may_check(attempt.terms.preset, question.version.type):
        raise NotPractice
    if not question.is_final:
        question.attempt, question.is_final = attempt, True
        question.awarded_points = ledger.automatic_points(question, question.version)
        write([question])
    return question


@transaction.atomic
def set_deadline(attempt: Attempt, extra_minutes: int) -> Attempt:
    """Give an open attempt its deadline with the minutes granted to its learner; a submitted one is left. Locks it."""
    attempt = locked(attempt)
    if attempt.state == State.OPEN:
        terms = attempt.terms
        attempt.due_at = timing.deadline(attempt.started_at, terms.time_limit_minutes, terms.closes_at, extra_minutes)
        attempt.save(update_fields=["due_at"])
    return attempt


def locked(attempt: Attempt) -> Attempt:
    """The attempt as it is now, for this transaction alone."""
    return Attempt.objects.select_for_update().get(pk=attempt.pk)


def locked_with_enrolment(attempt: Attempt) -> Attempt:
    """The attempt and its enrolment as they are now, for this transaction alone; in this order, like whoever locks both."""
    both = Attempt.objects.select_for_update(of=("self", "enrolment")).select_related("enrolment")
    return both.get(pk=attempt.pk)


def _why_not_saved(attempt_id: int, questions, now: datetime.datetime) -> Exception:
    question = questions.first()
    if question is None:
        return UnknownQuestion()
    if not Attempt.objects.filter(pk=attempt_id).taking_answers(now).exists():
        return AttemptSubmitted()
    return AnswerFinal() if question.is_final else AnswerStale()


def take(question: ServedQuestion, answers: dict[int, Any], now: datetime.datetime) -> None:
    """Put the answer given to a question in its row, if there is a new one."""
    response = answers.get(question.position, question.response)
    if response != question.response:
        question.response, question.given_at = response, now
        question.answered_at = None if response is None else now


def write(questions: list[ServedQuestion]) -> None:
    """Write all the rows in one statement (an upsert: three times cheaper than an update by cases)."""
    ServedQuestion.objects.bulk_create(
        questions,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["response", "answered_at", "given_at", "is_final", "awarded_points", "awaits_marking"],
    )


def write_marks(questions: list[ServedQuestion]) -> None:
    """Write what marking put in the questions of an attempt, in one UPDATE: few marks differ, so few cases."""
    by_points: dict[Decimal, list[int]] = {}
    for question in questions:
        by_points.setdefault(question.awarded_points, []).append(question.pk)
    (common, _same), *others = sorted(by_points.items(), key=lambda group: -len(group[1]))
    cases = (When(pk__in=ids, then=Value(points)) for points, ids in others)
    points = Case(*cases, default=Value(common), output_field=ServedQuestion._meta.get_field("awarded_points"))
    awaiting = [question.pk for question in questions if question.awaits_marking]
    ServedQuestion.objects.filter(pk__in=[question.pk for question in questions]).update(
        is_final=True,
        awarded_points=points if others else common,
        awaits_marking=Q(pk__in=awaiting) if awaiting else False,
    )
