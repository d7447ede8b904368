"""What an attempt is worth, read from the lines of its ledger in their order."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from lms.assessment.rules.scoring import is_pass, score_percent


class Line(Protocol):
    """A line: `points` out of `max_points` of a question, or about the whole attempt (`question_id` None)."""

    question_id: int | None
    points: Decimal | None
    max_points: Decimal | None


@dataclass(frozen=True)
class Worth:
    """What an attempt is worth now; `is_passed` is None while a question waits for its mark."""

    points: Mapping[int, Decimal]
    awaiting: frozenset[int]
    awarded_points: Decimal
    max_points: Decimal
    score_percent: Decimal
    is_passed: bool | None


def worth(asked: Mapping[int, int], lines: Iterable[Line], pass_mark_percent: int) -> Worth:
    """The worth of an attempt that asked questions ({id: points}), those that nobody marks left out.

    The latest line of a question prevails; one about the whole attempt begins it anew. Points never sum up below 0.

    What was passed once, all marked, stays passed whatever later lines say: a decision that gave a right is not taken
    back because its author looked at it again (Conseil d'État, Ass., 26 octobre 2001, Ternon, n° 197018, on acts that
    create rights; here without its four months, since a certificate may have been built on it). A fraud is another
    matter: the certificate is revoked.
    """
    latest: dict[int, Line] = {}
    was_passed = False
    for line in lines:
        if line.question_id is None:
            latest = {}
            continue
        latest[line.question_id] = line
        if not was_passed and len(latest) == len(asked):
            was_passed = is_pass(score_percent(*_sums(asked, latest)), pass_mark_percent)
    awarded, possible = _sums(asked, latest)
    awaiting = frozenset(asked.keys() - latest.keys())
    score = score_percent(awarded, possible)
    return Worth(
        points={id: line.points for id, line in latest.items()},
        awaiting=awaiting,
        awarded_points=awarded,
        max_points=possible,
        score_percent=score,
        is_passed=was_passed or (None if awaiting else is_pass(score, pass_mark_percent)),
    )


def _sums(asked: Mapping[int, int], latest: Mapping[int, Line]) -> tuple[Decimal, Decimal]:
    """Points awarded and possible; a question without a mark earns nothing yet out of what it is worth."""
    awarded = sum((line.points for line in latest.values()), Decimal(0))
    possible = sum(
        (latest[id].max_points if id in latest else Decimal(points) for id, points in asked.items()), Decimal(0)
    )
    return max(awarded, Decimal(0)), possible
