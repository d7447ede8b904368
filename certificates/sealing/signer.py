"""The key in force for a purpose, as tasks are given it: it counts, signs, and lets out no signature that does not verify."""

from collections.abc import Callable, Sequence

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature

from certificates.keys.purposes import SIGNED_BYTES
from certificates.models import SealKey
from certificates.rules.keys import COORDINATE_BYTES, PublicKey
from certificates.sealing.chain import in_der
from certificates.sealing.port import KeyHolder, SealerRefused

PREHASHED = ec.ECDSA(Prehashed(hashes.SHA256()))


class Signer:
    """One key of the register with its holder. `count(key, signatures)` raises when its quota is reached."""

    def __init__(self, key: SealKey, holder: KeyHolder, count: Callable[[SealKey, int], None]):
        self.key, self.holder, self.count = key, holder, count
        self.kid: str = key.kid
        self.public_key: PublicKey = key.public_key
        self.is_sandbox: bool = key.is_specimen
        self.taken = 0  # signatures counted already, and not made yet
        certificates = [in_der(certificate) for certificate in key.certificates]
        self.certificate, self.chain = (certificates[0], certificates[1:]) if certificates else (b"", [])

    def take(self, signatures: int) -> None:
        """Count that many now, in one query, for those asked for next a few at a time. Raises QuotaReached."""
        self.count(self.key, signatures)
        self.taken += signatures

    def sign_digests(self, digests: Sequence[bytes]) -> list[bytes]:
        """The signature of each, verified: DER for ECDSA, as CMS has it; 64 bytes for Ed25519.

        Raises SealerRefused, SealerUnavailable, QuotaReached.
        """
        if any(len(digest) != SIGNED_BYTES[self.key.algorithm] for digest in digests):
            raise SealerRefused("Une clé ne signe que des empreintes SHA-256, jamais un contenu choisi par l’appelant.")
        if self.taken < len(digests):
            self.take(len(digests) - self.taken)
        self.taken -= len(digests)
        signatures = self.holder.sign_digests(digests)
        if len(signatures) != len(digests):
            raise SealerRefused(f"{len(digests)} empreintes confiées à la clé, {len(signatures)} signatures rendues.")
        for signature, digest in zip(signatures, digests, strict=True):
            verify(self.public_key, signature, digest)
        return signatures

    def sign_raw(self, digests: Sequence[bytes]) -> list[bytes]:
        """The same, 64 bytes each, as JWT, COSE and proofs of credentials have it (RFC 7518, 3.4; RFC 9053, 2.1)."""
        return [
            raw_form(signature) if is_ecdsa(self.public_key) else signature for signature in self.sign_digests(digests)
        ]


def is_ecdsa(public_key: PublicKey) -> bool:
    return isinstance(public_key, ec.EllipticCurvePublicKey)


def raw_form(signature: bytes) -> bytes:
    """r then s, of a DER signature on P-256."""
    return b"".join(number.to_bytes(COORDINATE_BYTES) for number in decode_dss_signature(signature))


def verify(public_key: PublicKey, signature: bytes, digest: bytes) -> None:
    """Raises SealerRefused when this is not the key's signature of the digest."""
    try:
        if isinstance(public_key, ed25519.Ed25519PublicKey):
            public_key.verify(signature, digest)
        else:
            public_key.verify(signature, digest, PREHASHED)
    except InvalidSignature as error:
        raise SealerRefused(
            "La signature rendue ne se vérifie pas avec la clé publique du registre : la clé n’est pas la sienne."
        ) from error
