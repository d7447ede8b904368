"""A learner contests a mark or flags a question; who teaches the course answers."""

import datetime
from decimal import Decimal

from django.conf import settings
from django.db import transaction

from lms.assessment.actions.ledger import append_lines
from lms.assessment.models import Appeal, Attempt, MarkLine, QuestionFlag, ServedQuestion
from lms.assessment.rules.appeals import appeal_ends_at, may_appeal
from lms.core import audit
from lms.core.jobs import enqueue
from lms.people.models import User

State = Appeal.State


class AppealRefused(Exception):
    """Nothing to contest, too late, contested already, or no reason given."""


class AppealAnswered(Exception):
    """Somebody else answered meanwhile."""


class WrongPoints(Exception):
    """The new mark is not above the old one, or above what the question is worth."""


def may_contest(
    line: MarkLine | None, appeals: list[Appeal], told_at: datetime.datetime | None, now: datetime.datetime
) -> bool:
    """Whether the latest mark of a question (`line`) may be contested, after these appeals in order; no query."""
    if line is None or (appeals and appeals[-1].state == State.OPEN):
        return False
    ends_at = appeal_ends_at(line.created_at, told_at, settings.LMS_APPEAL_DAYS)
    answered_at = appeals[-1].answered_at if appeals else None
    return may_appeal(line.points, line.max_points, ends_at, now, answered_at, line.created_at)


@transaction.atomic
def contest(question: ServedQuestion, reason: str, told_at: datetime.datetime | None, now: datetime.datetime) -> Appeal:
    """The learner contests the mark of a question; the contact of the course is told. Locks the attempt.

    `told_at`: when the mark was told, where later than given. Raises AppealRefused.
    """
    attempt = Attempt.objects.select_for_update(of=("self",)).get(pk=question.attempt_id)
    if not reason.strip() or not may_contest(question.marks.last(), list(question.appeals.all()), told_at, now):
        raise AppealRefused
    appeal = question.appeals.create(reason=reason.strip(), created_at=now)
    audit.record("assessment.appeal", attempt.enrolment.person, attempt, question=question.position)
    enqueue("assessment.tell_appeal", key=f"appeal:{appeal.pk}", payload={"appeal": appeal.pk})
    return appeal


def accept_appeal(appeal: Appeal, author: User, points: Decimal, answer: str, now: datetime.datetime) -> Appeal:
    """Give the question a better mark, with reasons; the learner is told. Raises AppealAnswered, WrongPoints."""
    return _answer(appeal, author, points, answer, now)


def refuse_appeal(appeal: Appeal, author: User, answer: str, now: datetime.datetime) -> Appeal:
    """Leave the mark as it is, with reasons; the learner is told. Raises AppealAnswered."""
    return _answer(appeal, author, None, answer, now)


@transaction.atomic
def flag_question(question: ServedQuestion, text: str, now: datetime.datetime) -> QuestionFlag:
    """Say what is wrong with a question; said again before it was dealt with, the words are put together."""
    attempt = question.attempt
    waiting = QuestionFlag.objects.select_for_update().filter(question=question, handled_at__isnull=True).first()
    if waiting:
        waiting.text = f"{waiting.text}\n\n{text.strip()}"
        waiting.save(update_fields=["text"])
        return waiting
    return QuestionFlag.objects.create(
        question=question,
        version_id=question.version_id,
        quiz_id=attempt.quiz_id,
        course_id=attempt.enrolment.course_id,
        person_id=attempt.enrolment.person_id,
        text=text.strip(),
        created_at=now,
    )


@transaction.atomic
def handle_flag(flag: QuestionFlag, author: User, now: datetime.datetime) -> None:
    """Say that a flag was dealt with; again changes nothing."""
    if QuestionFlag.objects.filter(pk=flag.pk, handled_at__isnull=True).update(handled_at=now, handled_by=author):
        audit.record("assessment.flag_handled", author, flag)


@transaction.atomic
def _answer(appeal: Appeal, author: User, points: Decimal | None, answer: str, now: datetime.datetime) -> Appeal:
    attempts = Attempt.objects.select_for_update(of=("self",)).select_related("enrolment")
    attempt = attempts.get(questions__appeals=appeal)
    appeal = Appeal.objects.select_related("question").get(pk=appeal.pk)
    if appeal.state != State.OPEN:
        raise AppealAnswered
    if points is not None:
        appeal.line = _better_mark(appeal.question, attempt, author, points, answer, now)
        append_lines(attempt, [appeal.line], now)
    appeal.state = State.REFUSED if points is None else State.ACCEPTED
    appeal.answer, appeal.answered_by, appeal.answered_at = answer.strip(), author, now
    appeal.save()
    verb = f"assessment.appeal_{appeal.state}"
    audit.record(verb, author, attempt, question=appeal.question.position, reason=appeal.answer)
    enqueue("assessment.tell_answer", key=f"appeal:{appeal.pk}:answer", payload={"appeal": appeal.pk})
    return appeal


def _better_mark(question, attempt, author, points, answer, now) -> MarkLine:
    latest = question.marks.last()
    if not latest.points < points <= latest.max_points:
        raise WrongPoints
    return MarkLine(
        attempt=attempt,
        question=question,
        kind=MarkLine.Kind.APPEAL,
        points=points,
        max_points=latest.max_points,
        reason=answer.strip(),
        author=author,
        created_at=now,
    )
