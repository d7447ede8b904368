"""How bytes are written in credentials: base64url, base58, the multibase of the two, and public keys as Multikey."""

import base64

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
# Multicodec: ed25519-pub, p256-pub, as varints.
ED25519_KEY, P256_KEY = b"\xed\x01", b"\x80\x24"


def base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def from_base64url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def base58(content: bytes) -> str:
    number, written = int.from_bytes(content), ""
    while number:
        number, rest = divmod(number, 58)
        written = BASE58[rest] + written
    return BASE58[0] * (len(content) - len(content.lstrip(b"\0"))) + written


def multikey(key: ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey) -> str:
    """As in `publicKeyMultibase` (W3C Controlled Identifiers 1.0, 2.2.2)."""
    if isinstance(key, ed25519.Ed25519PublicKey):
        return "z" + base58(ED25519_KEY + key.public_bytes_raw())
    point = key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint)
    return "z" + base58(P256_KEY + point)
