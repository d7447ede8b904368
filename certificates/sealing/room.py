"""The one door to the key: which sealer this installation uses, and which process may open it."""

from django.conf import settings

from certificates.sealing.local_p12 import open_local_sealer
from certificates.sealing.port import Sealer, SealerRefused


def open_sealer() -> Sealer:
    """The sealer chosen by LMS_SEALER.

    Raises SealerRefused in any process but the signing worker (LMS_SIGNING_WORKER), so that a web process,
    even subverted by a mistake of ours, finds no code path to the key.
    """
    if not settings.LMS_SIGNING_WORKER:
        raise SealerRefused("Only the signing worker may open the seal (LMS_SIGNING_WORKER).")
    if settings.LMS_SEALER == "local-p12":
        if not (settings.DEBUG or settings.LMS_DEMO):
            raise SealerRefused("The sandbox seal is for development and demonstration: set LMS_SEALER.")
        return open_local_sealer(settings.LMS_PKI_DIR, settings.LMS_SEAL_PASSPHRASE)
    raise SealerRefused(f"Unknown sealer {settings.LMS_SEALER!r} in LMS_SEALER.")
