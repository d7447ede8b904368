"""What was decided of an attempt, in the words its learner reads: the ledger of each question, oldest line first."""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _

from lms.assessment import actions, paper
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
    contest_url: str
    flag_url: str


def reviews_of(settled: actions.Settled, told_at: datetime.datetime | None, now: datetime.datetime) -> list[Review]:
    """Each question of a submitted attempt, in the order served; three queries, none of what was marked just now.

    `told_at`: when its marks were told, where later than given.
    """
    attempt, written = settled.attempt, _written_just_now(settled)
    lines = lines_of(attempt) if written is None else written
    appeals = appeals_of(attempt) if written is None else {}  # what was just marked was not contested yet
    urls = _question_urls("assessment:contest", attempt), _question_urls("assessment:flag", attempt)
    return [
        _review(row, lines.get(row.pk, []), appeals.get(row.pk, []), told_at, now, urls)
        for row in settled.questions or paper.questions_of(attempt)
    ]


def _question_urls(name: str, attempt: Attempt) -> Callable[[int], str]:
    """The address of each question by position, resolved once a page: twenty times would cost as much as the marking."""
    before, after = reverse(name, args=[attempt.pk, 0]).rsplit("/0/", 1)
    return lambda position: f"{before}/{position}/{after}"


def appeals_of(attempt: Attempt) -> dict[int, list[Appeal]]:
    """The appeals by question served, oldest first; one query."""
    found: dict[int, list[Appeal]] = {}
    for appeal in Appeal.objects.filter(question__attempt=attempt).select_related("answered_by").order_by("pk"):
        found.setdefault(appeal.question_id, []).append(appeal)
    return found


def lines_of(attempt: Attempt) -> dict[int | None, list[MarkLine]]:
    """The lines by question served, and under None those about the whole attempt; one query."""
    return _by_question(attempt.marks.select_related("author"))


def _written_just_now(settled: actions.Settled) -> dict[int | None, list[MarkLine]] | None:
    """All the lines of an attempt marked just now for the first time, by rule alone; None of any other: to be read."""
    lines = settled.lines
    if lines is None or settled.attempt.reopened_at or any(line.kind != Kind.AUTOMATIC for line in lines):
        return None
    return _by_question(lines)


def _by_question(lines: Iterable[MarkLine]) -> dict[int | None, list[MarkLine]]:
    found: dict[int | None, list[MarkLine]] = {}
    for line in lines:
        found.setdefault(line.question_id, []).append(line)
    return found


def _review(row, lines, appeals, told_at, now, urls) -> Review:
    is_excluded = bool(lines) and lines[-1].kind == Kind.NEUTRALISE and not lines[-1].max_points
    return Review(
        served_id=row.pk,
        position=row.position,
        correction=replace(paper.correction(row, row.competence), is_excluded=is_excluded),
        awaits_marking=row.awaits_marking,
        decisions=[decision(line) for line in lines] if _says_something(lines) else [],
        appeals=appeals,
        may_appeal=may_contest(lines[-1] if lines else None, appeals, told_at, now),
        contest_url=urls[0](row.position),
        flag_url=urls[1](row.position),
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
