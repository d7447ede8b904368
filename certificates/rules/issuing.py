"""Rules of issuing, pure: what is held before it is issued, and what a check proves."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal

CENT = Decimal("0.01")


def is_too_fast(rapid_steps: int, steps: int, most_percent: int) -> bool:
    """Whether so many steps of a course, out of `steps`, were finished faster than they can be read.

    From `most_percent` of them on, 1 to 100; 0 holds nothing.
    """
    return bool(most_percent and rapid_steps and steps) and 100 * rapid_steps >= most_percent * steps


def check_score(shares: Sequence[Decimal]) -> Decimal:
    """The score of a check (0 to 100) whose questions earned these shares (0 to 1 each), all worth the same."""
    return (100 * sum(shares, Decimal(0)) / len(shares)).quantize(CENT, ROUND_DOWN) if shares else Decimal(0)


def may_try(tries: int, most_tries: int, is_open: bool) -> bool:
    """Whether a check may be begun, or gone on with."""
    return is_open or tries < most_tries


def last_day(issued_on: date, months: int | None) -> date | None:
    """The last day of what is issued then and good for so many months: the eve of the same day, or the month's last.

    None, without a term, is for ever.
    """
    if not months:
        return None
    years, month = divmod(issued_on.month - 1 + months, 12)
    first = date(issued_on.year + years, month + 1, 1)
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return min(first + timedelta(days=issued_on.day - 2), following - timedelta(days=1))
