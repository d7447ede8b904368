"""Time in an attempt, by the server's clock: when one may begin, until when one may answer, when a save is stale.

All times are aware.
"""

import math
from datetime import datetime, timedelta

# An answer given in time travels over a slow network: received this long after the deadline, it still counts.
NETWORK_GRACE = timedelta(seconds=30)


def deadline(
    started_at: datetime, time_limit_minutes: int, closes_at: datetime | None, extra_minutes: int = 0
) -> datetime | None:
    """Until when an attempt may be answered; None when nothing limits it.

    The time limit (0: none) from the start, and the closing date, whichever comes first. `extra_minutes`, granted to one
    learner, lengthen both: who began in time for a full sitting gets all of the extra time.
    """
    extra = timedelta(minutes=extra_minutes)
    ends = [started_at + timedelta(minutes=time_limit_minutes) + extra] if time_limit_minutes else []
    if closes_at is not None:
        ends.append(closes_at + extra)
    return min(ends, default=None)


def earliest(one: datetime | None, other: datetime | None) -> datetime | None:
    """The first of two ends, either of which may be none."""
    return min((end for end in (one, other) if end), default=None)


def is_over(due_at: datetime | None, now: datetime) -> bool:
    """Whether the deadline and its grace are past."""
    return due_at is not None and due_at < earliest_open_deadline(now)


def earliest_open_deadline(now: datetime) -> datetime:
    """Deadlines before this moment are past, their grace included."""
    return now - NETWORK_GRACE


def closing_time(due_at: datetime | None, now: datetime) -> datetime:
    """When an attempt that ends at `now` counts as submitted: at the latest at its deadline."""
    return now if due_at is None else min(now, due_at)


def next_start_at(last_submitted_at: datetime | None, wait_minutes: int) -> datetime | None:
    """From when the next attempt may begin; None when nothing need be waited for."""
    if last_submitted_at is None or not wait_minutes:
        return None
    return last_submitted_at + timedelta(minutes=wait_minutes)


def given_at(claimed_milliseconds: int | None, started_at: datetime, now: datetime) -> datetime:
    """When an answer was given, by the server's clock, from what the learner's device claims (since 1970).

    A device can only order its own saves and those of the same learner: a claim outside the attempt is brought back into
    it, and no claim means now. It never extends the deadline, which heeds only when an answer is received.
    """
    if claimed_milliseconds is None:
        return now
    since_start = claimed_milliseconds / 1000 - started_at.timestamp()
    return started_at + timedelta(seconds=min(max(since_start, 0), (now - started_at).total_seconds()))


def milliseconds(moment: datetime) -> int:
    """A moment as scripts count, in milliseconds since 1970, rounded up: what was saved before is not after it."""
    return math.ceil(moment.timestamp() * 1000)
