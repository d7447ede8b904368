"""A certificate that ends is renewed by a few questions of its course, and stays as it is; holders are reminded in time."""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from certificates.actions.issuing import last_day
from certificates.actions.succession import locked_series, reserve_after
from certificates.models import Certificate, KnowledgeCheck
from certificates.snapshot import Snapshot
from lms.core.jobs import enqueue

BATCH = 500
UPDATED_TO = ("N1", "N2")  # what an update may prove


def renewable(today: date):
    """The certificates whose renewal is open: valid, near their end or past it, and not renewed yet.

    Those of courses: that of a programme stands on theirs. Of one confirmed at work, the confirmation is renewed.
    """
    opens_before = today + timedelta(days=settings.LMS_RENEWAL_OPENS_DAYS)
    after = Certificate.objects.exclude(state=Certificate.State.VOID).filter(former=OuterRef("pk"))
    renewed = after.filter(origin=Certificate.Origin.RENEWAL)
    updated = after.filter(origin=Certificate.Origin.UPDATE)
    rows = Certificate.objects.of_courses().proving().filter(expires_on__lte=opens_before, erased_at__isnull=True)
    # An update that proves as much is the one to renew from then on; one that proves less leaves the former one to be.
    follows = Q(pk__in=[])
    for level in UPDATED_TO:
        follows |= Q(snapshot__assurance=level) & Exists(updated.filter(snapshot__assurance=level))
    confirmed = after.filter(origin=Certificate.Origin.APPLIED, state=Certificate.State.VALID)
    return rows.exclude(Exists(renewed)).exclude(follows).exclude(Exists(confirmed))


def may_renew(certificate: Certificate, today: date) -> bool:
    """Whether the renewal of a certificate is open; one query."""
    return renewable(today).filter(pk=certificate.pk).exists()


@transaction.atomic
def renew_by_check(check: KnowledgeCheck, now: datetime) -> Certificate | None:
    """A check passed at a pace that can be believed gives a new certificate, with a term of its own.

    It says what the former one froze, for the course it was. None when it was not convincing, or nothing is to be
    renewed any more. Locks the counter, then the former one.
    """
    if not check.is_convincing:
        return None
    series = locked_series(now)
    open_rows = renewable(timezone.localdate(now)).filter(enrolment=check.enrolment_id)
    best_first = open_rows.order_by("-snapshot__assurance", "-revision")
    former = best_first.select_for_update(of=("self",)).first()
    if former is None:
        return None
    ends_on = last_day(check.enrolment.course_id, timezone.localdate(now))
    design, origin = former.design_version_id, Certificate.Origin.RENEWAL
    changes = {"expires_on": ends_on, **renewed_mode(former.printed, check)}
    return reserve_after(former, former.printed, origin, series, None, "", now, design_version_id=design, **changes)


def renewed_mode(former: Snapshot, check: KnowledgeCheck) -> dict:
    """What a renewal changes of how it was assessed: after an update, its questions bore on the whole course, at its own mark."""
    if not former.updates:
        return {}
    mark = former.pass_mark_percent if former.is_attestation else check.pass_mark_percent
    return {"updates": "", "pass_mark_percent": mark}


def ask_for_reminders(today: date) -> int:
    """Put one reminder in the outbox for each certificate that may be renewed and has not ended; how many."""
    soon = renewable(today).filter(expires_on__gte=today).values_list("pk", flat=True)
    for pk in soon.iterator(BATCH):
        ask_for_reminder(pk)
    return soon.count()


def ask_for_reminder(certificate_pk: int) -> None:
    """Have its holder told that a certificate ends; once, however often it is asked."""
    key = f"certificate:renewal:{certificate_pk}"
    enqueue("certificates.tell_renewal", key=key, payload={"certificate": certificate_pk})


def tries_since(certificate: Certificate) -> int:
    """The checks handed in to renew this certificate."""
    checks = KnowledgeCheck.objects.filter(enrolment=certificate.enrolment_id, purpose=KnowledgeCheck.Purpose.RENEWAL)
    return checks.filter(started_at__gte=certificate.issued_at, submitted_at__isnull=False).count()


def tries_left(certificate: Certificate) -> int:
    return max(0, settings.LMS_CHECK_TRIES - tries_since(certificate))
