"""The ports of whoever holds a key: it is given digests, never documents; or, for lack of that, whole documents."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from lms.core.jobs import NotYet


class SealerRefused(Exception):
    """Sealing is not allowed here, or the holder of the key gave back something that does not verify."""


class SealerUnavailable(Exception):
    """The holder of the key does not answer for now; the job will try again."""


class QuotaReached(SealerUnavailable, NotYet):
    """The key gave in this hour all the signatures it may; the job waits for the next, which costs it no attempt."""

    def __init__(self, message: str, until: datetime):
        super().__init__(message)
        self.until = until


class KeyHolder(Protocol):
    """Where one private key is: a file of the sandbox, a token, a remote service. What it gives is not checked yet."""

    def sign_digests(self, digests: Sequence[bytes]) -> list[bytes]:
        """The signature of each, in the same order: DER for ECDSA, 64 bytes for Ed25519.

        Raises SealerUnavailable, SealerRefused.
        """


class Sealer(KeyHolder, Protocol):
    """An organisational seal, ECDSA on P-256 with SHA-256.

    `certificate` and `chain` are DER: the seal's certificate, then those above it, root left out.
    """

    certificate: bytes
    chain: Sequence[bytes]
    is_sandbox: bool


class DocumentSealer(Protocol):
    """A seal that is laid by someone else, on whole documents."""

    certificate: bytes
    chain: Sequence[bytes]
    is_sandbox: bool

    def seal(self, drawn: bytes) -> bytes:
        """The drawn document with its seal, checked. Raises SealerUnavailable, SealerRefused."""
