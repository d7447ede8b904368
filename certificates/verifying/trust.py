"""The roots we trust when a document is checked: those whose seals are ours, and, apart, those whose time we believe.

A time-stamp authority may be one that the whole world uses: its root must not make a seal ours.
"""

from pathlib import Path

from django.conf import settings

from certificates.keys.authority import sandbox_files, time_files
from certificates.keys.sandbox import sandbox_seals


def trusted_roots() -> list[Path]:
    """PEM files: LMS_SEAL_ROOT, those in LMS_PKI_DIR/trusted, and the sandbox's roots where it is the sealer."""
    files = [*sorted(Path(settings.LMS_PKI_DIR).glob("trusted/*.pem"))]
    if settings.LMS_SEAL_ROOT:
        files.append(Path(settings.LMS_SEAL_ROOT))
    if settings.LMS_SEALER == "local-p12":
        root = sandbox_files(settings.LMS_PKI_DIR).root.name
        files += [folder / root for folder in sandbox_seals(settings.LMS_PKI_DIR)]
    return [file for file in files if file.exists()]


def time_roots() -> list[Path]:
    """PEM files: LMS_TSA_ROOTS, those in LMS_PKI_DIR/trusted-time, and the sandbox's where the sandbox seals."""
    files = [*sorted(Path(settings.LMS_PKI_DIR).glob("trusted-time/*.pem"))]
    if settings.LMS_TSA_ROOTS:
        files.append(Path(settings.LMS_TSA_ROOTS))
    if settings.LMS_SEALER == "local-p12":
        files.append(time_files(settings.LMS_PKI_DIR).root)
    return [file for file in files if file.exists()]
