"""The time-stamp authority of development and demonstration (RFC 3161), in this process; its key is the sandbox's.

Only the signing worker opens it (`certificates.lasting.room`), and production never does.
"""

import hashlib
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from asn1crypto import core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from django.utils import timezone

from certificates.keys.authority import read_key, time_files
from certificates.lasting.port import Stamp, StampUnavailable
from certificates.lasting.token import TimeTrust, question_about, stamp_from
from certificates.sealing.cms import (
    CONTENT_TYPE,
    ECDSA_SHA256,
    INTEGER,
    MESSAGE_DIGEST,
    OCTETS,
    PREHASHED,
    SEQUENCE,
    SET,
    SHA256,
    SIGNED_DATA,
    SIGNING_CERTIFICATE_V2,
    VERSION_1,
    attribute,
    der,
    oid,
)

TST_INFO = oid("1.2.840.113549.1.9.16.1.4")
POLICY = oid("1.3.6.1.4.1.99999.1")  # nobody's: a specimen of a policy
GENERALIZED_TIME = 0x18
GRANTED = der(SEQUENCE, der(INTEGER, b"\x00"))
REJECTED = der(SEQUENCE, der(SEQUENCE, der(INTEGER, b"\x02")))


class SandboxTimeAuthority:
    """Answers time-stamp requests, DER for DER, with the key of the sandbox's time-stamping unit."""

    def __init__(self, bundle: pkcs12.PKCS12KeyAndCertificates, clock: Callable[[], datetime] = timezone.now):
        self.key: ec.EllipticCurvePrivateKey = bundle.key
        self.clock = clock
        self.root = bundle.additional_certs[0].certificate
        unit = bundle.cert.certificate.public_bytes(serialization.Encoding.DER)
        self.certificates = der(0xA0, unit)
        certificate = asn1_x509.Certificate.load(unit)
        issuer, serial = certificate.issuer.dump(), core.Integer(certificate.serial_number).dump()
        self.signer = der(SEQUENCE, issuer, serial)
        identity = der(
            SEQUENCE,
            der(OCTETS, hashlib.sha256(unit).digest()),
            der(SEQUENCE, der(SEQUENCE, der(0xA4, issuer)), serial),
        )
        self.constant_attributes = [
            attribute(CONTENT_TYPE, TST_INFO),
            attribute(SIGNING_CERTIFICATE_V2, der(SEQUENCE, der(SEQUENCE, identity))),
        ]

    def answer(self, request: bytes) -> bytes:
        """The reply to a request; "rejected" for what is none or asks for another digest than SHA-256."""
        try:
            asked = tsp.TimeStampReq.load(request, strict=True)
            imprint = asked["message_imprint"]
            if imprint["hash_algorithm"]["algorithm"].native != "sha256":
                return REJECTED
            nonce = b"" if asked["nonce"].native is None else asked["nonce"].dump()
        except (ValueError, TypeError):
            return REJECTED
        return der(SEQUENCE, GRANTED, self.token(self.info(imprint.dump(), nonce)))

    def info(self, imprint: bytes, nonce: bytes) -> bytes:
        """The signed content: policy, imprint, serial number, time, nonce."""
        serial = core.Integer(secrets.randbits(63)).dump()
        time = der(GENERALIZED_TIME, self.clock().astimezone(UTC).strftime("%Y%m%d%H%M%SZ").encode())
        return der(SEQUENCE, VERSION_1, POLICY, imprint, serial, time, nonce)

    def token(self, info: bytes) -> bytes:
        digest = attribute(MESSAGE_DIGEST, der(OCTETS, hashlib.sha256(info).digest()))
        attributes = sorted([*self.constant_attributes, digest])
        signature = self.key.sign(hashlib.sha256(der(SET, *attributes)).digest(), PREHASHED)
        signer_info = der(
            SEQUENCE, VERSION_1, self.signer, SHA256, der(0xA0, *attributes), ECDSA_SHA256, der(OCTETS, signature)
        )
        content = der(SEQUENCE, TST_INFO, der(0xA0, der(OCTETS, info)))
        version_3 = der(INTEGER, b"\x03")
        signed = der(SEQUENCE, version_3, der(SET, SHA256), content, self.certificates, der(SET, signer_info))
        return der(SEQUENCE, SIGNED_DATA, der(0xA0, signed))


class SandboxTimeStamper:
    """The port, answered in this process; what it gives is checked like anybody else's."""

    def __init__(self, authority: SandboxTimeAuthority):
        self.authority = authority
        self.trust = TimeTrust([authority.root])

    def stamp(self, digest: bytes) -> Stamp:
        question = question_about(digest, self.authority.clock())
        reply = self.authority.answer(question.to_der())
        return stamp_from(reply, question, self.trust, self.authority.clock())


@lru_cache(maxsize=1)
def open_sandbox_time(pki_dir: Path, passphrase: str) -> SandboxTimeAuthority:
    """The authority under `pki_dir`. Raises StampUnavailable while there is none."""
    files = time_files(pki_dir)
    if not files.unit_p12.exists():
        raise StampUnavailable("Pas d’horodatage de bac à sable : lancez manage.py make_sandbox_authority.")
    return SandboxTimeAuthority(read_key(files.unit_p12, files.passphrase, passphrase))
