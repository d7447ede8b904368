"""Exceptions for one person: more time, one more attempt, an attempt opened again."""

import datetime

from django.db import transaction

from courses.models import QuizPage
from lms.assessment.models import Allowance, Attempt, MarkLine, SittingEntry
from lms.assessment.rules.allowances import Extra, extra
from lms.core import audit
from lms.core.jobs import enqueue
from lms.learning.models import Enrolment
from lms.people.models import User

Kind = Allowance.Kind


class NotAllowable(Exception):
    """No reason, already over, or nothing there to be granted."""


def extra_of(enrolment: Enrolment, quiz: QuizPage, now: datetime.datetime) -> Extra:
    """What a learner is granted in a quiz at `now`; one query."""
    return extra(Allowance.objects.in_force(now).filter(enrolment=enrolment.pk, quiz=quiz.pk))


@transaction.atomic
def grant_extra_time(
    enrolment: Enrolment,
    quiz: QuizPage,
    minutes: int,
    reason: str,
    author: User,
    now: datetime.datetime,
    until: datetime.datetime,
) -> Allowance:
    """Lengthen the attempt under way, if any, and those begun before `until`. Locks the attempt. Raises NotAllowable."""
    if minutes <= 0:
        raise NotAllowable
    granted = _grant(enrolment, quiz, Kind.EXTRA_TIME, reason, author, now, until, minutes=minutes)
    under_way = enrolment.attempts.select_for_update().filter(quiz=quiz, state=Attempt.State.OPEN).first()
    if under_way and under_way.due_at and not under_way.is_past_due(now):
        under_way.due_at = _later(under_way, minutes)
        under_way.save(update_fields=["due_at"])
    return granted


@transaction.atomic
def grant_extra_attempt(
    enrolment: Enrolment, quiz: QuizPage, reason: str, author: User, now: datetime.datetime, until: datetime.datetime
) -> Allowance:
    """Let a learner begin one more attempt before `until`, even where the quiz is closed. Raises NotAllowable."""
    return _grant(enrolment, quiz, Kind.EXTRA_ATTEMPT, reason, author, now, until)


@transaction.atomic
def reopen_attempt(
    attempt: Attempt, reason: str, author: User, now: datetime.datetime, until: datetime.datetime
) -> Allowance:
    """Give a submitted attempt back to its learner, answers kept, until `until`; a line of the ledger says so.

    What was marked before counts no more once it is submitted again. Locks the attempt, then the enrolment. Raises
    NotAllowable: it was passed (of an exam that has not closed, whether or not: it would tell), another is under way, or the course was given up.
    """
    attempt = Attempt.objects.select_for_update(of=("self",)).select_related("quiz").get(pk=attempt.pk)
    enrolment = Enrolment.objects.select_for_update().get(pk=attempt.enrolment_id)
    others_open = enrolment.attempts.filter(quiz=attempt.quiz_id, state=Attempt.State.OPEN).exists()
    is_given_up = enrolment.state == Enrolment.State.WITHDRAWN
    if attempt.state != Attempt.State.SUBMITTED or attempt.is_told_passed or others_open or is_given_up:
        raise NotAllowable
    granted = _grant(enrolment, attempt.quiz, Kind.REOPENING, reason, author, now, until, attempt=attempt)
    MarkLine.objects.create(
        attempt=attempt, kind=MarkLine.Kind.EXCEPTION, reason=granted.reason, author=author, created_at=now
    )
    attempt.questions.update(is_final=False, awarded_points=None, awaits_marking=False)
    attempt.state, attempt.reopened_at, attempt.due_at = Attempt.State.OPEN, now, until
    attempt.submitted_at = attempt.awarded_points = attempt.score_percent = attempt.is_passed = None
    attempt.is_expired = attempt.is_withheld = False  # said again when it is submitted again
    attempt.save()
    return granted


def _later(under_way: Attempt, minutes: int) -> datetime.datetime:
    """Its deadline so many minutes later; no later than the end of the sitting it must end with."""
    later = under_way.due_at + datetime.timedelta(minutes=minutes)
    entry = SittingEntry.objects.select_related("sitting").filter(attempt=under_way).first()
    if entry and under_way.due_at <= entry.sitting.ends_at:
        return min(later, entry.sitting.ends_at)
    return later


def _grant(enrolment, quiz, kind, reason, author, now, until, **more) -> Allowance:
    if not reason.strip() or until <= now:
        raise NotAllowable
    granted = Allowance.objects.create(
        enrolment=enrolment,
        quiz=quiz,
        kind=kind,
        reason=reason.strip(),
        author=author,
        created_at=now,
        expires_at=until,
        **more,
    )
    audit.record(f"assessment.{kind}", author, granted, on_behalf_of=enrolment.person, reason=granted.reason)
    enqueue("assessment.tell_allowance", key=f"allowance:{granted.pk}", payload={"allowance": granted.pk})
    return granted
