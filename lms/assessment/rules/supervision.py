"""What a supervised sitting proves, and the short-lived code by which its learners begin. Pure; all times are aware."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

CODE_PERIOD = timedelta(minutes=5)  # a code is taken until the end of the period after its own: 5 to 10 minutes
CODE_DIGITS = 6
TRIES, TRIES_SECONDS = 10, 600  # of one learner at one quiz: two codes out of a million are right at any time
SUPERVISED = "N3"
CLOSES_BY_ITSELF_AFTER = timedelta(hours=24)  # past the end, so that no certificate waits for somebody's memory


def needs_supervision(assurance: str) -> bool:
    """Whether a quiz of this assurance level is taken in a supervised sitting only."""
    return assurance == SUPERVISED


def is_open(starts_at: datetime, ends_at: datetime, is_closed: bool, now: datetime) -> bool:
    """Whether learners may begin in a sitting."""
    return not is_closed and starts_at <= now < ends_at


def entry_code(secret: str, now: datetime) -> str:
    """The code to give in the room at `now`."""
    return _code(secret, _period(now))


def code_changes_at(now: datetime) -> datetime:
    """When the room is given another one."""
    return datetime.fromtimestamp((_period(now) + 1) * CODE_PERIOD.total_seconds(), tz=now.tzinfo)


def is_code_right(secret: str, typed: str, now: datetime) -> bool:
    """Whether what was typed, spaces aside, is the code of this period or of the one before."""
    said = "".join(typed.split())
    right = [_code(secret, _period(now) - ago) for ago in (0, 1)]
    return any(hmac.compare_digest(said.encode(), code.encode()) for code in right)


def _period(now: datetime) -> int:
    return int(now.timestamp() // CODE_PERIOD.total_seconds())


def _code(secret: str, period: int) -> str:
    digest = hmac.new(secret.encode(), str(period).encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(digest[:8]) % 10**CODE_DIGITS:0{CODE_DIGITS}}"


@dataclass(frozen=True)
class Watched:
    """What is known of an attempt begun in a sitting; `checked_at`, by `checked_by`, when an identity was controlled."""

    learner: int
    entered_at: datetime
    submitted_at: datetime | None
    ends_at: datetime
    closed_at: datetime | None
    checked_by: int | None
    checked_at: datetime | None
    is_excluded: bool


def proves_supervised(watched: Watched) -> bool:
    """Whether it was supervised from end to end: handed in within the sitting, before it closed, its learner's identity
    controlled by someone else before it closed too, and nothing that excludes it.
    """
    if watched.closed_at is None or watched.submitted_at is None or watched.checked_at is None:
        return False
    last = min(watched.ends_at, watched.closed_at)
    is_within = watched.entered_at <= watched.submitted_at <= last and watched.checked_at <= watched.closed_at
    return is_within and watched.checked_by != watched.learner and not watched.is_excluded
