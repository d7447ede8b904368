"""What the QR code holds: the short address, then, after `#`, which browsers never send, a signed summary of the document.

Sources: RFC 9052 (COSE_Sign1), RFC 9053 (ES256), RFC 8392 (claims of CWT).
"""

import hashlib
from datetime import date

import cbor2

from certificates.credentials.encoding import base64url, from_base64url
from certificates.credentials.open_badge import last_instant
from certificates.credentials.proofs import seconds
from certificates.credentials.signing import Signing
from certificates.snapshot import Snapshot

ALGORITHM, KEY_ID, ES256 = 1, 4, -7
NUMBER, ENDS, MADE = 2, 4, 6
SAID = (
    -70001
)  # ours, in the range of private use: name, course, minutes, assurance (1 to 4), place in the lists, levels
COURSE, LEVELS = 1, 5  # in it
SIGNATURE_AND_MORE = 82  # bytes of a COSE_Sign1 besides its payload, at most
KEY_ID_BYTES = 4  # of the name of the key: enough to find it among ours
LONGEST = 400  # signs of the whole; beyond, modules get too small for a phone to read them off a black and white print


def claims_of(printed: Snapshot, place: tuple[int, int], expires_on: date | None) -> dict:
    """What is signed: enough to compare with the paper, and the place in the lists of states."""
    levels = [[row.code, row.level] for row in printed.competences]
    assurance = int(printed.assurance.removeprefix("N"))
    claims = {
        NUMBER: printed.number,
        MADE: int(printed.sealed_at.timestamp()),
        SAID: [printed.printed_name, printed.course_title, printed.duration_minutes, assurance, list(place), levels],
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
    said = list(claims[SAID])
    for left_out in (None, LEVELS, COURSE):
        if left_out:
            said[left_out] = [] if left_out == LEVELS else ""
        if fits(address, {**claims, SAID: said}):
            break
    return f"{address}#{base64url(sign_claims({**claims, SAID: said}, signing))}"


def fits(address: str, claims: dict) -> bool:
    return len(address) + 1 + (len(cbor2.dumps(claims)) + SIGNATURE_AND_MORE) * 4 / 3 <= LONGEST
