"""Lists of states as credentials: one bit for each certificate, at an index drawn at random (W3C Bitstring Status List 1.0)."""

import gzip
from collections.abc import Iterable
from datetime import datetime, timedelta

from certificates.credentials.encoding import base64url
from certificates.credentials.issuer import did_of
from certificates.credentials.open_badge import utc_text
from certificates.credentials.statements import CREDENTIALS, DATE_TIME, SECURITY, STATUS, Statements, literal, node

LIST_SIZE = 131_072  # the least the standard allows, so that a list hides its few among many
LIFE = timedelta(days=7)  # published anew each hour: a copy older than that must not be relied on


def encoded(indices: Iterable[int]) -> str:
    """Bits set at these indices, the first the leftmost, folded (gzip) and written in multibase."""
    bits = bytearray(LIST_SIZE // 8)
    for index in indices:
        bits[index // 8] |= 0x80 >> index % 8
    return "u" + base64url(gzip.compress(bytes(bits), 9, mtime=0))


def status_document(public_url: str, purpose: str, number: int, indices: Iterable[int], now: datetime) -> dict:
    address = f"{public_url}/etats/{purpose}/{number}/"
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": did_of(public_url),
        "validFrom": utc_text(now),
        "validUntil": utc_text(now + LIFE),
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": purpose,
            "encodedList": encoded(indices),
        },
    }


def status_statements(document: dict) -> Statements:
    said, address, subject = Statements(), document["id"], document["credentialSubject"]
    said.types(address, f"{CREDENTIALS}VerifiableCredential", f"{STATUS}BitstringStatusListCredential")
    said.say(address, f"{CREDENTIALS}issuer", node(document["issuer"]))
    said.say(address, f"{CREDENTIALS}validFrom", literal(document["validFrom"], DATE_TIME))
    said.say(address, f"{CREDENTIALS}validUntil", literal(document["validUntil"], DATE_TIME))
    said.say(address, f"{CREDENTIALS}credentialSubject", node(subject["id"]))
    said.types(subject["id"], f"{STATUS}BitstringStatusList")
    said.say(subject["id"], f"{STATUS}statusPurpose", literal(subject["statusPurpose"]))
    said.say(subject["id"], f"{STATUS}encodedList", literal(subject["encodedList"], f"{SECURITY}multibase"))
    return said
