"""The certificate of a programme follows those of its courses: it is renewed while they go on, and answers nothing of its own."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from certificates import rules
from certificates.actions.designing import design_for_producer, version_in_use
from certificates.actions.programmes import proved_today
from certificates.actions.renewals import renewable
from certificates.actions.succession import locked_series, reserve_after
from certificates.models import Certificate
from certificates.rules import issuing as issue_rules
from certificates.rules.programmes import earliest_end, may_be_followed, renewal_opens_on
from certificates.snapshot import document_kind
from lms.core.jobs import enqueue
from lms.learning.models import ProgrammeCompletion

JOB = "certificates.renew_programme"


@dataclass(frozen=True)
class Outlook:
    """What becomes of the certificate of a programme that ends."""

    renewal: Certificate | None  # that follows it already
    is_renewable: bool  # it stands on those of its courses, not on their having been followed
    parts: list[Certificate]  # to renew before it can be, the first to end first


def ask_for_renewals(part: Certificate) -> None:
    """The certificate of a course came after another: what stands on it and ends may be renewed. In the same transaction."""
    ending = Certificate.objects.of_programmes().proving().filter(person=part.person_id, expires_on__isnull=False)
    for whole in ending:
        if part.printed.course_code in whole.printed.certified_codes:
            enqueue(
                JOB,
                key=f"certificate:programme:renew:{whole.programme_enrolment_id}:after:{part.pk}",
                payload={"programme_enrolment": whole.programme_enrolment_id},
            )


def ask_for_endings(today: date) -> int:
    """Ask, once a week, for what follows the certificates of programmes that end soon; the job tells those it cannot renew.
    How many are asked.
    """
    days, week = settings.LMS_RENEWAL_OPENS_DAYS, today.isocalendar()
    rows = Certificate.objects.of_programmes().in_force(today).filter(erased_at__isnull=True)
    renewed = Certificate.objects.filter(origin=Certificate.Origin.RENEWAL).exclude(state=Certificate.State.VOID)
    soon = rows.filter(expires_on__lte=today + timedelta(days=days)).exclude(
        Exists(renewed.filter(former=OuterRef("pk")))
    )
    asked = 0
    for whole in soon.defer("snapshot").order_by("pk"):
        if today < renewal_opens_on(whole.issued_on, whole.expires_on, days):
            continue
        enqueue(
            JOB,
            key=f"certificate:programme:renew:{whole.programme_enrolment_id}:week:{week.year}-{week.week}",
            payload={"programme_enrolment": whole.programme_enrolment_id, "ending": whole.pk},
        )
        asked += 1
    return asked


def outlook_of(whole: Certificate, today: date) -> Outlook:
    """What is true on that day; three queries."""
    completion = ProgrammeCompletion.objects.get(enrolment=whole.programme_enrolment_id)
    enrolments = [row["enrolment"] for row in completion.courses] if completion.needs_certificates else []
    parts = renewable(today).filter(enrolment__in=enrolments).order_by("expires_on", "pk")
    return Outlook(whole.renewal(), completion.needs_certificates, list(parts))


@transaction.atomic
def renew_programme_certificate(enrolment_pk: int, now: datetime) -> Certificate | None:
    """Reserve what follows the certificate of a completed programme, as its courses are certified now, and ask for its document.

    None while it does not end soon, or one of those it stands on still does, and for ever when it says that courses were
    followed only. The former one stays as it is. Locks the counter, then the former one.
    """
    series, today = locked_series(now, is_of_programme=True), timezone.localdate(now)
    rows = Certificate.objects.proving().filter(programme_enrolment=enrolment_pk, erased_at__isnull=True)
    former = rows.select_for_update(of=("self",)).order_by("-revision").first()
    if former is None or former.expires_on is None or former.renewal() or former.successor():
        return None
    completions = ProgrammeCompletion.objects.select_related("enrolment__programme__producer")
    completion = completions.get(enrolment=enrolment_pk)
    if not completion.needs_certificates:
        return None
    proved, programme = proved_today(completion, today), completion.enrolment.programme
    if proved is None:
        return None
    ends_on = earliest_end([proved["expires_on"], issue_rules.last_day(today, programme.validity_months)])
    days = settings.LMS_RENEWAL_OPENS_DAYS
    if not may_be_followed(former.expires_on, proved["expires_on"], ends_on, today, days):
        return None
    design = design_for_producer(document_kind(proved["assurance"]), programme.producer)
    version = version_in_use(design, now) if design else None
    changes = {
        **proved,
        "expires_on": ends_on,
        "course_title": rules.composed(programme.title),
        "signatories": version.drawn.signatories if version else (),
    }
    origin = Certificate.Origin.RENEWAL
    return reserve_after(
        former, former.printed, origin, series, None, "", now, design_version_id=version and version.pk, **changes
    )
