"""What is published for those who verify without asking us: the issuer's keys, and the states of all certificates, signed.

Public because it is made to be copied; no name is in it, and nothing by which a certificate is found.
"""

import json

from django.conf import settings
from django.http import HttpResponse
from django.views.decorators.http import condition, require_safe

from certificates.credentials.did import did_document
from certificates.credentials.open_badge import PURPOSES
from certificates.keys.purposes import Purpose
from certificates.models import Publication, SealKey
from certificates.verifying.limits import limited
from certificates.views.api import open_to_all, problem, too_many

READS_PER_MINUTE = 120
WITHOUT_CERTIFICATE = [purpose for purpose in Purpose.values if purpose != Purpose.PDF]


def to_keep(content: str, media_type: str):
    answer = HttpResponse(content, content_type=media_type)
    answer.may_be_kept = True
    return answer


def published_keys():
    """All the keys of badges, QR codes and lists, those retired too; one query."""
    return SealKey.objects.filter(purpose__in=WITHOUT_CERTIFICATE).published()


@open_to_all
@require_safe
@limited("published", READS_PER_MINUTE, refuse=too_many)
def did(request):
    """The document of did:web."""
    # Some verifiers believe the first key for whatever names none: the one of tokens and of their lists, in force.
    first = sorted(
        published_keys(), key=lambda key: (key.purpose != Purpose.CREDENTIAL_ES256, key.state != key.State.ACTIVE)
    )
    document = did_document(settings.LMS_PUBLIC_URL, first)
    return to_keep(json.dumps(document, indent=1), "application/did+json")


@open_to_all
@require_safe
@limited("published", READS_PER_MINUTE, refuse=too_many)
def keys(request):
    """The keys as JWK, each with what it is for and what became of it."""
    listed = [
        {**key.jwk, "purpose": key.purpose, "state": key.state, "is_specimen": key.is_specimen}
        for key in published_keys()
    ]
    return to_keep(json.dumps({"keys": listed}, indent=1), "application/jwk-set+json")


@open_to_all
@require_safe
@limited("published", READS_PER_MINUTE, refuse=too_many)
def status_list(request, purpose, number):
    """A list of states as a credential: in JSON with its proof for who asks for JSON, as a token for others."""
    is_json = "json" in request.headers.get("Accept", "")
    name = f"{purpose}/{number}.{'json' if is_json else 'jwt'}"
    text = text_of(name) if purpose in PURPOSES else None
    if text is None:
        return problem(404, "Aucune liste à cette adresse.")
    answer = to_keep(text, "application/vc" if is_json else "application/vc+jwt")
    answer["Vary"] = "Accept"
    return answer


@open_to_all
@require_safe
@limited("published", READS_PER_MINUTE, refuse=too_many)
@condition(etag_func=lambda request: etag_of("states.jws"))
def states(request):
    """The state of every certificate under its public number, as a signed token that others may mirror."""
    text = text_of("states.jws")
    return problem(404, "Aucune liste n’est encore publiée.") if text is None else to_keep(text, "application/jose")


def text_of(name: str) -> str | None:
    return Publication.objects.filter(name=name).values_list("content", flat=True).first()


def etag_of(name: str) -> str | None:
    made_at = Publication.objects.filter(name=name).values_list("made_at", flat=True).first()
    return made_at and f'"{made_at.timestamp()}"'
