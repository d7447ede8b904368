"""What the operator is warned of: a seal that ends, files that stay too long without their archive."""

import hashlib
import logging
from datetime import datetime, timedelta

from django.utils import timezone

from certificates import rules
from certificates.checks import end_in_words, seal_in_use
from certificates.models import CertificateFile, SealKey
from certificates.sealing.chain import in_der
from lms.core import audit
from lms.core.models import AuditEntry

logger = logging.getLogger(__name__)

ENDS_SOON, ARCHIVE_LATE = "seal.ends_soon", "seal.archive_late"


def warn_of_seal_end(now: datetime) -> int | None:
    """Alarm 90, 30 and 7 days before the certificate of a key in use or to come ends; the nearest, None while all are far.

    Each night a line in the log, and in the audit trail one entry per certificate and alarm. Raises SealerRefused.
    """
    return min(filter(None, (warn_of_end(*end, now) for end in ends_to_watch())), default=None)


def ends_to_watch() -> list[tuple[str, str, datetime]]:
    """Whose certificate, its SHA-256, its end: of the keys of the register; before it has any, of the seal of the settings."""
    keys = SealKey.objects.filter(state__in=(SealKey.State.ACTIVE, SealKey.State.NEXT), valid_to__isnull=False)
    if found := [(f"de la clé « {key} »", key.certificate_sha256, key.valid_to) for key in keys]:
        return found
    seal = seal_in_use()
    return [("du cachet", hashlib.sha256(in_der(seal)).hexdigest(), seal.not_valid_after_utc)] if seal else []


def warn_of_end(of: str, sha256: str, ends_at: datetime, now: datetime) -> int | None:
    alarm = rules.seal_alarm(ends_at, now)
    if alarm is None:
        return None
    logger.log(
        logging.ERROR if alarm == min(rules.SEAL_ALARM_DAYS) else logging.WARNING, end_in_words(of, ends_at, now)
    )
    if not AuditEntry.objects.filter(verb=ENDS_SOON, details__seal_sha256=sha256, details__days=alarm).exists():
        audit.record(ENDS_SOON, seal_sha256=sha256, days=alarm, ends_at=ends_at.isoformat())
    return alarm


def warn_of_late_archives(now: datetime) -> timedelta | None:
    """Alarm when a file has been without its archive for too long; how long, None while none is late.

    Each time a line in the log, and in the audit trail one entry a day.
    """
    oldest = CertificateFile.objects.without_archive().select_related("certificate").first()
    if oldest is None or not rules.is_archive_late(oldest.created_at, now):
        return None
    late = now - oldest.created_at
    number, hours = oldest.certificate.printed_number, int(late.total_seconds() // 3600)
    logger.error("Le fichier du certificat %s attend son archive (PAdES B-LTA) depuis %s heures.", number, hours)
    day = timezone.localdate(now).isoformat()
    if not AuditEntry.objects.filter(verb=ARCHIVE_LATE, details__day=day).exists():
        audit.record(ARCHIVE_LATE, None, oldest.certificate, hours=hours, day=day)
    return late
