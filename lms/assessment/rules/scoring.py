"""From shares to points, from points to a mark, and whether another attempt may begin."""

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


def points_for(share: Decimal, points: int, partial_credit: bool = True, penalty_percent: int = 0) -> Decimal:
    """Points that an answer earns for a share (0 to 1) of a question worth `points`, to the hundredth.

    Without partial credit, all or nothing. An answer that earns nothing costs `penalty_percent` of the question's points
    (0: no negative marks).
    """
    if not partial_credit and share < 1:
        share = Decimal(0)
    return ((share or -Decimal(penalty_percent) / 100) * points).quantize(CENT, ROUND_HALF_UP)


def score_percent(awarded: Decimal, max_points: Decimal) -> Decimal:
    """The mark, 0 to 100, to the hundredth; where nothing was to be earned (opinions alone), nothing was missed: 100."""
    return (awarded * 100 / max_points).quantize(CENT, ROUND_HALF_UP) if max_points else Decimal(100)


def is_pass(score: Decimal, pass_mark_percent: int) -> bool:
    """Whether the mark, as shown, reaches the pass mark."""
    return score >= pass_mark_percent


def attempts_left(max_attempts: int, used: int, extra: int = 0) -> int | None:
    """Attempts that may still begin, those granted besides included; None when not limited (`max_attempts` 0)."""
    return max(0, max_attempts + extra - used) if max_attempts else None
