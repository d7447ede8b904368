"""What is done to certificates, a room a matter: issuing, their life and succession, badges, publicity, archives, watching."""

from certificates.actions.archiving import JOB as ARCHIVE_JOB
from certificates.actions.archiving import archive_batch, archive_file, ask_for_archives
from certificates.actions.checks import CheckRefused, save_check, start_check, submit_check
from certificates.actions.crediting import (
    PUBLISH_JOB,
    CredentialSigners,
    ask_for_states,
    make_credentials,
    make_late_credentials,
    publish_states,
)
from certificates.actions.holds import AlreadyDecided, held, refuse_hold, release_hold
from certificates.actions.issuing import (
    ask_for_certificate,
    awaiting_minutes,
    publish_certificate,
    publish_certificates,
    reserve_certificate,
    reserve_certificates,
)
from certificates.actions.life import ActRefused, lift_suspension, revoke_certificate, suspend_certificate, void_number
from certificates.actions.logging_acts import CLOSE_JOB, close_log, log_acts
from certificates.actions.showing import choose_visibility, erase_name, forget_old_names, renew_link
from certificates.actions.succession import issue_after_void, reissue_certificate
from certificates.actions.watching import warn_of_late_archives, warn_of_seal_end

__all__ = [
    "ARCHIVE_JOB",
    "CLOSE_JOB",
    "PUBLISH_JOB",
    "ActRefused",
    "AlreadyDecided",
    "CheckRefused",
    "CredentialSigners",
    "archive_batch",
    "archive_file",
    "ask_for_archives",
    "ask_for_certificate",
    "ask_for_states",
    "awaiting_minutes",
    "choose_visibility",
    "close_log",
    "erase_name",
    "forget_old_names",
    "held",
    "issue_after_void",
    "lift_suspension",
    "log_acts",
    "make_credentials",
    "make_late_credentials",
    "publish_certificate",
    "publish_certificates",
    "publish_states",
    "refuse_hold",
    "reissue_certificate",
    "release_hold",
    "renew_link",
    "reserve_certificate",
    "reserve_certificates",
    "revoke_certificate",
    "save_check",
    "start_check",
    "submit_check",
    "suspend_certificate",
    "void_number",
    "warn_of_late_archives",
    "warn_of_seal_end",
]
