"""Whoever signs credentials: one key of one purpose, given digests."""

from collections.abc import Sequence
from typing import Protocol


class Signing(Protocol):
    """A key in force: its public name, and its signatures in the form of JWT, COSE and proofs (64 bytes each)."""

    kid: str

    def sign_raw(self, digests: Sequence[bytes]) -> list[bytes]:
        """Of each: a SHA-256 digest for ES256; two, one after the other, for Ed25519."""

    def take(self, signatures: int) -> None:
        """Take that many out of its quota at once, for those asked for next. Raises QuotaReached."""
