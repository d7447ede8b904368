"""How an attempt ends: handed in or expired, then marked, and its course told, at once or when its exam closes.

Handing in is one UPDATE, and stands whatever becomes of the marking. That follows in a transaction of its own: with the
page of the result, which whoever hands in is sent to, or within a minute by the server. The attempt is itself the row
that is not lost: one that a run leaves, the next finds again.
"""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Case, F, Value, When

from lms.assessment.actions import ledger
from lms.assessment.actions.attempts import locked_with_enrolment, take, write, write_marks
from lms.assessment.actions.regrading import standing_lines
from lms.assessment.models import Attempt, MarkLine, ServedQuestion
from lms.assessment.rules import timing
from lms.assessment.served import words_of
from lms.core.jobs import enqueue
from lms.learning.actions import EnrolmentWithdrawn
from lms.learning.models import Enrolment
from lms.learning.pace import record_pace
from lms.learning.study import Study
from lms.people.models import User

State = Attempt.State


def hand_in(attempt_id: int, learner: User, now: datetime.datetime) -> bool:
    """Hand in one's own open attempt, in time, with what was saved; False, and nothing changes, when there is none.

    One UPDATE: of two at once one does it, and no answer is taken afterwards.
    """
    own = Enrolment.objects.filter(person=learner).exclude(state=Enrolment.State.WITHDRAWN)
    attempts = Attempt.objects.filter(pk=attempt_id, enrolment__in=own).taking_answers(now)
    submitted_at = Case(When(due_at__lt=now, then=F("due_at")), default=Value(now))
    return bool(attempts.update(state=State.HANDED_IN, submitted_at=submitted_at))


@dataclass(frozen=True)
class Settled:
    """An attempt that is settled and, where it was marked just now, all that marking it read and wrote.

    Whoever shows the result at once need not read it again: the questions served (with their version and the competence
    it is about), the lines of the ledger, and where the learner stands in the course, once it was told.
    """

    attempt: Attempt
    questions: list[ServedQuestion] | None = None
    lines: list[MarkLine] | None = None
    study: Study | None = None


def submit(attempt: Attempt, now: datetime.datetime, answers: dict[int, Any] | None = None) -> Attempt:
    """Submit an attempt, unless it was handed in: mark each answer, write the score, tell the progress of the course.

    `answers` ({position: response}) replace what was saved, while they may. Submitting again changes nothing and gives
    the same result: the second of two at once waits for the first. Locks the attempt, the enrolment, then the questions.
    Raises EnrolmentWithdrawn: the course was given up before.
    """
    return _submit(attempt, now, answers or {}).attempt


def settle(attempt: Attempt, now: datetime.datetime) -> Attempt:
    """Mark an attempt handed in or past its deadline, release one whose exam has closed; any other is left.

    So is an expired one of a course given up: it waits for its learner, and takes no answer meanwhile.
    """
    return settled(attempt, now).attempt


def settled(attempt: Attempt, now: datetime.datetime) -> Settled:
    """What `settle` does, and what it came to."""
    if attempt.state == State.HANDED_IN or (attempt.state == State.OPEN and attempt.is_past_due(now)):
        try:
            return _submit(attempt, now, {})
        except EnrolmentWithdrawn:
            return Settled(attempt)
    if attempt.is_withheld and not attempt.must_be_withheld(now):
        return Settled(_release(attempt, now))
    return Settled(attempt)


def settle_all(now: datetime.datetime) -> int:
    """Settle every attempt that is due, each in a transaction of its own. How many there were."""
    to_mark = list(Attempt.objects.to_settle(now).order_by("submitted_at", "due_at", "pk"))
    marked = sum(settle(attempt, now).state == State.SUBMITTED for attempt in to_mark)
    withheld = list(Attempt.objects.to_release(now).order_by("pk"))
    return marked + sum(not settle(attempt, now).is_withheld for attempt in withheld)


@transaction.atomic
def _submit(attempt: Attempt, now: datetime.datetime, answers: dict[int, Any]) -> Settled:
    attempt = locked_with_enrolment(attempt)
    if attempt.state == State.SUBMITTED:
        return Settled(attempt)
    was_open = attempt.state == State.OPEN
    if was_open and attempt.enrolment.state == Enrolment.State.WITHDRAWN:
        raise EnrolmentWithdrawn
    # Locked: an answer on its way when the attempt was handed in is written before, or refused.
    served = attempt.questions.with_versions().select_for_update(of=("self",))
    questions = list(served.order_by("position"))
    if was_open and not attempt.is_past_due(now):
        _take_last(questions, answers, now)
    if was_open:
        attempt.is_expired = attempt.is_past_due(now)
        attempt.submitted_at = timing.closing_time(attempt.due_at, now)
    lines = _mark(attempt, questions, now)
    study = ledger.tell_course(attempt, attempt.submitted_at, attempt.source_key, is_late=not was_open)
    words = sum(words_of(question.version) for question in questions if question.response is not None)
    record_pace(attempt.enrolment, attempt.quiz_id, words, attempt.started_at, attempt.submitted_at, attempt.source_key)
    return Settled(attempt, questions, lines, study)


def _take_last(questions: list[ServedQuestion], answers: dict[int, Any], now: datetime.datetime) -> None:
    changed = [one for one in questions if not one.is_final and one.position in answers]
    for question in changed:
        take(question, answers, now)
    if changed:
        write(changed)


def _mark(attempt: Attempt, questions: list[ServedQuestion], now: datetime.datetime) -> list[MarkLine]:
    """Write the lines of the ledger, those of decisions that stand included, and what they are worth."""
    for question in questions:
        question.attempt, question.is_final = attempt, True
    lines = ledger.automatic_lines(questions, now)
    lines += standing_lines(attempt, questions, lines, now)
    ledger.derive(attempt, questions, lines)
    write_marks(questions)
    MarkLine.objects.bulk_create(lines)
    attempt.state, attempt.is_withheld = State.SUBMITTED, attempt.must_be_withheld(now)
    attempt.save(update_fields=["state", "submitted_at", "is_expired", "is_withheld", *ledger.WORTH])
    return lines


@transaction.atomic
def _release(attempt: Attempt, now: datetime.datetime) -> Attempt:
    """Tell the course, and the learner, what an exam kept until its closing; once. Locks the attempt."""
    attempt = locked_with_enrolment(attempt)
    if not attempt.is_withheld:
        return attempt
    attempt.is_withheld = False
    attempt.save(update_fields=["is_withheld"])
    ledger.tell_course(attempt, now, attempt.source_key, is_late=True)
    if not attempt.awaits_marking:
        enqueue("assessment.tell_marked", key=f"{attempt.source_key}:released", payload={"attempt": attempt.pk})
    return attempt
