"""What the QR code holds: the short address, then, after `#`, which browsers never send, a signed summary of the document.

Sources: RFC 9052 (COSE_Sign1), RFC 9053 (ES256), RFC 8392 (claims of CWT).
"""

import hashlib
import uuid
from datetime import date

import cbor2

from certificates.credentials.encoding import base64url, from_base64url
from certificates.credentials.open_badge import last_instant
from certificates.credentials.proofs import seconds
from certificates.credentials.signing import Signing
from certificates.snapshot import Snapshot

ALGORITHM, KEY_ID, ES256 = 1, 4, -7
ISSUER, NUMBER, ENDS, MADE, IDENTIFIER = 1, 2, 4, 6, 7
# Claims of our own, in the range of private use.
NAME, COURSE, MINUTES, ASSURANCE, LEVELS, LIST = -70001, -70002, -70003, -70004, -70005, -70006
KEY_ID_BYTES = 8  # of the name of the key: enough to find it among ours
LONGEST = 560  # signs of the whole; beyond, modules get too small for a phone to read them off a black and white print


def claims_of(
    printed: Snapshot, identity: uuid.UUID, host: str, place: tuple[int, int], expires_on: date | None
) -> dict:
    """What is signed: enough to compare with the paper, and the place in the lists of states."""
    claims = {
        ISSUER: host,
        NUMBER: printed.number,
        MADE: int(printed.sealed_at.timestamp()),
        IDENTIFIER: identity.bytes,
        NAME: printed.printed_name,
        COURSE: printed.course_title,
        MINUTES: printed.duration_minutes,
        ASSURANCE: printed.assurance,
        LEVELS: [[row.code, row.level] for row in printed.competences],
        LIST: list(place),
    }
    if expires_on:
        claims[ENDS] = seconds(last_instant(expires_on))
    return claims


def key_id(kid: str) -> bytes:
    return from_base64url(kid)[:KEY_ID_BYTES]


def sign_claims(claims: dict, signing: Signing) -> bytes:
    """A COSE_Sign1, untagged."""
    protected, payload = cbor2.dumps({ALGORITHM: ES256, KEY_ID: key_id(signing.kid)}), cbor2.dumps(claims)
    signed = cbor2.dumps(["Signature1", protected, b"", payload])
    (signature,) = signing.sign_raw([hashlib.sha256(signed).digest()])
    return cbor2.dumps([protected, {}, payload, signature])


def code_text(address: str, claims: dict, signing: Signing) -> str:
    """What is drawn. Levels, then the title, are left out when the code would be too fine; the page has them."""
    for left_out in ((), (LEVELS,), (LEVELS, COURSE)):
        kept = {key: value for key, value in claims.items() if key not in left_out}
        text = f"{address}#{base64url(sign_claims(kept, signing))}"
        if len(text) <= LONGEST:
            break
    return text
