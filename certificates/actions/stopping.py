"""The emergency stop: nothing is issued any more, everything asked for waits, until someone says it goes on."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from certificates.models import IssuingStop
from lms.core import audit
from lms.core.jobs import NotYet, hasten
from lms.people.models import User

LOOK_AGAIN = timedelta(minutes=5)
# The jobs that heed the stop.
HELD = (
    "certificates.issue",
    "certificates.issue_together",
    "certificates.act",
    "certificates.reissue_together",
    "certificates.make_passport",
)


class NotStopped(Exception):
    """Issuing is stopped already, or goes on already, or no reason is given."""


class IssuingStopped(NotYet):
    """Nothing is issued now; the job waits, and that is no failed attempt."""

    def __init__(self):
        super().__init__("La délivrance des certificats est arrêtée.")
        self.until = timezone.now() + LOOK_AGAIN


def heed_stop() -> None:
    """Raises IssuingStopped while issuing is stopped; one query."""
    if IssuingStop.objects.in_force().exists():
        raise IssuingStopped


def stop_in_force() -> IssuingStop | None:
    return IssuingStop.objects.in_force().select_related("stopped_by").first()


@transaction.atomic
def stop_issuing(actor: User, reason: str, now: datetime) -> IssuingStop:
    """Stop all issuing at once. Raises NotStopped."""
    if not reason.strip():
        raise NotStopped
    try:
        with transaction.atomic():
            stop = IssuingStop.objects.create(reason=reason.strip(), stopped_by=actor, stopped_at=now)
    except IntegrityError as error:
        raise NotStopped from error
    audit.record("certificate.stop_issuing", actor, stop, reason=stop.reason)
    return stop


@transaction.atomic
def resume_issuing(actor: User, reason: str, now: datetime) -> IssuingStop:
    """Let issuing go on; what waited is taken up at once. Locks the stop. Raises NotStopped."""
    stop = IssuingStop.objects.in_force().select_for_update().first()
    if stop is None or not reason.strip():
        raise NotStopped
    stop.resumed_by, stop.resumed_at, stop.resume_reason = actor, now, reason.strip()
    stop.save()
    audit.record("certificate.resume_issuing", actor, stop, reason=stop.resume_reason)
    for name in HELD:
        hasten(name, now)
    return stop
