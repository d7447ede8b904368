"""What is done to keys: introduced, activated, retired, declared compromised; and their signatures counted.

Each act is one transaction and one entry of the audit trail, which nobody can change. The private half is elsewhere.
"""

import getpass
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from certificates.models import KeyHour, SealKey
from certificates.rules import keys as key_rules
from certificates.sealing.chain import in_pem
from certificates.sealing.port import QuotaReached
from lms.core import audit
from lms.core.models import AuditEntry

logger = logging.getLogger(__name__)

QUOTA_REACHED = "key.quota_reached"
HOUR = timedelta(hours=1)


class KeyRefused(Exception):
    """This may not be done to this key; says why, in French."""


@dataclass(frozen=True)
class NewKey:
    """A key about to enter the register, in public only: its certificate and those above, or its bare public key."""

    purpose: str
    label: str
    kind: str
    public_key: key_rules.PublicKey
    chain: Sequence[x509.Certificate] = ()
    is_specimen: bool = False


@transaction.atomic
def introduce_key(new: NewKey, now: datetime) -> SealKey:
    """Make a key known as the next of its purpose: published at once, signing nothing yet. Raises KeyRefused.

    One key serves one purpose, and a renewal is a new key: the same public key never enters twice.
    """
    key = row_of(new, now)
    try:
        with transaction.atomic():
            key.save()
    except IntegrityError as error:
        raise KeyRefused(
            _("Cette clé est déjà au registre, ou une prochaine clé attend déjà pour cet usage (manage.py keys list).")
        ) from error
    record("key.introduce", key)
    return key


def row_of(new: NewKey, now: datetime) -> SealKey:
    spki = key_rules.spki_of(new.public_key)
    certificate = new.chain[0] if new.chain else None
    digest = hashes.Hash(hashes.SHA256())
    digest.update(spki)
    return SealKey(
        purpose=new.purpose,
        label=new.label,
        kind=new.kind,
        public_pem=key_rules.pem_of(new.public_key),
        spki_sha256=digest.finalize().hex(),
        kid=key_rules.thumbprint_of(new.public_key),
        chain_pem=in_pem(new.chain),
        certificate_sha256=certificate.fingerprint(hashes.SHA256()).hex() if certificate else "",
        is_specimen=new.is_specimen,
        valid_from=certificate.not_valid_before_utc if certificate else now,
        valid_to=certificate.not_valid_after_utc if certificate else None,
        introduced_at=now,
    )


def activate_key(key: SealKey, try_key: Callable[[SealKey], None], now: datetime) -> SealKey:
    """Have this key sign from now on, once `try_key` has seen it sign well; the one that did is retired.

    Locks the keys of the purpose. Raises KeyRefused, and what `try_key` raises.
    """
    try_key(key)
    with transaction.atomic():
        key = moving(key, SealKey.State.ACTIVE)
        for former in SealKey.objects.in_use_for(key.purpose).exclude(pk=key.pk):
            retire_key(former, now)
        key.state, key.activated_at = SealKey.State.ACTIVE, now
        key.save(update_fields=["state", "activated_at"])
        record("key.activate", key)
    return key


@transaction.atomic
def retire_key(key: SealKey, now: datetime) -> SealKey:
    """Have this key sign no more; what it signed stays valid, and its public half published. Raises KeyRefused."""
    key = moving(key, SealKey.State.RETIRED)
    key.state, key.retired_at = SealKey.State.RETIRED, now
    key.save(update_fields=["state", "retired_at"])
    record("key.retire", key)
    return key


@transaction.atomic
def compromise_key(key: SealKey, since: datetime, reason: str, now: datetime) -> SealKey:
    """Say that others may have signed with this key since then; it signs no more. Raises KeyRefused.

    What a time-stamp authority saw before that date stays valid; the rest is to be issued again.
    """
    if since > now:
        raise KeyRefused(_("La date de la compromission est dans le futur."))
    if not reason.strip():
        raise KeyRefused(_("Dites ce qui fait croire la clé compromise : c’est publié."))
    key = moving(key, SealKey.State.COMPROMISED)
    key.state, key.compromised_at, key.reason = SealKey.State.COMPROMISED, since, reason.strip()
    key.save(update_fields=["state", "compromised_at", "reason"])
    record("key.compromise", key, since=since.isoformat(), reason=key.reason)
    return key


def moving(key: SealKey, wanted: str) -> SealKey:
    """The key, locked with those of its purpose, if it may become what is wanted. Raises KeyRefused."""
    rows = {row.pk: row for row in SealKey.objects.select_for_update().filter(purpose=key.purpose).order_by("pk")}
    key = rows[key.pk]
    if not key_rules.may_become(key.state, wanted):
        raise KeyRefused(
            _("La clé « %(key)s » est %(state)s : elle ne peut pas devenir %(wanted)s.")
            % {"key": key, "state": SealKey.State(key.state).name.lower(), "wanted": SealKey.State(wanted).name.lower()}
        )
    return key


def adopt_key(new: NewKey, now: datetime) -> SealKey:
    """Make the first key of a purpose known and active at once; again, or by two workers at once, changes nothing."""
    try:
        with transaction.atomic():
            key = row_of(new, now)
            key.state, key.activated_at = SealKey.State.ACTIVE, now
            key.save()
            record("key.adopt", key)
            return key
    except IntegrityError:
        if key := SealKey.objects.in_use_for(new.purpose).first():
            return key
        raise KeyRefused(
            _("La clé des réglages fut retirée ou compromise : introduisez la suivante (manage.py keys introduce).")
        ) from None


def record(verb: str, key: SealKey, **details) -> None:
    """Whoever has a shell on the machine acts: the account of the system is what we know of them."""
    audit.record(verb, None, key, purpose=key.purpose, kid=key.kid, by=system_account(), **details)


def system_account() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container whose account has no name
        return ""


def count_signatures(key: SealKey, asked: int, now: datetime) -> None:
    """Take `asked` signatures out of what the key may give this hour, all workers together. Raises QuotaReached.

    One UPDATE decides. Counted before they are made: those that fail count too.
    """
    hour, quota = now.replace(minute=0, second=0, microsecond=0), settings.LMS_KEY_QUOTA_PER_HOUR
    this_hour = KeyHour.objects.filter(key=key, starts_at=hour, signatures__lte=quota - asked)
    more = {"signatures": F("signatures") + asked}
    if asked <= quota and this_hour.update(**more):
        return
    KeyHour.objects.get_or_create(key=key, starts_at=hour)
    if asked <= quota and this_hour.update(**more):
        return
    tell_quota_reached(key, hour)
    raise QuotaReached(
        f"La clé « {key} » a donné ses {quota} signatures de l’heure (LMS_KEY_QUOTA_PER_HOUR) : la suite attend "
        f"{timezone.localtime(hour + HOUR):%H:%M}.",
        hour + HOUR,
    )


def tell_quota_reached(key: SealKey, hour: datetime) -> None:
    """One line of the log, and one entry of the audit trail, a key and an hour."""
    at = hour.isoformat()
    if not AuditEntry.objects.filter(verb=QUOTA_REACHED, object_pk=str(key.pk), details__hour=at).exists():
        logger.error("La clé « %s » a atteint son quota de signatures pour l’heure de %s.", key, at)
        audit.record(QUOTA_REACHED, None, key, hour=at, quota=settings.LMS_KEY_QUOTA_PER_HOUR)
