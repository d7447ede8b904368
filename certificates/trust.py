"""The roots whose seals are ours, for whoever checks a document: today's, the older ones, and the sandbox's where it seals."""

from pathlib import Path

from django.conf import settings

from certificates.authority import sandbox_files


def trusted_roots() -> list[Path]:
    """PEM files: LMS_SEAL_ROOT, those in LMS_PKI_DIR/trusted, and the sandbox's root where it is the sealer."""
    files = [*sorted(Path(settings.LMS_PKI_DIR).glob("trusted/*.pem"))]
    if settings.LMS_SEAL_ROOT:
        files.append(Path(settings.LMS_SEAL_ROOT))
    if settings.LMS_SEALER == "local-p12":
        files.append(sandbox_files(settings.LMS_PKI_DIR).root)
    return [file for file in files if file.exists()]
