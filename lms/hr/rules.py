"""What counts as holding a level, what a gap is, and how gaps add up. Pure: values in, decision out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Protocol

FOLLOWED_ONLY = "N1"  # assurance of an attestation: the course was followed, no level was tested
SHADE_BOUNDS = (Decimal("0"), Decimal("0.5"), Decimal("1"), Decimal("1.5"), Decimal("2"))
EXPIRES_SOON = timedelta(days=90)  # long enough to take the course again before the level is lost


class Proof(Protocol):
    """What the rules read of a piece of evidence; `expires_on` is its last day, None means for ever."""

    pk: int
    level: int
    obtained_on: date
    expires_on: date | None


@dataclass(frozen=True)
class GapSummary:
    """How a set of (required, held) levels adds up; a requirement of 0 is no requirement."""

    required_count: int
    reached_count: int
    required_levels: int
    total_gap: int

    @property
    def reached_percent(self) -> int:
        """Share of the required levels that are covered, 0 to 100; 100 when nothing is required."""
        if not self.required_levels:
            return 100
        return round(100 * (self.required_levels - self.total_gap) / self.required_levels)


def is_current(obtained_on: date, expires_on: date | None, day: date) -> bool:
    """Whether evidence obtained and expiring on these days (both included) counts on `day`."""
    return obtained_on <= day and (expires_on is None or day <= expires_on)


def proves_levels(assurance: str) -> bool:
    """Whether a certificate of this assurance (N1 to N4) proves levels."""
    return assurance != FOLLOWED_ONLY


def best_evidence(evidences: Iterable[Proof], day: date) -> Proof | None:
    """The evidence to show on `day`: the highest level, then the one that lasts longest, then the newest."""
    current = [e for e in evidences if is_current(e.obtained_on, e.expires_on, day)]
    return max(current, key=lambda e: (e.level, e.expires_on or date.max, e.obtained_on, e.pk), default=None)


def held_level(evidences: Iterable[Proof], day: date) -> int:
    """The level (0 to 5) that these pieces of evidence about one competence prove on `day`."""
    best = best_evidence(evidences, day)
    return best.level if best else 0


def gap(required: int, held: int) -> int:
    """Levels missing: required minus held, never below 0."""
    return max(0, required - held)


def summary_of_gaps(pairs: Iterable[tuple[int, int]]) -> GapSummary:
    """Add up (required, held) pairs; those that require nothing are left out."""
    required = [(needed, held) for needed, held in pairs if needed > 0]
    return GapSummary(
        required_count=len(required),
        reached_count=sum(held >= needed for needed, held in required),
        required_levels=sum(needed for needed, _ in required),
        total_gap=sum(gap(needed, held) for needed, held in required),
    )


def levels_closed(required: int, held: int, gained: int) -> int:
    """How many missing levels a course leading to `gained` would close."""
    return gap(required, held) - gap(required, max(held, gained))


def is_expiring_soon(until: date | None, day: date) -> bool:
    """Whether a level held until `until` (its last day) is still held on `day` and ends within `EXPIRES_SOON`."""
    return until is not None and day <= until <= day + EXPIRES_SOON


def mean_gap(missing_levels: int, pair_count: int) -> Decimal | None:
    """Mean of the levels missing over (person, required competence) pairs, to one decimal; None without any pair."""
    if not pair_count:
        return None
    return (Decimal(missing_levels) / pair_count).quantize(Decimal("0.1"), ROUND_HALF_UP)


def gap_shade(mean: Decimal) -> int:
    """The shade of a mean gap in a picture: 0 (no gap) to 5 (more than two levels)."""
    return sum(mean > bound for bound in SHADE_BOUNDS)


def depth_in_common(path: str, other: str, step_length: int) -> int:
    """How many steps two paths of a tree share from its root; each step is `step_length` characters."""
    depth, starts = 0, range(0, min(len(path), len(other)), step_length)
    for start in starts:
        if path[start : start + step_length] != other[start : start + step_length]:
            break
        depth += 1
    return depth
