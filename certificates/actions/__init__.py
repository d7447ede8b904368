"""What is done to certificates, a room a matter: issuing, their life since, archiving, watching."""

from certificates.actions.archiving import JOB as ARCHIVE_JOB
from certificates.actions.archiving import archive_batch, archive_file, ask_for_archives
from certificates.actions.issuing import ask_for_certificate, publish_certificate, reserve_certificate
from certificates.actions.life import ActRefused, lift_suspension, revoke_certificate, suspend_certificate, void_number
from certificates.actions.showing import choose_visibility, erase_name, forget_old_names, renew_link
from certificates.actions.succession import issue_after_void, reissue_certificate
from certificates.actions.watching import warn_of_late_archives, warn_of_seal_end

__all__ = [
    "ARCHIVE_JOB",
    "ActRefused",
    "archive_batch",
    "archive_file",
    "ask_for_archives",
    "ask_for_certificate",
    "choose_visibility",
    "erase_name",
    "forget_old_names",
    "issue_after_void",
    "lift_suspension",
    "publish_certificate",
    "reissue_certificate",
    "renew_link",
    "reserve_certificate",
    "revoke_certificate",
    "suspend_certificate",
    "void_number",
    "warn_of_late_archives",
    "warn_of_seal_end",
]
