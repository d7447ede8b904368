"""What `manage.py check` says of the seal: a chain that cannot seal, an end that comes near."""

from datetime import datetime
from pathlib import Path

from cryptography import x509
from django.conf import settings
from django.core import checks
from django.utils import timezone

from certificates import rules
from certificates.authority import sandbox_files
from certificates.sealing.chain import read_chain
from certificates.sealing.port import SealerRefused
from lms.core.checks import TAG


def seal_in_use() -> x509.Certificate | None:
    """The public certificate of the seal in use, None when there is none yet. Raises SealerRefused."""
    if settings.LMS_SEALER == "pkcs11":
        return read_chain(Path(settings.LMS_SEAL_CERTIFICATES), Path(settings.LMS_SEAL_ROOT)).seal
    file = sandbox_files(settings.LMS_PKI_DIR).seal
    return x509.load_pem_x509_certificate(file.read_bytes()) if file.exists() else None


@checks.register(TAG)
def seal_is_fit_and_lasts(app_configs, **kwargs):
    """An end that is near is a warning, to the last: the site goes on without a seal."""
    now = timezone.now()
    try:
        seal = seal_in_use()
    except SealerRefused as refusal:
        hint = "Voir LMS_SEAL_CERTIFICATES et LMS_SEAL_ROOT dans deploy/README.md."
        return [checks.Error(str(refusal), hint=hint, id="lms.E003")]
    if seal is None or rules.seal_alarm(seal.not_valid_after_utc, now) is None:
        return []
    return [
        checks.Warning(
            end_in_words(seal, now),
            hint="Il ne scelle plus le dernier jour : renouvelez-le, voir deploy/README.md.",
            id="lms.W003",
        )
    ]


def end_in_words(seal: x509.Certificate, now: datetime) -> str:
    ends_at = seal.not_valid_after_utc
    days = (ends_at - now).days
    left = f"dans {days} jours" if days > 1 else "dans moins de deux jours" if days >= 0 else "c’est passé"
    return f"Le certificat du cachet finit le {timezone.localtime(ends_at):%d/%m/%Y} ({left})."
