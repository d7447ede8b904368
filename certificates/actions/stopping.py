"""The emergency stop: nothing is issued any more, everything asked for waits, until someone says it goes on."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from certificates.models import IssuingStop
from certificates.models.designs import covers_everything
from certificates.permissions import STOP
from lms.core import audit
from lms.core.jobs import NotYet, hasten
from lms.people.models import Unit, User

LOOK_AGAIN = timedelta(minutes=5)
# The jobs that heed the stop.
HELD = (
    "certificates.issue",
    "certificates.act",
    "certificates.make_passport",
)


class NotStopped(Exception):
    """Issuing is stopped already, or goes on already, no reason is given, or not this person's to decide."""


class IssuingStopped(NotYet):
    """Nothing is issued now; the job waits, and that is no failed attempt."""

    def __init__(self):
        super().__init__("La délivrance des certificats est arrêtée.")
        self.until = timezone.now() + LOOK_AGAIN


def heed_stop(people) -> None:
    """Raises IssuingStopped while issuing is stopped for one of these people (users or their keys); one query."""
    if IssuingStop.objects.in_force().about(people).exists():
        raise IssuingStopped


def stopped_among(people: Collection[int]) -> set[int]:
    """Those of these people (keys) to whom nothing is issued now; one query when nothing is stopped."""
    if not IssuingStop.objects.in_force().about(people).exists():
        return set()
    return {pk for pk in people if IssuingStop.objects.in_force().about([pk]).exists()}


def may_stop(actor: User, unit: Unit | None) -> bool:
    """Whether `actor` may stop, and let go on, issuing to the people of a unit; for all (None), a role over all units."""
    if unit is None:
        return covers_everything(actor, STOP)
    return Unit.objects.in_scope_of(actor, STOP).filter(pk=unit.pk).exists()


@transaction.atomic
def stop_issuing(actor: User, reason: str, now: datetime, unit: Unit | None = None) -> IssuingStop:
    """Stop issuing at once, to everybody or to the people of a unit and of those below. Raises NotStopped."""
    if not reason.strip() or not may_stop(actor, unit):
        raise NotStopped
    try:
        with transaction.atomic():
            stop = IssuingStop.objects.create(reason=reason.strip(), stopped_by=actor, stopped_at=now, unit=unit)
    except IntegrityError as error:
        raise NotStopped from error
    audit.record("certificate.stop_issuing", actor, stop, reason=stop.reason, unit=unit.code if unit else "")
    return stop


@transaction.atomic
def resume_issuing(stop: IssuingStop, actor: User, reason: str, now: datetime) -> IssuingStop:
    """Let issuing go on; what waited is taken up at once. Locks the stop. Raises NotStopped."""
    stop = IssuingStop.objects.in_force().select_for_update(of=("self",)).filter(pk=stop.pk).first()
    if stop is None or not reason.strip() or not may_stop(actor, stop.unit):
        raise NotStopped
    stop.resumed_by, stop.resumed_at, stop.resume_reason = actor, now, reason.strip()
    stop.save()
    audit.record("certificate.resume_issuing", actor, stop, reason=stop.resume_reason)
    for name in HELD:
        hasten(name, now)
    return stop
