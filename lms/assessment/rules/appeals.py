"""Whether a learner may contest the mark of a question, and until when."""

from datetime import datetime, timedelta
from decimal import Decimal


def appeal_ends_at(marked_at: datetime, told_at: datetime | None, days: int) -> datetime:
    """Until when a mark may be contested: so many days from when it was given or, if later, told to the learner."""
    return max(marked_at, told_at or marked_at) + timedelta(days=days)


def may_appeal(
    points: Decimal,
    max_points: Decimal,
    ends_at: datetime,
    now: datetime,
    last_answered_at: datetime | None,
    marked_at: datetime,
) -> bool:
    """Whether there is something to contest, in time, and not answered already.

    An answer closes the matter, unless the question got another mark since.
    """
    if points >= max_points or now > ends_at:
        return False
    return last_answered_at is None or marked_at > last_answered_at
