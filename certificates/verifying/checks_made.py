"""How often a certificate was checked: counts by day, and nothing of who checked."""

from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, Q, Sum

from certificates.models import Certificate, CheckCount

RECENT = timedelta(days=30)


def count_check(certificate: Certificate, today: date) -> None:
    """One more check on that day; one query, but for the first of the day."""
    of_the_day = CheckCount.objects.filter(certificate=certificate, on=today)
    if of_the_day.update(times=F("times") + 1):
        return
    try:
        with transaction.atomic():
            CheckCount.objects.create(certificate=certificate, on=today, times=1)
    except IntegrityError:  # another visitor was the first
        of_the_day.update(times=F("times") + 1)


def checks_of(certificate: Certificate, today: date) -> dict[str, int]:
    """How many times in all, and in the last thirty days; one query."""
    counts = CheckCount.objects.filter(certificate=certificate)
    recent = Sum("times", default=0, filter=Q(on__gte=today - RECENT))
    return counts.aggregate(total=Sum("times", default=0), recent=recent)
