"""What `manage.py check` says of the seal: a chain that cannot seal, an end that comes near."""

from datetime import datetime
from pathlib import Path

from cryptography import x509
from django.conf import settings
from django.core import checks
from django.utils import timezone

from certificates import rules
from certificates.keys.authority import sandbox_files
from certificates.sealing.chain import read_chain
from certificates.sealing.port import SealerRefused
from lms.core.checks import TAG


def seal_in_use() -> x509.Certificate | None:
    """The public certificate of the seal that the settings name, None when there is none yet. Raises SealerRefused."""
    if settings.LMS_SEALER != "local-p12":
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
            end_in_words("du cachet", seal.not_valid_after_utc, now),
            hint="Il ne scelle plus le dernier jour : renouvelez-le, voir deploy/README.md.",
            id="lms.W003",
        )
    ]


@checks.register(TAG)
def seal_is_given_the_time(app_configs, **kwargs):
    """Without the time, seals end with their certificate: a warning, for documents are issued all the same."""
    if settings.LMS_SEALER == "local-p12" and not settings.LMS_TSA_URL:
        return []  # the sandbox gives its own
    if not settings.LMS_TSA_URL:
        told = "Pas de service d’horodatage : les documents restent au niveau B-B et finissent avec le certificat du cachet."
        return [checks.Warning(told, hint="Réglez LMS_TSA_URL et LMS_TSA_ROOTS (deploy/README.md).", id="lms.W004")]
    try:
        found = x509.load_pem_x509_certificates(Path(settings.LMS_TSA_ROOTS).read_bytes())
    except (OSError, ValueError) as error:
        told = f"Les racines d’horodatage ne se lisent pas : {error}"
        return [checks.Error(told, hint="LMS_TSA_ROOTS désigne un fichier PEM (deploy/README.md).", id="lms.E004")]
    return [] if found else [checks.Error("LMS_TSA_ROOTS ne contient aucun certificat.", id="lms.E004")]


def end_in_words(of: str, ends_at: datetime, now: datetime) -> str:
    days = (ends_at - now).days
    left = f"dans {days} jours" if days > 1 else "dans moins de deux jours" if days >= 0 else "c’est passé"
    return f"Le certificat {of} finit le {timezone.localtime(ends_at):%d/%m/%Y} ({left})."
