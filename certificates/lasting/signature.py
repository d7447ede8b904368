"""A document sealed, and its signature time-stamped at once when the time can be had: nobody waits for it."""

import hashlib
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass

from certificates.lasting.port import Stamp, StampRefused, StampUnavailable, TimeStamper
from certificates.sealing.cms import CmsMould
from certificates.sealing.document import seal_documents
from certificates.sealing.port import DocumentSealer, Sealer

logger = logging.getLogger(__name__)

# What asking for the time of documents sealed together may take in all, so that a slow service keeps none of them waiting.
STAMPING_SECONDS = 10


@dataclass(frozen=True)
class SealedDocument:
    """The bytes, whose seal closed them, and when an authority saw the signature: `stamp` is None at level B-B."""

    content: bytes
    seal_sha256: str
    is_specimen: bool
    stamp: Stamp | None = None


class Patience:
    """A while that begins when it is first asked of."""

    def __init__(self, seconds: float):
        self.seconds = seconds
        self.until: float | None = None

    @property
    def is_over(self) -> bool:
        now = time.monotonic()
        if self.until is None:
            self.until = now + self.seconds
        return now >= self.until


class FirstStamp:
    """Asks once for the time of one signature; without an answer that fits, or once the patience shared with others is over,
    the seal goes without and is upgraded later.
    """

    def __init__(self, stamper: TimeStamper | None, patience: Patience):
        self.stamper, self.patience = stamper, patience
        self.stamp: Stamp | None = None

    def __call__(self, digest: bytes, room: int) -> bytes:
        if self.stamper is None or self.patience.is_over:
            return b""
        try:
            stamp = self.stamper.stamp(digest)
        except (StampUnavailable, StampRefused) as failure:
            logger.warning("Scellé sans horodatage, qui sera ajouté plus tard : %s", failure)
            return b""
        if len(stamp.token) > room:
            logger.warning("Le jeton d’horodatage (%s octets) ne tient pas dans le cachet.", len(stamp.token))
            return b""
        self.stamp = stamp
        return stamp.token


def seal_and_stamp(drawn: bytes, sealer: Sealer | DocumentSealer, stamper: TimeStamper | None) -> SealedDocument:
    """Seal a drawn document: PAdES B-T when the time-stamp authority answers at once, else B-B."""
    (sealed,) = seal_and_stamp_all([drawn], sealer, stamper)
    return sealed


def seal_and_stamp_all(
    drawn: Sequence[bytes], sealer: Sealer | DocumentSealer, stamper: TimeStamper | None
) -> list[SealedDocument]:
    """The same for several, whose seals are asked for together; one by one where documents are sealed whole."""
    seal = hashlib.sha256(sealer.certificate).hexdigest()
    if hasattr(sealer, "seal"):
        return [SealedDocument(sealer.seal(one), seal, sealer.is_sandbox) for one in drawn]
    patience = Patience(STAMPING_SECONDS)
    firsts = [FirstStamp(stamper, patience) for _ in drawn]
    contents = seal_documents(drawn, CmsMould(sealer), firsts)
    return [
        SealedDocument(content, seal, sealer.is_sandbox, first.stamp)
        for content, first in zip(contents, firsts, strict=True)
    ]
