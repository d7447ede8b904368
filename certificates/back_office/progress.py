"""How far a batch is."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from certificates.models import ActBatch, ActLine, BatchLine, IssueBatch

Issued, Acted = BatchLine.Outcome, ActLine.Outcome
SETTLED = (Issued.ISSUED, Issued.HELD, Issued.FAILED)
ACTED = (Acted.DONE, Acted.REFUSED, Acted.FAILED)


@dataclass(frozen=True)
class Progress:
    """How many lines there are of each outcome, in words; `percent` (0 to 100) of them are settled."""

    counts: list[tuple[str, int]]
    total: int
    percent: int


def progress_of(batch: IssueBatch) -> Progress:
    """One query, whatever the number of lines."""
    lines = BatchLine.objects.with_outcome(batch).iterator()
    return _progress((line.result for line in lines), Issued, SETTLED)


def progress_of_acts(batch: ActBatch) -> Progress:
    """The same, of a batch of acts."""
    lines = ActLine.objects.with_outcome(batch).iterator()
    return _progress((line.settled for line in lines), Acted, ACTED)


def _progress(outcomes: Iterable, known, settled) -> Progress:
    counts = Counter(outcomes)
    total = sum(counts.values())
    told = [(outcome.label, counts[outcome]) for outcome in known if counts[outcome]]
    return Progress(told, total, 100 * sum(counts[outcome] for outcome in settled) // total if total else 0)
