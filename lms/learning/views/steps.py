"""The steps of a course as the outline component lists them."""

from typing import NamedTuple

from courses.outline import Outline, OutlineItem


class Step(NamedTuple):
    """One line of the outline; `state` is done, todo or locked (nothing opens before one is enrolled)."""

    title: str
    url: str | None
    minutes: int
    kind: str
    state: str
    is_current: bool


def steps(outline: Outline, done_ids: set[int], current: OutlineItem | None = None, is_open: bool = True) -> list[Step]:
    """The lines of the outline, in order."""
    return [
        Step(
            item.title,
            item.url if is_open else None,
            item.minutes,
            item.kind,
            "done" if item.id in done_ids else "todo" if is_open else "locked",
            item is current,
        )
        for item in outline.items
    ]
