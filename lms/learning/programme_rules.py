"""The one rule of programmes: which courses count, whether the whole is completed, and what to follow next."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol


class Part(Protocol):
    """One course of a programme, in its place."""

    course_id: int
    is_required: bool


@dataclass(frozen=True)
class Tally:
    """How much of a programme counts: `met` of the `asked` courses, of which optional ones are `optional_left` short.

    Optional courses beyond those asked for are in neither figure.
    """

    met: int
    asked: int
    optional_left: int

    @property
    def is_completed(self) -> bool:
        """A programme that asks for nothing cannot be completed."""
        return self.asked > 0 and self.met == self.asked

    @property
    def percent(self) -> int:
        """0 to 100; 100 only when it is completed."""
        return 100 * self.met // self.asked if self.asked else 0


def tally(parts: Sequence[Part], counting: Collection[int], optional_count: int) -> Tally:
    """Every required course counts, and at least `optional_count` of the others. `counting`: ids of courses that do.

    What was unpublished or archived since is still asked for, until whoever keeps the programme takes it out of it: a
    certificate is never given for want of a course.
    """
    required = [part for part in parts if part.is_required]
    required_met = sum(part.course_id in counting for part in required)
    optional_met = min(optional_count, sum(part.course_id in counting for part in parts if not part.is_required))
    return Tally(required_met + optional_met, len(required) + optional_count, optional_count - optional_met)


def counting_courses(completed: Collection[int], certified: Collection[int], needs_certificates: bool) -> set[int]:
    """The courses that count: those completed, and certified too where certificates are asked for."""
    return set(completed) & set(certified) if needs_certificates else set(completed)


def next_part(parts: Sequence[Part], done: Collection[int], possible: Collection[int], optional_left: int):
    """The first course, in order, that is still asked for: not `done`, and `possible` to follow; None when there is none."""
    return next(
        (
            part
            for part in parts
            if part.course_id not in done and part.course_id in possible and (part.is_required or optional_left > 0)
        ),
        None,
    )
