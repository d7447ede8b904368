"""The one door to those who give the time and answer for certificates; as with the seal, for the signing worker alone."""

from collections.abc import Iterable
from pathlib import Path

from cryptography import x509
from django.conf import settings

from certificates.lasting.http_revocation import HttpRevocation
from certificates.lasting.http_time import open_http_time
from certificates.lasting.port import RevocationSource, TimeStamper
from certificates.lasting.sandbox_revocation import SandboxRevocation, open_sandbox_responders
from certificates.lasting.sandbox_time import SandboxTimeStamper, open_sandbox_time
from certificates.sealing.port import SealerRefused
from certificates.sealing.room import refuse_specimens_in_production
from certificates.verifying.trust import time_roots


def open_time_stamper() -> TimeStamper | None:
    """The authority at LMS_TSA_URL; without one, the sandbox's where the sandbox seals, else None: seals go without.

    Raises SealerRefused, StampUnavailable.
    """
    refuse_elsewhere()
    if settings.LMS_TSA_URL:
        roots = tuple(certificates_of(time_roots()))
        return open_http_time(settings.LMS_TSA_URL, roots, settings.LMS_TSA_SECONDS, settings.LMS_TSA_REST_SECONDS)
    if settings.LMS_SEALER != "local-p12":
        return None
    refuse_specimens_in_production()
    return SandboxTimeStamper(open_sandbox_time(settings.LMS_PKI_DIR, settings.LMS_SEAL_PASSPHRASE))


def open_revocation_source() -> RevocationSource:
    """Whoever answers for the certificates of seals and time-stamps. Raises SealerRefused."""
    refuse_elsewhere()
    source = HttpRevocation(settings.LMS_TSA_SECONDS)
    if settings.LMS_SEALER != "local-p12":
        return source
    return SandboxRevocation(open_sandbox_responders(settings.LMS_PKI_DIR, settings.LMS_SEAL_PASSPHRASE), source)


def refuse_elsewhere() -> None:
    if not settings.LMS_SIGNING_WORKER:
        raise SealerRefused("Seul le travailleur de signature demande l’heure (LMS_SIGNING_WORKER=1).")


def certificates_of(files: Iterable[Path]) -> list[x509.Certificate]:
    return [one for file in files for one in x509.load_pem_x509_certificates(file.read_bytes())]
