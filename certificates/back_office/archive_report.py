"""The operator's page about seals: the keys, how many files are at which level, which waits longest, what is wrong."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Min
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from certificates import rules
from certificates.actions import ARCHIVE_JOB
from certificates.models import CertificateFile, SealKey
from lms.core.models import Job
from lms.core.permissions import can_operate_jobs


@dataclass(frozen=True)
class ArchiveState:
    """What there is to know at an instant."""

    levels: list[tuple[str, int]]
    oldest: CertificateFile | None
    is_late: bool
    next_restamp_at: datetime | None
    last_job: Job | None
    keys: list[SealKey]
    ending: list[tuple[SealKey, bool]]  # those whose certificate ends soon, and whether that presses


def archive_state(now: datetime) -> ArchiveState:
    """Five queries, whatever the number of files and of keys."""
    files = CertificateFile.objects.current()
    counts = dict(files.order_by().values_list("level").annotate(Count("pk")))
    oldest = CertificateFile.objects.without_archive().select_related("certificate").first()
    keys = list(SealKey.objects.published().with_signatures_of_the_hour(now))
    return ArchiveState(
        [(label, counts.get(level, 0)) for level, label in CertificateFile.Level.choices],
        oldest,
        oldest is not None and rules.is_archive_late(oldest.created_at, now),
        files.aggregate(next=Min("restamp_at"))["next"],
        Job.objects.filter(name=ARCHIVE_JOB).order_by("-pk").first(),
        keys,
        ending_among(keys, now),
    )


def ending_among(keys: list[SealKey], now: datetime) -> list[tuple[SealKey, bool]]:
    """Of the keys in use or to come, those whose alarm is reached; the last alarm presses."""
    watched = [key for key in keys if key.valid_to and key.state in (SealKey.State.ACTIVE, SealKey.State.NEXT)]
    alarms = [(key, rules.seal_alarm(key.valid_to, now)) for key in watched]
    return [(key, alarm == min(rules.SEAL_ALARM_DAYS)) for key, alarm in alarms if alarm]


def time_service() -> str:
    """Whose time it is, in words."""
    if settings.LMS_TSA_URL:
        return settings.LMS_TSA_URL
    if settings.LMS_SEALER == "local-p12":
        return _("celui du bac à sable")
    return _("aucun : réglez LMS_TSA_URL")


def archive_report(request):
    """For whoever operates the platform: no name of a person, only numbers of certificates."""
    if not can_operate_jobs(request.user):
        raise PermissionDenied
    context = {
        "page_title": _("Archives des certificats"),
        "header_icon": "lock",
        "state": archive_state(timezone.now()),
        "time_service": time_service(),
        "quota": settings.LMS_KEY_QUOTA_PER_HOUR,
        "grace_minutes": settings.LMS_ARCHIVE_AFTER_MINUTES,
    }
    return render(request, "certificates/office/archives.html", context)
