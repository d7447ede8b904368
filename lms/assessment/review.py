"""What was decided of an attempt, in the words its learner reads: the ledger of each question, oldest line first."""

import datetime
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

from lms.assessment import paper
from lms.assessment.actions.appeals import may_contest
from lms.assessment.models import Appeal, Attempt, MarkLine

Kind = MarkLine.Kind


@dataclass(frozen=True)
class Decision:
    """One line of the ledger, in words. `points` is None where the line is about the whole attempt."""

    at: datetime.datetime
    title: str
    text: str
    points: Decimal | None
    max_points: Decimal | None
    criteria: list[dict] = field(default_factory=list)
    is_excluded: bool = False


@dataclass(frozen=True)
class Review:
    """One question of a submitted attempt, corrected, and what was decided of it."""

    served_id: int
    position: int
    correction: paper.Correction
    awaits_marking: bool
    decisions: list[Decision]
    appeals: list[Appeal]
    may_appeal: bool


def reviews_of(attempt: Attempt, told_at: datetime.datetime | None, now: datetime.datetime) -> list[Review]:
    """Each question of a submitted attempt, in the order served; three queries.

    `told_at`: when its marks were told, where later than given.
    """
    lines = lines_of(attempt)
    appeals: dict[int, list[Appeal]] = {}
    for appeal in Appeal.objects.filter(question__attempt=attempt).select_related("answered_by").order_by("pk"):
        appeals.setdefault(appeal.question_id, []).append(appeal)
    return [
        _review(row, lines.get(row.pk, []), appeals.get(row.pk, []), told_at, now)
        for row in paper.questions_of(attempt)
    ]


def lines_of(attempt: Attempt) -> dict[int | None, list[MarkLine]]:
    """The lines by question served, and under None those about the whole attempt; one query."""
    found: dict[int | None, list[MarkLine]] = {}
    for line in attempt.marks.select_related("author"):
        found.setdefault(line.question_id, []).append(line)
    return found


def _review(row, lines, appeals, told_at, now) -> Review:
    return Review(
        served_id=row.pk,
        position=row.position,
        correction=paper.correction(row),
        awaits_marking=row.awaits_marking,
        decisions=[decision(line) for line in lines] if _says_something(lines) else [],
        appeals=appeals,
        may_appeal=may_contest(lines[-1] if lines else None, appeals, told_at, now),
    )


def _says_something(lines: list[MarkLine]) -> bool:
    """Whether there is more to tell than the automatic mark, which the correction shows."""
    return any(line.kind != Kind.AUTOMATIC for line in lines)


def decision(line: MarkLine) -> Decision:
    """One line in words."""
    criteria = [
        {"text": each["text"], "points": Decimal(each["points"]), "max": Decimal(each["max"])}
        for each in line.details.get("criteria", [])
    ]
    return Decision(
        at=line.created_at,
        title=_title(line),
        text=line.reason or line.details.get("comment", ""),
        points=line.points,
        max_points=line.max_points,
        criteria=criteria if len(criteria) > 1 else [],
        is_excluded=line.max_points == 0,
    )


def _title(line: MarkLine) -> str:
    titles = {
        Kind.AUTOMATIC: _("Note automatique"),
        Kind.MANUAL: _("Corrigée par %(author)s"),
        Kind.REGRADE: _("Nouvelle note après rectification de la question"),
        Kind.NEUTRALISE: _("Question neutralisée"),
        Kind.APPEAL: _("Contestation acceptée par %(author)s"),
        Kind.EXCEPTION: _("Tentative rouverte par %(author)s"),
    }
    return titles[Kind(line.kind)] % {"author": line.author}
