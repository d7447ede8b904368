"""The two signed forms of a document: a proof inside it (`eddsa-rdfc-2022`), and a token around it (VC-JWT, ES256).

Sources: W3C Data Integrity EdDSA Cryptosuites 1.0, 3.2; W3C Securing Verifiable Credentials using JOSE and COSE;
Open Badges 3.0, 8.2 (its own claims of JWT).
"""

import hashlib
import json
from datetime import datetime

from certificates.credentials.encoding import base58, base64url
from certificates.credentials.issuer import method_of
from certificates.credentials.signing import Signing
from certificates.credentials.statements import DATE_TIME, ONLY_BLANK, SECURITY, Statements, literal, node

SUITE, PURPOSE = "eddsa-rdfc-2022", "assertionMethod"


def with_proof(document: dict, statements: Statements, did: str, signing: Signing, created: str) -> dict:
    """The document with its proof, in a list as the schema of Open Badges has it."""
    method = method_of(did, signing.kid)
    options = Statements()
    options.types(ONLY_BLANK, f"{SECURITY}DataIntegrityProof")
    options.say(ONLY_BLANK, "http://purl.org/dc/terms/created", literal(created, DATE_TIME))
    options.say(ONLY_BLANK, f"{SECURITY}cryptosuite", literal(SUITE, f"{SECURITY}cryptosuiteString"))
    options.say(ONLY_BLANK, f"{SECURITY}proofPurpose", node(f"{SECURITY}{PURPOSE}"))
    options.say(ONLY_BLANK, f"{SECURITY}verificationMethod", node(method))
    signed = hashlib.sha256(options.canonical()).digest() + hashlib.sha256(statements.canonical()).digest()
    (signature,) = signing.sign_raw([signed])
    proof = {
        "type": "DataIntegrityProof",
        "cryptosuite": SUITE,
        "created": created,
        "verificationMethod": method,
        "proofPurpose": PURPOSE,
        "proofValue": "z" + base58(signature),
    }
    return {**document, "proof": [proof]}


def as_jwt(document: dict, did: str, signing: Signing) -> str:
    """The document as a token, to be kept byte for byte."""
    subject = document["credentialSubject"]["id"]
    claims = {**document, "iss": did, "jti": document["id"], "nbf": seconds(document["validFrom"]), "sub": subject}
    if "validUntil" in document:
        claims["exp"] = seconds(document["validUntil"])
    header = {"alg": "ES256", "typ": "vc+jwt", "cty": "vc", "kid": method_of(did, signing.kid), "iss": did}
    return signed_token(header, claims, signing)


def signed_token(header: dict, claims: dict, signing: Signing) -> str:
    """A compact JWS (RFC 7515, 7.1)."""
    signed = f"{base64url(compact(header))}.{base64url(compact(claims))}"
    (signature,) = signing.sign_raw([hashlib.sha256(signed.encode()).digest()])
    return f"{signed}.{base64url(signature)}"


def compact(value: dict) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def seconds(instant: str) -> int:
    return int(datetime.fromisoformat(instant).timestamp())
