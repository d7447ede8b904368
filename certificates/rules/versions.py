"""Rules of substantial versions, pure: what a holder is asked to read, and what doing so proves.

A line is one lesson of a version: {"id", "title", "change", "revision", "same"}, as `SubstantialVersion.changes` keeps it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from certificates.snapshot import AttestedLevel

ADDED, CHANGED, REMOVED = "added", "changed", "removed"


def has_read(line: Mapping[str, Any], revisions: Collection[int]) -> bool:
    """Whether who read these revisions of a lesson knows what a line asks: that one, a later one, or one that says the same."""
    asked = line["revision"] or 0
    return any(revision >= asked for revision in revisions) or bool(set(revisions) & set(line["same"]))


def lessons_to_read(versions: Iterable[Sequence[Mapping]], read: Mapping[int, Collection[int]]) -> list[Mapping]:
    """What changed since a holder was certified, from the lines of each version since, oldest first: each lesson once, as the
    last version has it, without those removed since nor those they had read as they are now.

    `read`: the revisions of each lesson, by its id, that they had read when they were certified.
    """
    found: dict[int, Mapping] = {}
    for lines in versions:
        for line in lines:
            found.pop(line["id"], None)
            if line["change"] != REMOVED:
                found[line["id"]] = line
    return [line for line in found.values() if not has_read(line, read.get(line["id"], ()))]


def kept_levels(
    former: Sequence[AttestedLevel], today: Sequence[AttestedLevel], is_tested: bool
) -> tuple[AttestedLevel, ...]:
    """The levels a certificate brought up to date attests: those of the former one, none that the course leads to no more,
    and the lower of the two where the course changed it; none without a test of what changed.
    """
    if not is_tested:
        return ()
    now = {row.code: row for row in today}
    return tuple(min(row, now[row.code], key=lambda each: each.level) for row in former if row.code in now)
