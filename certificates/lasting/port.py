"""The ports of those a seal needs in order to last: who gives the time, and who says whether a certificate is revoked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from cryptography import x509


class StampUnavailable(Exception):
    """The time-stamp service does not answer for now: away, slow, refusing, or spared for a while."""


class StampRefused(Exception):
    """What the service gave back is not what was asked, or not from whom we trust: it enters no file."""


class RevocationUnavailable(Exception):
    """Nobody says for now, or recently enough, whether a certificate is revoked."""


class CertificateRevoked(Exception):
    """A certificate under the seal or the time-stamp is revoked."""


@dataclass(frozen=True)
class Stamp:
    """A time-stamp token (RFC 3161, DER), checked: when it was made, and the certificates of who made it, signer first.

    The last of `chain` is the trusted root.
    """

    token: bytes
    made_at: datetime
    chain: tuple[x509.Certificate, ...]

    @property
    def signer(self) -> x509.Certificate:
        return self.chain[0]


class TimeStamper(Protocol):
    """An authority that tells when a digest existed."""

    def stamp(self, digest: bytes) -> Stamp:
        """A checked token over this SHA-256 digest. Raises StampUnavailable, StampRefused."""


@dataclass(frozen=True)
class Answer:
    """What an authority says of one certificate it issued, DER: an OCSP response, or a CRL, and since when it is so."""

    content: bytes
    is_ocsp: bool
    as_of: datetime
    good_until: datetime


class RevocationSource(Protocol):
    """Whoever says whether certificates are revoked."""

    def ask(self, certificate: x509.Certificate, issuer: x509.Certificate) -> Iterable[bytes]:
        """Raw answers, DER, to be checked by whom asks. Raises RevocationUnavailable."""
