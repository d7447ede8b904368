"""Rules of certificates, pure: here numbers, codes and states; each other matter in its room."""

import secrets
import unicodedata
from datetime import date, datetime, timedelta

from django.utils.translation import gettext_lazy as _

# Crockford’s base 32: no I, L, O nor U, which are misread or mistyped.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 12  # 60 random bits
MISREAD = str.maketrans("ILO", "110", " -–—_.\u00a0\u202f")
LONGEST_TYPED = 40
SEAL_LAST_DAY = timedelta(days=1)  # a document sealed within it would outlive its seal before anyone opens it
SEAL_ALARM_DAYS = (7, 30, 90)

ARCHIVE_LATE = timedelta(hours=24)
STAMP_LIFE_PERCENT = 80  # of the life of a time-stamp's certificate, after which another must vouch for it


# Of a certificate's state, as `public_state` gives it.
STATE_WORDS = {
    "reserved": _("en cours de délivrance"),
    "valid": _("valide"),
    "expired": _("expiré"),
    "suspended": _("suspendu"),
    "replaced": _("remplacé"),
    "revoked": _("révoqué"),
    "void": _("numéro annulé"),
}
# From which states each act may be done; every one of them says why.
ACTS_FROM = {
    "suspend": ("valid",),
    "lift": ("suspended",),
    "revoke": ("valid", "suspended"),
    "replace": ("valid",),  # a doubt is settled before anything new is issued
    "void": ("reserved",),
}


def new_public_code() -> str:
    """Twelve random characters; never derived from anything the register holds."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def code_from(typed: str) -> str | None:
    """The code someone typed or scanned, whatever the case, spaces and dashes, I and L read as 1, O as 0.

    None when it cannot be a code.
    """
    if len(typed) > LONGEST_TYPED:
        return None
    code = typed.upper().translate(MISREAD)
    return code if len(code) == CODE_LENGTH and set(code) <= set(ALPHABET) else None


def printed_code(code: str) -> str:
    """In three groups, as on the document: XXXX-XXXX-XXXX."""
    return "-".join(code[start : start + 4] for start in range(0, CODE_LENGTH, 4))


def printed_number(series: str, year: int, number: int) -> str:
    """As in CTD-2026-000123."""
    return f"{series}-{year}-{number:06}"


def composed(text: str) -> str:
    """One Unicode form (NFC) and single spaces, so that the same name is always the same text."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def is_expired(expires_on: date | None, today: date) -> bool:
    """A certificate is good on its last day."""
    return expires_on is not None and today > expires_on


def public_state(state: str, expires_on: date | None, today: date) -> str:
    """What the public is told on a day: valid, expired, suspended, replaced or revoked."""
    return "expired" if state == "valid" and is_expired(expires_on, today) else state


def may_act(act: str, state: str, reason: str) -> bool:
    """Whether a certificate in this `state` may be the object of an act ("suspend", "lift", …), never without a reason."""
    return state in ACTS_FROM[act] and bool(reason.strip())


def may_seal(starts_at: datetime, ends_at: datetime, now: datetime) -> bool:
    """Whether a seal whose certificate is good between these instants may seal: no more on its last day."""
    return starts_at <= now < ends_at - SEAL_LAST_DAY


def seal_alarm(ends_at: datetime, now: datetime) -> int | None:
    """The nearest alarm reached before a seal's certificate ends: 7, 30 or 90 (days); None while it is far."""
    return next((days for days in SEAL_ALARM_DAYS if ends_at - now <= timedelta(days=days)), None)


def restamp_at(starts_at: datetime, ends_at: datetime) -> datetime:
    """When another time-stamp must be laid over one whose certificate is good between these instants."""
    return starts_at + (ends_at - starts_at) * STAMP_LIFE_PERCENT / 100


def is_archive_late(written_at: datetime, now: datetime) -> bool:
    """Whether a file written then should have its archive by now."""
    return now - written_at > ARCHIVE_LATE


def retention_start(today: date, years: int) -> date:
    """The first day whose certificates must still be confirmed on `today`."""
    return today.replace(year=today.year - years, day=min(today.day, 28))


def assurance_proved(stated: str, is_tested: bool, is_supervised: bool) -> str:
    """What the completion of a course proves, whatever its sheet claims: N1 (followed) without a marked test passed.

    A test gives N2, N3 when every one that counts was supervised. That what was learnt is applied (N4) is a fact that comes
    after, and gives another certificate.
    """
    if not is_tested or stated == "N1":
        return "N1"
    return "N3" if is_supervised else "N2"
