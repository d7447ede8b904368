"""What lies before the learner while an attempt is open: the questions of the page, the way to the others, the clock."""

import datetime
from dataclasses import dataclass

from django.contrib.messages.storage.base import Message

from lms.assessment import paper
from lms.assessment.models import Attempt, ServedQuestion
from lms.assessment.rules import feedback, timing
from lms.assessment.rules.terms import Terms


@dataclass(frozen=True)
class Entry:
    """One question on the page: to answer or, once checked in practice, corrected; and what the last act says of it."""

    question: paper.Question
    correction: paper.Correction | None
    may_check: bool
    told: list[Message]


@dataclass(frozen=True)
class Stop:
    """One question on the way through an attempt that shows one per page."""

    position: int
    is_answered: bool
    is_current: bool


def sheet(
    attempt: Attempt, served: list[ServedQuestion], asked: int | None, now: datetime.datetime, told: list[Message]
) -> dict:
    """The context of the page of an open attempt; `asked` is the question wanted, where there is one per page.

    Of what is `told`, a question has what bears its anchor, and the page the rest.
    """
    terms = attempt.terms
    questions = [paper.question(row) for row in served]
    current = min(max(asked or 1, 1), len(served)) if terms.one_per_page else None
    rows = rows_on_page(attempt, served, current)
    answered = sum(question.is_answered for question in questions)
    entries = [_entry(row, terms, told) for row in rows]
    beside = [message for entry in entries for message in entry.told]
    return {
        "messages": [message for message in told if message not in beside],
        "terms": terms,
        "entries": entries,
        "question_count": len(served),
        "answered_count": answered,
        "answered_elsewhere": answered - sum(entry.question.is_answered for entry in entries if not entry.correction),
        "current": current,
        "stops": [Stop(each.position, each.is_answered, each.position == current) for each in questions],
        "before": current - 1 if current else None,
        "after": current + 1 if current and current < len(served) else None,
        "now_milliseconds": timing.milliseconds(now),
        "due_milliseconds": timing.milliseconds(attempt.due_at) if attempt.due_at else None,
    }


def rows_on_page(attempt: Attempt, served: list[ServedQuestion], position: int | None) -> list[ServedQuestion]:
    """The questions that a page shows, and that alone it answers: all of them, or the one at `position`."""
    return [row for row in served if row.position == position] if attempt.terms.one_per_page else served


def _entry(row: ServedQuestion, terms: Terms, told: list[Message]) -> Entry:
    correction = paper.correction(row, row.competence) if row.is_final else None
    about = [message for message in told if message.extra_tags == paper.anchor(row.position)]
    return Entry(paper.question(row), correction, feedback.may_check(terms.preset, row.version.type), about)
