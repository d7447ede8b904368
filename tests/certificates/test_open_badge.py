"""Badges as independent tools find them: a reader of JSON-LD, a verifier of Open Badges, one of JWT."""

import json
import subprocess
import uuid
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature
from django.conf import settings
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from openbadgeslib.ob3 import OB3LdpVerifier, OB3VerificationError, OB3Verifier
from pyld import jsonld

from certificates.credentials.did import did_document
from certificates.credentials.encoding import base64url
from certificates.credentials.issuer import did_of
from certificates.credentials.open_badge import Badge, document_of, statements_of
from certificates.credentials.proofs import as_jwt, with_proof
from certificates.credentials.status_list import status_document, status_statements
from certificates.snapshot import AttestedLevel
from tests.certificates.makers import a_snapshot

URL = "https://certificats.example.bj"
CONTEXTS = {
    "https://www.w3.org/ns/credentials/v2": "credentials-v2.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json": "ob-v3p0-context-3.0.3.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json": "ob-v3p0-extensions.json",
}


class Es256:
    kid, algorithm, may_sign_past = "clef-es256", "ES256", True

    def __init__(self):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.public_key = self.key.public_key()

    def sign_raw(self, digests):
        pairs = [decode_dss_signature(self.key.sign(one, ec.ECDSA(Prehashed(hashes.SHA256())))) for one in digests]
        return [r.to_bytes(32) + s.to_bytes(32) for r, s in pairs]

    @property
    def jwk(self):
        point = self.public_key.public_numbers()
        x, y = (base64url(number.to_bytes(32)) for number in (point.x, point.y))
        return {"kty": "EC", "crv": "P-256", "x": x, "y": y, "alg": "ES256", "kid": self.kid, "use": "sig"}


class Ed25519:
    kid, algorithm, may_sign_past = "clef-ed25519", "EdDSA", True

    def __init__(self):
        self.key = ed25519.Ed25519PrivateKey.generate()
        self.public_key = self.key.public_key()

    def sign_raw(self, digests):
        return [self.key.sign(one) for one in digests]


@pytest.fixture(scope="module")
def keys():
    return Es256(), Ed25519()


DID = did_of(URL)
SEALED_AT = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)


def a_badge(expires_on=None, **fields):
    return Badge(a_snapshot(sealed_at=SEALED_AT, **fields), uuid.uuid4(), URL, 1, 4242, expires_on)


def canonical(document):
    """As a reader of JSON-LD has it, with the contexts of the standards, none fetched."""

    def local(url, _options=None):
        text = files("openbadgeslib.ob3.contexts").joinpath(CONTEXTS[url]).read_text()
        return {"contextUrl": None, "documentUrl": url, "document": json.loads(text)}

    options = {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": local}
    return jsonld.normalize(document, options)


@pytest.mark.parametrize("expires_on", [None, date(2028, 2, 29)])
def test_statements_are_those_a_reader_of_json_ld_finds(expires_on):
    badge = a_badge(expires_on)
    assert statements_of(badge).canonical().decode() == canonical(document_of(badge))


@hypothesis_settings(max_examples=25, deadline=None)
@given(name=st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=40))
def test_statements_hold_whatever_is_in_a_name(name):
    badge = a_badge(printed_name=name, course_title=f"« {name} »", competences=(AttestedLevel("C", name, 3),))
    assert statements_of(badge).canonical().decode() == canonical(document_of(badge))


def test_statements_of_a_list_of_states_too():
    document = status_document(URL, "revocation", 1, [0, 42, 131_071], timezone.now())
    assert status_statements(document).canonical().decode() == canonical(document)


class Web:
    """The public addresses of the issuer, as a verifier elsewhere fetches them."""

    def __init__(self, keys, revoked=()):
        now = timezone.now()
        self.pages = {f"{URL}/.well-known/did.json": json.dumps(did_document(URL, keys))}
        for purpose in ("revocation", "suspension"):
            document = status_document(URL, purpose, 1, revoked if purpose == "revocation" else (), now)
            self.pages[f"{URL}/etats/{purpose}/1/"] = as_jwt(document, DID, keys[0])

    def __call__(self, address):
        return self.pages[address].encode()


def in_document(keys, **fields):
    badge = a_badge(**fields)
    return with_proof(document_of(badge), statements_of(badge), badge.did, keys[1], "2026-11-22T08:30:00Z")


def in_token(keys, **fields):
    badge = a_badge(**fields)
    return as_jwt(document_of(badge), badge.did, keys[0])


@pytest.mark.parametrize("made", [in_document, in_token])
def test_independent_verifier_accepts_a_badge_by_what_the_issuer_publishes(made, keys):
    found = verify(made(keys), Web(keys))
    assert found.achievement.name == a_snapshot().course_title
    assert found.issuer.id == DID


@pytest.mark.parametrize("made", [in_document, in_token])
def test_independent_verifier_refuses_one_that_is_revoked(made, keys):
    with pytest.raises(OB3VerificationError, match="is set at index 4242"):
        verify(made(keys), Web(keys, revoked=[4242]))
    verify(made(keys), Web(keys, revoked=[4241, 4243]))


@pytest.mark.parametrize("made", [in_document, in_token])
def test_independent_verifier_refuses_one_that_has_expired(made, keys):
    with pytest.raises(OB3VerificationError):
        verify(made(keys, expires_on=date(2026, 11, 23)), Web(keys))


@pytest.mark.parametrize("made", [in_document, in_token])
def test_independent_verifier_refuses_the_keys_of_others(made, keys):
    with pytest.raises(OB3VerificationError):
        verify(made(keys), Web((Es256(), Ed25519())))


def test_independent_verifier_refuses_a_changed_name(keys):
    document = in_document(keys)
    document["credentialSubject"]["identifier"][0]["identityHash"] = "Quelqu’un d’autre"
    with pytest.raises(OB3VerificationError):
        verify(document, Web(keys))


def test_key_that_was_compromised_is_published_and_not_believed(keys):
    compromised = Ed25519()
    compromised.may_sign_past, compromised.kid = False, "clef-volee"
    document = did_document(URL, [*keys, compromised])
    assert [method["id"] for method in document["verificationMethod"]] == [
        f"{DID}#clef-es256", f"{DID}#clef-ed25519", f"{DID}#clef-volee"]  # fmt: skip
    assert document["assertionMethod"] == [f"{DID}#clef-es256", f"{DID}#clef-ed25519"]


@pytest.mark.parametrize(
    ("url", "did"),
    [
        ("https://certificats.example.bj", "did:web:certificats.example.bj"),
        ("http://localhost:8000", "did:web:localhost%3A8000"),
        ("https://example.bj/academie", "did:web:example.bj:academie"),
    ],
)
def test_issuer_is_named_after_its_address(url, did):
    assert did_of(url) == did


def verify(badge, web):
    verifier = (OB3LdpVerifier if isinstance(badge, dict) else OB3Verifier).for_issuer_did(DID, web)
    return verifier.verify(badge, check_status=True, download=web)


NODE = """
import { importJWK, compactVerify } from %(jose)s;
const { token, jwk } = JSON.parse(process.argv[1]);
const { payload } = await compactVerify(token, await importJWK(jwk, "ES256"));
process.stdout.write(new TextDecoder().decode(payload));
"""


def read_by_jose(token, jwk):
    script = NODE % {"jose": json.dumps(str(Path(settings.LMS_NODE_MODULES_DIR) / "jose/dist/webapi/index.js"))}
    command = ["node", "--input-type=module", "-e", script, json.dumps({"token": token, "jwk": jwk})]
    return subprocess.run(command, capture_output=True, check=False, text=True)


def test_jose_reads_the_token_and_refuses_another_key(keys):
    badge = a_badge(date(2028, 2, 29))
    token = as_jwt(document_of(badge), badge.did, keys[0])
    read = read_by_jose(token, keys[0].jwk)
    assert json.loads(read.stdout)["credentialSubject"] == document_of(badge)["credentialSubject"]
    assert read_by_jose(token, Es256().jwk).returncode != 0
