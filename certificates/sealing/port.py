"""The port of whoever holds the key of the seal: it is given digests, never documents."""

from collections.abc import Sequence
from typing import Protocol


class SealerRefused(Exception):
    """Sealing is not allowed here, or the holder of the key gave back something that does not verify."""


class SealerUnavailable(Exception):
    """The holder of the key does not answer for now; the job will try again."""


class Sealer(Protocol):
    """An organisational seal, ECDSA on P-256 with SHA-256.

    `certificate` and `chain` are DER: the seal's certificate, then those above it, root left out.
    """

    certificate: bytes
    chain: Sequence[bytes]
    is_sandbox: bool

    def sign_digests(self, digests: Sequence[bytes]) -> list[bytes]:
        """The DER signature of each SHA-256 digest, in the same order."""
