"""The public half of a seal kept in a token: its certificate, those above it and the root, read from PEM files and checked.

No key is needed here, so any process may read it: the one that seals, and the one that warns of its end.
"""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from certificates.authority import is_sandbox
from certificates.sealing.port import SealerRefused


@dataclass(frozen=True)
class SealChain:
    """A seal's certificate, those above it from the nearest up, and the root that is not sent with the seal."""

    seal: x509.Certificate
    above: tuple[x509.Certificate, ...]
    root: x509.Certificate

    @property
    def is_sandbox(self) -> bool:
        """Whether any of them was made by our sandbox: what it seals is a specimen."""
        return any(is_sandbox(certificate) for certificate in (self.seal, *self.above, self.root))


def read_chain(certificates: Path, root: Path) -> SealChain:
    """The chain in `certificates` (the seal first), up to the one in `root`.

    Raises SealerRefused, in French, when a file cannot be read or the chain cannot seal.
    """
    try:
        seal, *above = x509.load_pem_x509_certificates(Path(certificates).read_bytes())
        top = x509.load_pem_x509_certificate(Path(root).read_bytes())
    except (OSError, ValueError) as error:
        raise SealerRefused(f"Les certificats du cachet ne se lisent pas : {error}") from error
    chain = SealChain(seal, tuple(certificate for certificate in above if certificate != top), top)
    for lower, upper in pairwise((chain.seal, *chain.above, chain.root)):
        if not is_issued_by(lower, upper):
            raise SealerRefused(
                f"La chaîne du cachet est rompue : « {name_of(lower)} » n’est pas délivré par « {name_of(upper)} » "
                "(dans l’ordre : le cachet, ceux au-dessus, puis la racine de LMS_SEAL_ROOT)."
            )
    if not is_fit_to_seal(seal):
        raise SealerRefused("Le premier certificat doit être un cachet : clé EC P-256, usage « nonRepudiation ».")
    return chain


def is_issued_by(lower: x509.Certificate, upper: x509.Certificate) -> bool:
    try:
        lower.verify_directly_issued_by(upper)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def is_fit_to_seal(certificate: x509.Certificate) -> bool:
    """A P-256 key that may commit its holder (ETSI EN 319 412-3; verifiers ask for it)."""
    key = certificate.public_key()
    if not (isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1)):
        return False
    try:
        return certificate.extensions.get_extension_for_class(x509.KeyUsage).value.content_commitment
    except x509.ExtensionNotFound:
        return False


def name_of(certificate: x509.Certificate) -> str:
    """The common name of its holder, or the whole name when there is none."""
    names = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(names[0].value) if names else certificate.subject.rfc4514_string()


def in_der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.DER)
