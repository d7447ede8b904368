"""What the operator is warned of: a seal that ends, files that stay too long without their archive."""

import hashlib
import logging
from datetime import datetime, timedelta

from django.utils import timezone

from certificates import rules
from certificates.checks import end_in_words, seal_in_use
from certificates.models import CertificateFile
from certificates.sealing.chain import in_der
from lms.core import audit
from lms.core.models import AuditEntry

logger = logging.getLogger(__name__)

ENDS_SOON, ARCHIVE_LATE = "seal.ends_soon", "seal.archive_late"


def warn_of_seal_end(now: datetime) -> int | None:
    """Alarm 90, 30 and 7 days before the seal's certificate ends; the alarm reached, None while it is far.

    Each night a line in the log, and in the audit trail one entry per seal and alarm. Raises SealerRefused.
    """
    seal = seal_in_use()
    alarm = rules.seal_alarm(seal.not_valid_after_utc, now) if seal else None
    if alarm is None:
        return None
    words = end_in_words(seal, now)
    logger.log(logging.ERROR if alarm == min(rules.SEAL_ALARM_DAYS) else logging.WARNING, words)
    sha256 = hashlib.sha256(in_der(seal)).hexdigest()
    if not AuditEntry.objects.filter(verb=ENDS_SOON, details__seal_sha256=sha256, details__days=alarm).exists():
        audit.record(ENDS_SOON, seal_sha256=sha256, days=alarm, ends_at=seal.not_valid_after_utc.isoformat())
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
