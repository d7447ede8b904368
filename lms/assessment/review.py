"""What was decided of an attempt, in the words its learner reads: the ledger of each question, oldest line first."""

import datetime
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

from lms.assessment import paper
from lms.assessment.models import Attempt, MarkLine

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


def reviews_of(attempt: Attempt) -> list[Review]:
    """Each question of a submitted attempt, in the order served; two queries."""
    decisions = decisions_of(attempt)
    return [
        Review(row.pk, row.position, paper.correction(row), row.awaits_marking, decisions.get(row.pk, []))
        for row in paper.questions_of(attempt)
    ]


def decisions_of(attempt: Attempt) -> dict[int | None, list[Decision]]:
    """The decisions by question served, and under None those about the whole attempt; one query."""
    found: dict[int | None, list[Decision]] = {}
    for line in attempt.marks.select_related("author"):
        found.setdefault(line.question_id, []).append(decision(line))
    return found


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
