"""The public half of a seal: its certificate, those above it and the root, read from PEM and checked.

No key is needed here, so any process may read it: the one that seals, and the one that warns of its end.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from certificates.keys.authority import is_sandbox
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

    @property
    def sent(self) -> tuple[x509.Certificate, ...]:
        """Those that go with a signature: all but the root."""
        return self.seal, *self.above


def read_chain(certificates: Path, root: Path) -> SealChain:
    """The chain in the file `certificates` (the seal first), up to the one in `root`.

    Raises SealerRefused, in French, when a file cannot be read or the chain cannot seal.
    """
    return chain_under(certificates_from(certificates), certificates_from(root)[:1])


def certificates_from(file: Path) -> list[x509.Certificate]:
    """Those of a PEM file. Raises SealerRefused."""
    try:
        return x509.load_pem_x509_certificates(Path(file).read_bytes())
    except (OSError, ValueError) as error:
        raise SealerRefused(f"Les certificats du cachet ne se lisent pas : {error}") from error


def chain_under(certificates: Iterable[x509.Certificate], roots: Iterable[x509.Certificate]) -> SealChain:
    """These certificates, the seal first, under whichever of the roots is above them. Raises SealerRefused."""
    roots = list(roots)
    seal, *above = certificates
    above = tuple(certificate for certificate in above if certificate not in roots)
    top = (seal, *above)[-1]
    root = next((one for one in roots if is_issued_by(top, one)), roots[0] if roots else None)
    if root is None:
        raise SealerRefused("Aucune racine de cachet n’est reconnue : réglez LMS_SEAL_ROOT.")
    for lower, upper in pairwise((seal, *above, root)):
        if not is_issued_by(lower, upper):
            raise SealerRefused(
                f"La chaîne du cachet est rompue : « {name_of(lower)} » n’est pas délivré par « {name_of(upper)} » "
                "(dans l’ordre : le cachet, ceux au-dessus, puis la racine de LMS_SEAL_ROOT)."
            )
    if not is_fit_to_seal(seal):
        raise SealerRefused("Le premier certificat doit être un cachet : clé EC P-256, usage « nonRepudiation ».")
    return SealChain(seal, above, root)


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


def in_pem(certificates: Iterable[x509.Certificate]) -> str:
    """One after the other."""
    return "".join(one.public_bytes(serialization.Encoding.PEM).decode() for one in certificates)
