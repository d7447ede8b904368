"""What exceptions in force come to: minutes, attempts, and how long a closed quiz stays open for one person."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class Allowed(Protocol):
    """An exception in force (`kind` "extra_time", "extra_attempt" or "reopening")."""

    kind: str
    minutes: int
    expires_at: datetime


@dataclass(frozen=True)
class Extra:
    """What one learner is granted in one quiz now, beyond its rules; `until` is None without an extra attempt."""

    minutes: int = 0
    attempts: int = 0
    until: datetime | None = None

    def closes_at(self, closes_at: datetime | None) -> datetime | None:
        """When the quiz closes for this learner: an extra attempt granted is one that can be made."""
        return max(closes_at, self.until) if closes_at and self.until else closes_at


NOTHING_MORE = Extra()


def extra(in_force: Iterable[Allowed]) -> Extra:
    """All that is in force together: minutes and attempts add up."""
    rows = list(in_force)
    attempts = [row for row in rows if row.kind == "extra_attempt"]
    return Extra(
        minutes=sum(row.minutes for row in rows if row.kind == "extra_time"),
        attempts=len(attempts),
        until=max((row.expires_at for row in attempts), default=None),
    )
