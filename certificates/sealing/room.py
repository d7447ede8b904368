"""The one door to the key: which sealer this installation uses, and which process may open it."""

from datetime import datetime

from cryptography.x509 import load_der_x509_certificate
from django.conf import settings
from django.utils import timezone

from certificates import rules
from certificates.sealing.local_p12 import open_local_sealer
from certificates.sealing.port import Sealer, SealerRefused


def open_sealer() -> Sealer:
    """The sealer chosen by LMS_SEALER, fit to seal now.

    Raises SealerRefused in any process but the signing worker (LMS_SIGNING_WORKER), so that a web process,
    even subverted by a mistake of ours, finds no code path to the key.
    """
    if not settings.LMS_SIGNING_WORKER:
        raise SealerRefused("Seul le travailleur de signature ouvre le cachet (LMS_SIGNING_WORKER=1).")
    sealer = chosen_sealer()
    if sealer.is_sandbox:
        refuse_specimens_in_production()
    refuse_outside_its_life(sealer, timezone.now())
    return sealer


def chosen_sealer() -> Sealer:
    if settings.LMS_SEALER == "local-p12":
        refuse_specimens_in_production()
        return open_local_sealer(settings.LMS_PKI_DIR, settings.LMS_SEAL_PASSPHRASE)
    if settings.LMS_SEALER == "pkcs11":
        # Here, because the wrapper is compiled and a demonstration does without (requirements/production.in).
        from certificates.sealing.pkcs11_token import TokenKey, open_token_sealer

        place = TokenKey(
            settings.LMS_PKCS11_MODULE,
            settings.LMS_PKCS11_TOKEN,
            settings.LMS_PKCS11_KEY,
            settings.LMS_PKCS11_TOKEN_PIN,
        )
        return open_token_sealer(place, settings.LMS_SEAL_CERTIFICATES, settings.LMS_SEAL_ROOT)
    raise SealerRefused(f"LMS_SEALER vaut « {settings.LMS_SEALER} », que personne ne connaît : local-p12 ou pkcs11.")


def refuse_specimens_in_production() -> None:
    if not (settings.DEBUG or settings.LMS_DEMO):
        raise SealerRefused("Le cachet de bac à sable est pour le développement et la démonstration : voir LMS_SEALER.")


def refuse_outside_its_life(sealer: Sealer, now: datetime) -> None:
    """Raises SealerRefused before the seal's certificate begins, and from its last day on."""
    certificate = load_der_x509_certificate(sealer.certificate)
    starts_at, ends_at = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if not rules.may_seal(starts_at, ends_at, now):
        raise SealerRefused(
            f"Le certificat du cachet vaut du {timezone.localtime(starts_at):%d/%m/%Y} au "
            f"{timezone.localtime(ends_at):%d/%m/%Y %H:%M} et ne scelle plus le dernier jour : renouvelez-le "
            "(deploy/README.md)."
        )
