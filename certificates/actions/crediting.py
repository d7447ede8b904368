"""Badges made and signed once for each certificate; lists of states signed anew and published."""

import json
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction

from certificates.credentials.issuer import did_of, method_of
from certificates.credentials.open_badge import PURPOSES, Badge, document_of, statements_of, utc_text
from certificates.credentials.proofs import as_jwt, signed_token, with_proof
from certificates.credentials.signing import Signing
from certificates.credentials.status_list import LIST_SIZE, status_document, status_statements
from certificates.models import Certificate, Credential, Publication
from certificates.offline.code import claims_of, code_text
from lms.core.jobs import enqueue
from lms.core.models import Job

PUBLISH_JOB = "certificates.publish_states"
FILLED = LIST_SIZE // 2  # then another list is begun, so that a free place is soon found
SET_BY = {"revocation": ("revoked", "replaced"), "suspension": ("suspended",)}
LATE = 500  # certificates issued without a badge that one run makes up for
STATES_LIFE = timedelta(days=7)


@dataclass(frozen=True)
class CredentialSigners:
    """The three keys of a badge, one purpose each."""

    proof: Signing
    token: Signing
    code: Signing


def make_credentials(
    certificates: Sequence[Certificate], signers: CredentialSigners, now: datetime
) -> dict[int, Credential]:
    """The badges of certificates, by key: the one each has, or a new one; in the same queries however many. Two calls at
    once give one.
    """
    while True:
        found = {row.certificate_id: row for row in Credential.objects.filter(certificate__in=certificates)}
        missing = [one for one in certificates if one.pk not in found]
        if not missing:
            return found
        for signer in (signers.proof, signers.token, signers.code):
            signer.take(len(missing))
        places = zip(missing, free_places(len(missing)), strict=True)
        made = [signed_credential(one, place, signers, now) for one, place in places]
        try:
            with transaction.atomic():
                Credential.objects.bulk_create(made)
        except IntegrityError:  # another worker was first, or a place was taken: look again, and draw again
            continue
        return found | {row.certificate_id: row for row in made}


def free_places(count: int) -> set[tuple[int, int]]:
    """Places in the lists of states that nobody has, drawn at random: a list, and an index in it."""
    newest = Credential.objects.order_by("-pk").values_list("pk", flat=True).first() or 0  # no counting of all of them
    number = 1 + newest // FILLED
    free: set[int] = set()
    while len(free) < count:
        drawn = {secrets.randbelow(LIST_SIZE) for _ in range(count - len(free))}
        taken = Credential.objects.filter(list_number=number, list_index__in=drawn)
        free |= drawn - set(taken.values_list("list_index", flat=True))
    return {(number, index) for index in free}


def signed_credential(
    certificate: Certificate, place: tuple[int, int], signers: CredentialSigners, now: datetime
) -> Credential:
    printed, url = certificate.printed, settings.LMS_PUBLIC_URL
    badge = Badge(printed, uuid.uuid4(), url, *place, certificate.expires_on)
    claims = claims_of(printed, place, certificate.expires_on)
    document = document_of(badge)
    proven = with_proof(document, statements_of(badge), badge.did, signers.proof, utc_text(now))
    return Credential(
        certificate=certificate,
        uuid=badge.uuid,
        list_number=badge.list_number,
        list_index=badge.list_index,
        code_text=code_text(printed.verification_url, claims, signers.code),
        document=json.dumps(proven, ensure_ascii=False, indent=1),
        token=as_jwt(document, badge.did, signers.token),
        made_at=now,
    )


def make_late_credentials(signers: CredentialSigners, now: datetime) -> int:
    """Badges for certificates issued before there were any, some at a time; how many."""
    late = Certificate.objects.published().filter(credential__isnull=True, erased_at__isnull=True)
    return len(make_credentials(list(late.order_by("pk")[:LATE]), signers, now))


def publish_states(signers: CredentialSigners, states: Signing, now: datetime) -> None:
    """Sign the lists of states as they are now, in all their forms, and put them in place of the former, at once."""
    url, did, texts = settings.LMS_PUBLIC_URL, did_of(settings.LMS_PUBLIC_URL), {}
    for number in range(1, last_list() + 1):
        for purpose in PURPOSES:
            of_the_list = Credential.objects.filter(list_number=number, certificate__state__in=SET_BY[purpose])
            indices = of_the_list.values_list("list_index", flat=True)
            document = status_document(url, purpose, number, indices, now)
            proven = with_proof(document, status_statements(document), did, signers.proof, utc_text(now))
            texts[f"{purpose}/{number}.json"] = json.dumps(proven)
            texts[f"{purpose}/{number}.jwt"] = as_jwt(document, did, signers.token)
    texts["states.jws"] = signed_states(did, states, now)
    with transaction.atomic():
        for name, content in texts.items():
            Publication.objects.update_or_create(name=name, defaults={"content": content, "made_at": now})


def last_list() -> int:
    return Credential.objects.order_by("-list_number").values_list("list_number", flat=True).first() or 1


def signed_states(did: str, states: Signing, now: datetime) -> str:
    """The state of every certificate under its public number, in the order of these numbers: no name, no date of issue."""
    rows = Credential.objects.order_by("uuid").exclude(certificate__state__in=Certificate.UNISSUED)
    rows = rows.values_list("uuid", "certificate__state", "certificate__expires_on")
    claims = {
        "iss": did,
        "iat": int(now.timestamp()),
        "exp": int((now + STATES_LIFE).timestamp()),
        "certificates": [[str(number), state, last_day and last_day.isoformat()] for number, state, last_day in rows],
    }
    return signed_token({"alg": "ES256", "typ": "states+jws", "kid": method_of(did, states.kid)}, claims, states)


def ask_for_states(unless_since: datetime | None = None) -> Job | None:
    """Put the publication of states in the outbox, unless one waits there already, or was made since then."""
    if Job.objects.filter(name=PUBLISH_JOB, state=Job.State.WAITING).exists():
        return None
    if unless_since and Publication.objects.filter(made_at__gt=unless_since).exists():
        return None
    return enqueue(PUBLISH_JOB)
