"""Lines written in the ledger of an attempt, and what follows: its worth, and the progress of the course."""

import datetime
from collections.abc import Iterable
from decimal import Decimal

from courses.models import QuestionVersion
from courses.rules.answers import MANUAL_TYPES, UNMARKED_TYPES
from lms.assessment.models import Attempt, MarkLine, ServedQuestion
from lms.assessment.rules import ledger, scoring
from lms.assessment.rules.marking import mark
from lms.learning.actions import lock_enrolment, record_on
from lms.learning.models import ProgressEvent
from lms.learning.study import Study

WORTH = ["awarded_points", "max_points", "score_percent", "is_passed"]


def automatic_lines(questions: Iterable[ServedQuestion], now: datetime.datetime) -> list[MarkLine]:
    """The lines (not written yet) of the answers that need nobody; the questions come with their version and attempt.

    An answer that a person marks needs nobody where nothing was answered.
    """
    return [
        MarkLine(
            attempt_id=question.attempt_id,
            question=question,
            kind=MarkLine.Kind.AUTOMATIC,
            points=automatic_points(question, question.version),
            max_points=question.points,
            created_at=now,
        )
        for question in questions
        if question.version.type not in UNMARKED_TYPES
        and (question.version.type not in MANUAL_TYPES or question.response is None)
    ]


def automatic_points(question: ServedQuestion, version: QuestionVersion) -> Decimal:
    """Points of the answer to a served question (its attempt at hand), by the key of a version of it.

    The policy is the one the attempt was begun under: partial credit or not, negative marks or none.
    """
    if question.response is None:
        return Decimal(0)
    terms = question.attempt.terms
    share = mark(version.type, version.content, question.response)
    return scoring.points_for(share, question.points, terms.partial_credit, terms.penalty_percent)


def asked_points(questions: Iterable[ServedQuestion]) -> dict[int, int]:
    """What each question of an attempt is worth (its version at hand), those that nobody marks left out."""
    return {one.pk: one.points for one in questions if one.version.type not in UNMARKED_TYPES}


def derive(attempt: Attempt, questions: list[ServedQuestion], lines: Iterable[MarkLine]) -> None:
    """Put what the lines of an attempt say in it and in its questions (their versions at hand); nothing is written."""
    worth = ledger.worth(asked_points(questions), lines, attempt.pass_mark_percent)
    for question in questions:
        question.awarded_points = worth.points.get(question.pk, 0)
        question.awaits_marking = question.pk in worth.awaiting
    for name in WORTH:
        setattr(attempt, name, getattr(worth, name))


def append_lines(attempt: Attempt, lines: list[MarkLine], now: datetime.datetime) -> Attempt:
    """Write lines in the ledger of a submitted attempt, derive its worth again, and tell the course what changed.

    The one way a mark changes after submission. Call it in a transaction that locks the attempt.
    """
    MarkLine.objects.bulk_create(lines)
    questions = list(attempt.questions.select_related("version"))
    before = {question.pk: (question.awarded_points, question.awaits_marking) for question in questions}
    verdict = attempt.is_passed
    derive(attempt, questions, attempt.marks.all())
    attempt.save(update_fields=WORTH)
    changed = [one for one in questions if before[one.pk] != (one.awarded_points, one.awaits_marking)]
    ServedQuestion.objects.bulk_update(changed, ["awarded_points", "awaits_marking"])
    if attempt.is_passed != verdict:
        attempt.enrolment = lock_enrolment(attempt.enrolment_id)
        tell_course(attempt, now, f"attempt:{attempt.pk}:{lines[-1].pk}", is_late=True)
    return attempt


def tell_course(attempt: Attempt, now: datetime.datetime, source_key: str, is_late: bool = False) -> Study | None:
    """Tell the course that the attempt is passed or failed; nothing while it waits for a mark or for its exam to close.

    Where that leaves the learner, if the course heard something new. Call it in a transaction that locks the enrolment.
    """
    if attempt.is_passed is None or attempt.is_withheld:
        return None
    return record_on(
        attempt.enrolment,
        attempt.quiz_id,
        ProgressEvent.Kind.PASSED if attempt.is_passed else ProgressEvent.Kind.FAILED,
        now,
        source_key=source_key,
        value={"score_percent": str(attempt.score_percent), "attempt": attempt.number},
        revision_id=attempt.quiz_revision_id,
        is_late=is_late,
    )
