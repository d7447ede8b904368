"""What becomes of the mark of a question that turned out faulty, and what that does to a mark as a whole."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from lms.assessment.rules.scoring import is_pass, score_percent

EXCLUDE, FULL, NEW_KEY = "exclude", "full", "new_key"
# Lines that a corrected key may replace: what a person decided of one answer prevails over what a key says of all.
SAID_BY_A_KEY = ("automatic", "regrade")

Mark = tuple[Decimal, Decimal]  # points awarded, points possible


def regraded(treatment: str, kind: str | None, now: Mark | None, points: int, by_new_key: Decimal) -> Mark | None:
    """The mark of a question worth `points` once treated; None when nothing changes.

    `kind` and `now` are those of its latest line, None when it waits for a mark. Excluded, it is worth nothing out of
    nothing: the mark is made of the other questions. `by_new_key`: points the answer earns by the corrected key.
    """
    if treatment == NEW_KEY:
        if kind not in SAID_BY_A_KEY:
            return None
        treated = (by_new_key, Decimal(points))
    else:
        treated = (Decimal(0), Decimal(0)) if treatment == EXCLUDE else (Decimal(points), Decimal(points))
    return None if treated == now else treated


@dataclass(frozen=True)
class Standing:
    """An attempt before a question of it is treated: its points, whether it passed, and the mark of that question."""

    awarded: Decimal
    possible: Decimal
    pass_mark_percent: int
    is_passed: bool | None
    kind: str | None
    mark: Mark | None
    points: int
    by_new_key: Decimal


@dataclass
class Forecast:
    """What a treatment would do: attempts concerned, marks that change, rise and fall, and who would newly pass.

    `kept` counts those whose mark falls below the pass mark and who keep their pass; `awaiting` those that wait for a
    person's mark, and pass or fail later.
    """

    concerned: int = 0
    changed: int = 0
    rising: int = 0
    falling: int = 0
    newly_passed: int = 0
    kept: int = 0
    awaiting: int = 0


def forecast(treatment: str, standings: Iterable[Standing]) -> Forecast:
    """What a treatment would do to these attempts."""
    found = Forecast()
    for one in standings:
        found.concerned += 1
        found.awaiting += one.is_passed is None
        treated = regraded(treatment, one.kind, one.mark, one.points, one.by_new_key)
        if treated is None:
            continue
        found.changed += 1
        now = one.mark or (Decimal(0), Decimal(one.points))
        before = score_percent(one.awarded, one.possible)
        awarded = max(Decimal(0), one.awarded - now[0] + treated[0])
        after = score_percent(awarded, one.possible - now[1] + treated[1])
        passes = is_pass(after, one.pass_mark_percent)
        found.rising += after > before
        found.falling += after < before
        found.newly_passed += passes and one.is_passed is False
        found.kept += one.is_passed is True and not passes
    return found
