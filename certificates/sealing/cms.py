"""The CMS container of a PAdES seal, laid out once per key: only the digest, the signature and its time-stamp change.

Sources: RFC 5652 (CMS), RFC 5035 (signing-certificate-v2), RFC 6211 (algorithm protection),
ETSI EN 319 142-1 (PAdES baseline).
"""

import hashlib
from collections.abc import Callable, Sequence
from functools import lru_cache

from asn1crypto import core, x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

from certificates.sealing.port import Sealer

INTEGER, OCTETS, SEQUENCE, SET = 0x02, 0x04, 0x30, 0x31
VERSION_1 = b"\x02\x01\x01"


def der(tag: int, *parts: bytes) -> bytes:
    """One DER value: tag, length, content."""
    content = b"".join(parts)
    length = len(content)
    if length < 128:
        return bytes([tag, length]) + content
    size = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(size)]) + size + content


def oid(dotted: str) -> bytes:
    return core.ObjectIdentifier(dotted).dump()


DATA = oid("1.2.840.113549.1.7.1")
SIGNED_DATA = oid("1.2.840.113549.1.7.2")
CONTENT_TYPE = oid("1.2.840.113549.1.9.3")
MESSAGE_DIGEST = oid("1.2.840.113549.1.9.4")
SIGNING_CERTIFICATE_V2 = oid("1.2.840.113549.1.9.16.2.47")
ALGORITHM_PROTECTION = oid("1.2.840.113549.1.9.52")
SIGNATURE_TIME_STAMP = oid("1.2.840.113549.1.9.16.2.14")
SHA256 = der(SEQUENCE, oid("2.16.840.1.101.3.4.2.1"))
ECDSA_SHA256 = der(SEQUENCE, oid("1.2.840.10045.4.3.2"))
FRAME_BYTES = 32  # at most, what surrounds a time-stamp token in the container
PREHASHED = ec.ECDSA(utils.Prehashed(hashes.SHA256()))


@lru_cache(maxsize=8)
def constants(certificate: bytes, chain: tuple[bytes, ...]) -> tuple[bytes, bytes, list[bytes]]:
    """What never changes for a seal: the name of its certificate, the certificates sent, the constant attributes."""
    read = x509.Certificate.load(certificate)
    serial = core.Integer(read.serial_number).dump()
    issuer = read.issuer.dump()
    issuer_serial = der(SEQUENCE, der(SEQUENCE, der(0xA4, issuer)), serial)
    fingerprint = der(OCTETS, hashlib.sha256(certificate).digest())
    attributes = [
        attribute(CONTENT_TYPE, DATA),
        attribute(SIGNING_CERTIFICATE_V2, der(SEQUENCE, der(SEQUENCE, der(SEQUENCE, fingerprint, issuer_serial)))),
        attribute(ALGORITHM_PROTECTION, der(SEQUENCE, SHA256, der(0xA1, ECDSA_SHA256[2:]))),
    ]
    return der(SEQUENCE, issuer, serial), der(0xA0, certificate, *chain), attributes


class CmsMould:
    """Makes the CMS of one sealer, which verifies its own signatures (`sealing.signer`)."""

    def __init__(self, sealer: Sealer):
        self.sealer = sealer
        self.signer, self.certificates, self.constant_attributes = constants(sealer.certificate, tuple(sealer.chain))

    def attributes(self, document_digest: bytes) -> bytes:
        """What is signed for the SHA-256 of a document, as its CMS holds it."""
        digest = attribute(MESSAGE_DIGEST, der(OCTETS, document_digest))
        return b"".join(sorted([*self.constant_attributes, digest]))  # DER wants a SET OF in order

    def sign(self, attributes: Sequence[bytes]) -> list[bytes]:
        """The signatures of several, asked for together. Raises what the sealer raises."""
        return self.sealer.sign_digests([hashlib.sha256(der(SET, one)).digest() for one in attributes])

    def make(
        self, attributes: bytes, signature: bytes, stamp: Callable[[bytes, int], bytes] | None = None, room: int = 0
    ) -> bytes:
        """The CMS, DER, of these attributes signed.

        `stamp(digest, room)` gives a time-stamp token over the SHA-256 of the signature, no longer than `room`, or
        nothing; `room` here is what the whole may take.
        """
        signed = (VERSION_1, self.signer, SHA256, der(0xA0, attributes), ECDSA_SHA256, der(OCTETS, signature))
        cms = self.container(der(SEQUENCE, *signed))
        if stamp and (token := stamp(hashlib.sha256(signature).digest(), room - len(cms) - FRAME_BYTES)):
            cms = self.container(der(SEQUENCE, *signed, der(0xA1, attribute(SIGNATURE_TIME_STAMP, token))))
        return cms

    def container(self, signer_info: bytes) -> bytes:
        signed_data = der(
            SEQUENCE, VERSION_1, der(SET, SHA256), der(SEQUENCE, DATA), self.certificates, der(SET, signer_info)
        )
        return der(SEQUENCE, SIGNED_DATA, der(0xA0, signed_data))


def attribute(kind: bytes, value: bytes) -> bytes:
    return der(SEQUENCE, kind, der(SET, value))
