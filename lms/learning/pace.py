"""How fast a learner goes: what was finished faster than it can be read is recorded, and never refused."""

import datetime

from django.core.signing import BadSignature, Signer

from lms.learning import rules
from lms.learning.models import Enrolment, RapidFinish

signer = Signer(salt="lms.learning.pace")


def opening_of(enrolment_id: int, item_id: int, now: datetime.datetime) -> str:
    """What the page of a lesson carries to say when it was opened, signed so that nobody opens it earlier."""
    return signer.sign(f"{enrolment_id}:{item_id}:{int(now.timestamp())}")


def opened_at(opening: str, enrolment_id: int, item_id: int) -> datetime.datetime | None:
    """When the page that carried `opening` was opened; None when it is not of this learner and lesson."""
    try:
        *whose, moment = signer.unsign(opening).split(":")
    except BadSignature:
        return None
    if whose != [str(enrolment_id), str(item_id)]:
        return None
    return datetime.datetime.fromtimestamp(int(moment), datetime.UTC)


def record_pace(
    enrolment: Enrolment,
    item_id: int,
    words: int,
    began_at: datetime.datetime,
    ended_at: datetime.datetime,
    source_key: str,
) -> bool:
    """Record that so many words went by faster than they can be read, if they did (True); once by `source_key`."""
    seconds, least = max(0, int((ended_at - began_at).total_seconds())), rules.least_reading_seconds(words)
    if seconds >= least:
        return False
    fact = RapidFinish(
        enrolment=enrolment,
        item_id=item_id,
        words=words,
        seconds=seconds,
        least_seconds=least,
        occurred_at=ended_at,
        source_key=source_key,
    )
    RapidFinish.objects.bulk_create([fact], ignore_conflicts=True)  # one statement, whoever else says it too
    return True
