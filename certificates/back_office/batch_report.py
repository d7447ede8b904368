"""How far a batch is."""

from collections import Counter
from dataclasses import dataclass

from certificates.models import BatchLine, IssueBatch

Outcome = BatchLine.Outcome
SETTLED = (Outcome.ISSUED, Outcome.HELD, Outcome.FAILED)


@dataclass(frozen=True)
class Progress:
    """How many lines there are of each outcome, in words; `percent` (0 to 100) of them are settled."""

    counts: list[tuple[str, int]]
    total: int
    percent: int


def progress_of(batch: IssueBatch) -> Progress:
    """One query, whatever the number of lines."""
    counts = Counter(line.result for line in BatchLine.objects.with_outcome(batch).iterator())
    total = sum(counts.values())
    told = [(outcome.label, counts[outcome]) for outcome in Outcome if counts[outcome]]
    return Progress(told, total, 100 * sum(counts[outcome] for outcome in SETTLED) // total if total else 0)
