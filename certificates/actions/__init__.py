"""What is done to certificates, a room a matter: issuing and revoking, archiving, watching."""

from certificates.actions.archiving import JOB as ARCHIVE_JOB
from certificates.actions.archiving import archive_batch, archive_file, ask_for_archives
from certificates.actions.issuing import (
    NotRevocable,
    ask_for_certificate,
    publish_certificate,
    reserve_certificate,
    revoke_certificate,
)
from certificates.actions.showing import choose_visibility, erase_name, forget_old_names, renew_link
from certificates.actions.watching import warn_of_late_archives, warn_of_seal_end

__all__ = [
    "ARCHIVE_JOB",
    "NotRevocable",
    "archive_batch",
    "archive_file",
    "ask_for_archives",
    "ask_for_certificate",
    "choose_visibility",
    "erase_name",
    "forget_old_names",
    "publish_certificate",
    "renew_link",
    "reserve_certificate",
    "revoke_certificate",
    "warn_of_late_archives",
    "warn_of_seal_end",
]
