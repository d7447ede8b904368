"""Rules of keys, pure: who may follow whom, what a compromise leaves valid, how many signatures an hour."""

import base64
import hashlib
import json
from datetime import datetime

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

PublicKey = ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey
COORDINATE_BYTES = 32  # of a point of P-256

# From each state, those an operator may bring a key to. Nothing comes back from compromise, nor signs again once retired.
FOLLOWING = {
    "next": ("active", "retired", "compromised"),
    "active": ("retired", "compromised"),
    "retired": ("compromised",),
    "compromised": (),
}


def may_become(state: str, wanted: str) -> bool:
    """Whether a key in `state` may be brought to `wanted`."""
    return wanted in FOLLOWING[state]


def is_proven_before(stamped_at: datetime | None, compromised_at: datetime | None) -> bool:
    """Whether a signature seen by a time-stamp authority at `stamped_at` is older than the compromise of its key.

    Without a compromise, always; without a time-stamp, never: whoever has the key writes any date they like.
    """
    return compromised_at is None or (stamped_at is not None and stamped_at < compromised_at)


def fits_quota(signed: int, asked: int, quota: int) -> bool:
    """Whether `asked` more signatures stay within what a key may give in an hour, when it gave `signed`."""
    return signed + asked <= quota


def spki_of(public_key: PublicKey) -> bytes:
    """The public key as certificates hold it (SubjectPublicKeyInfo, DER)."""
    return public_key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def pem_of(public_key: PublicKey) -> str:
    """The same, in PEM."""
    written = public_key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return written.decode()


def suits(public_key: PublicKey, algorithm: str) -> bool:
    """Whether a key can sign in this way: P-256 for ES256, Ed25519 for EdDSA."""
    if algorithm == "EdDSA":
        return isinstance(public_key, ed25519.Ed25519PublicKey)
    return isinstance(public_key, ec.EllipticCurvePublicKey) and isinstance(public_key.curve, ec.SECP256R1)


def jwk_of(public_key: PublicKey) -> dict[str, str]:
    """The public key as a JWK, with its required members only (RFC 7518, 6.2; RFC 8037, 2)."""
    if isinstance(public_key, ed25519.Ed25519PublicKey):
        return {"crv": "Ed25519", "kty": "OKP", "x": base64url(public_key.public_bytes_raw())}
    point = public_key.public_numbers()
    x, y = (base64url(number.to_bytes(COORDINATE_BYTES)) for number in (point.x, point.y))
    return {"crv": "P-256", "kty": "EC", "x": x, "y": y}


def thumbprint_of(public_key: PublicKey) -> str:
    """The name of a key drawn from itself: its JWK thumbprint (RFC 7638)."""
    written = json.dumps(jwk_of(public_key), sort_keys=True, separators=(",", ":")).encode()
    return base64url(hashlib.sha256(written).digest())


def base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
