"""What the certificate of a programme may say, from the documents of its courses."""

from collections.abc import Iterable
from datetime import date, timedelta

from certificates.snapshot import FOLLOWED_ONLY, AttestedLevel


def lowest_assurance(of_courses: Iterable[str]) -> str:
    """A whole is no surer than the least sure of its parts: whoever reads one level for all must not read too much."""
    return min(of_courses, default=FOLLOWED_ONLY)


def levels_together(levels: Iterable[AttestedLevel]) -> tuple[AttestedLevel, ...]:
    """In each competence the best level that one of the courses attested, in the order they come."""
    best: dict[str, AttestedLevel] = {}
    for row in levels:
        if row.code not in best or row.level > best[row.code].level:
            best[row.code] = row
    return tuple(best.values())


def earliest_end(ends: Iterable[date | None]) -> date | None:
    """The first of the last days, None when none ends: a programme is not good for longer than what it stands on."""
    return min((day for day in ends if day), default=None)


def may_be_followed(
    ends_on: date, of_courses: date | None, next_end: date | None, today: date, opens_days: int
) -> bool:
    """Whether the certificate of a programme, good until `ends_on`, may be followed by one good until `next_end`.

    When it ends within `opens_days` or has ended, and none of those of its courses, the first of which ends on
    `of_courses`, ends that soon: so many renewed in the same weeks give one new certificate. None: never ends.
    """
    opens = today + timedelta(days=opens_days)
    are_renewed = of_courses is None or of_courses > opens
    return ends_on <= opens and are_renewed and (next_end is None or next_end > ends_on)


def renewal_opens_on(issued_on: date, ends_on: date, opens_days: int) -> date:
    """From when the certificate of a programme may be renewed by itself: so many days before its last, and not in the first
    half of its term, so that a short one just renewed is not renewed again.
    """
    return ends_on - min(timedelta(days=opens_days), (ends_on - issued_on) // 2)
