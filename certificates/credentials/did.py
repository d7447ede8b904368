"""The issuer's public document (did:web): all its keys, those retired too, for what they signed is still out there."""

from collections.abc import Iterable

from certificates.credentials.encoding import multikey
from certificates.credentials.issuer import did_of, method_of


def did_document(public_url: str, keys: Iterable) -> dict:
    """`keys`: rows with `kid`, `public_key`, `jwk`, `algorithm`, and `may_sign_past`, false for those to believe no more."""
    did = did_of(public_url)
    methods, believed = [], []
    for key in keys:
        address = method_of(did, key.kid)
        method = {"id": address, "controller": did}
        if key.algorithm == "EdDSA":
            method |= {"type": "Multikey", "publicKeyMultibase": multikey(key.public_key)}
        else:
            method |= {"type": "JsonWebKey", "publicKeyJwk": key.jwk}
        methods.append(method)
        if key.may_sign_past:
            believed.append(address)
    return {
        "@context": [
            "https://www.w3.org/ns/did/v1",
            "https://w3id.org/security/multikey/v1",
            "https://w3id.org/security/jwk/v1",
        ],
        "id": did,
        "verificationMethod": methods,
        "assertionMethod": believed,
    }
