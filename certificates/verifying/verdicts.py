"""What a check of a PDF can conclude; apart from the check itself, so that pages need not load a PDF reader."""

from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

LARGEST_BYTES = 1024 * 1024


class Verdict(StrEnum):
    """What the file turned out to be."""

    INTACT = "intact"  # sealed by us, whole, nothing changed since
    ALTERED = "altered"  # carries a seal that no longer covers what is there
    REVOKED = "revoked"  # sealed by us and whole, with a seal that was revoked before anything proves it was there
    EXPIRED = "expired"  # sealed by us and whole, but nothing proves that it was so before the seal's certificate ended
    COMPROMISED = "compromised"  # whole, with a key of ours that others may have used, and nothing proves it was before
    UNREGISTERED = "unregistered"  # whole, under a root of ours, with a seal that is none of ours
    FOREIGN = "foreign"  # sealed, whole, by somebody else
    UNSEALED = "unsealed"  # a PDF without exactly one seal
    UNREADABLE = "unreadable"  # not a PDF we can read


@dataclass(frozen=True)
class Check:
    """The verdict; of the seal when there is one: the name in its certificate, the SHA-256 of that, and since when a
    time-stamp we believe proves it to be there."""

    verdict: Verdict
    sealed_by: str = ""
    seal_sha256: str = ""
    proven_at: datetime | None = None

    def to_json(self) -> dict:
        return {**asdict(self), "proven_at": self.proven_at and self.proven_at.isoformat()}

    @classmethod
    def from_json(cls, fields: dict) -> "Check":
        proven_at = fields["proven_at"]
        verdict = Verdict(fields["verdict"])
        return cls(**{**fields, "verdict": verdict, "proven_at": proven_at and datetime.fromisoformat(proven_at)})

    @property
    def is_intact(self) -> bool:
        return self.verdict not in (Verdict.ALTERED, Verdict.UNSEALED, Verdict.UNREADABLE)

    @property
    def is_ours(self) -> bool:
        return self.verdict == Verdict.INTACT
