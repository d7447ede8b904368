"""The steps of a course as the outline component lists them."""

from typing import NamedTuple

from django.core.cache import caches
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from courses.outline import Outline, OutlineItem
from lms.learning.study import Study


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
    todo = "todo" if is_open else "locked"
    return [_step(item, "done" if item.id in done_ids else todo, item is current, is_open) for item in outline.items]


def outline_html(study: Study, current: OutlineItem | None) -> SafeString:
    """The whole outline as `components/outline.html` renders it, joined from lines kept rendered.

    A lesson page shows it twice (a phone's, a desk's) and it may have fifty lines: rendering it anew would be most of the page.
    """
    key = f"learning.outline:{study.outline.id}:{study.version}:{get_language()}"
    lines = caches["local"].get(key)
    if lines is None:
        lines = [_rendered(item) for item in study.outline.items]
        caches["local"].set(key, lines)
    done = study.done_ids
    picked = [
        states[(item.id in done) + 2 * (item is current)]
        for item, states in zip(study.outline.items, lines, strict=True)
    ]
    return mark_safe(f'<ol class="outline" role="list">{"".join(picked)}</ol>')  # noqa: S308 - rendered by templates


def _rendered(item: OutlineItem) -> tuple[str, ...]:
    """The line in each of its states: todo, done, todo and current, done and current."""
    template = get_template("components/outline_item.html")
    return tuple(
        template.render({"item": _step(item, state, is_current), "number": item.position})
        for is_current in (False, True)
        for state in ("todo", "done")
    )


def _step(item: OutlineItem, state: str, is_current: bool, is_open: bool = True) -> Step:
    return Step(item.title, item.url if is_open else None, item.minutes, item.kind, state, is_current)
