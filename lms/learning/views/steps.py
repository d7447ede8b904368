"""The steps of a course as the outline component lists them, in its modules."""

from itertools import groupby
from typing import NamedTuple

from django.core.cache import caches
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from courses.outline import Outline, OutlineItem
from lms.learning.study import Study

LINES = "[[lines]]"  # where the lines of a module go in its frame, kept rendered


class Module(NamedTuple):
    """What the outline says above the steps of one module; `is_open` when they show without being asked for."""

    title: str
    introduction: str
    done: int
    total: int
    minutes: int
    is_open: bool


class Step(NamedTuple):
    """One line of the outline; `state` is done, todo or locked (nothing opens before one is enrolled)."""

    number: int
    title: str
    url: str | None
    minutes: int
    kind: str
    state: str
    is_current: bool
    module: Module | None = None


def steps(
    outline: Outline,
    done_ids: set[int],
    current: OutlineItem | None = None,
    is_open: bool = True,
    following: OutlineItem | None = None,
) -> list[Step]:
    """The lines of the outline, in order. The module of `current`, else of what comes next, else the first, is open."""
    todo = "todo" if is_open else "locked"
    shown = current or following or next(iter(outline.items), None)
    found = []
    for module, items in _by_module(outline):
        head = module and _module(module, items, done_ids, module is shown.module)
        found += [
            _step(item, "done" if item.id in done_ids else todo, item is current, is_open, head) for item in items
        ]
    return found


def outline_html(study: Study, current: OutlineItem | None) -> SafeString:
    """The whole outline as `components/outline.html` renders it, joined from pieces kept rendered.

    A lesson page shows it twice (a phone's, a desk's) and it may have fifty lines: rendering it anew would be most of the page.
    """
    key = f"learning.outline:{study.outline.id}:{study.version}:{get_language()}"
    pieces = caches["local"].get(key)
    if pieces is None:
        pieces = [_rendered(module, items) for module, items in _by_module(study.outline)]
        caches["local"].set(key, pieces)
    done, html = study.done_ids, []
    for items, frames, lines in pieces:
        picked = "".join(
            states[(item.id in done) + 2 * (item is current)] for item, states in zip(items, lines, strict=True)
        )
        if frames:
            before, after = frames[sum(item.id in done for item in items)][current in items]
            picked = f"{before}{picked}{after}"
        html.append(picked)
    return mark_safe(f'<ol class="outline" role="list">{"".join(html)}</ol>')  # noqa: S308 - rendered by templates


def _by_module(outline: Outline):
    """The modules (None: no module) and their items, in order."""
    return [(module, list(items)) for module, items in groupby(outline.items, key=lambda item: item.module)]


def _rendered(module, items: list[OutlineItem]):
    """The items, the frame of their module (before and after its lines; by how many are done, closed and open), the lines."""
    frames = []
    if module:
        template = get_template("components/outline_module.html")
        for count in range(len(items) + 1):
            heads = [_module(module, items, {item.id for item in items[:count]}, is_open) for is_open in (False, True)]
            frames.append([template.render({"module": head, "lines": LINES}).split(LINES) for head in heads])
    return items, frames, [_lines(item) for item in items]


def _lines(item: OutlineItem) -> tuple[str, ...]:
    """The line in each of its states: todo, done, todo and current, done and current."""
    template = get_template("components/outline_item.html")
    return tuple(
        template.render({"item": _step(item, state, is_current), "number": item.position})
        for is_current in (False, True)
        for state in ("todo", "done")
    )


def _module(module, items: list[OutlineItem], done_ids: set[int], is_open: bool) -> Module:
    done, minutes = sum(item.id in done_ids for item in items), sum(item.minutes for item in items)
    return Module(module.title, module.introduction, done, len(items), minutes, is_open)


def _step(item: OutlineItem, state: str, is_current: bool, is_open: bool = True, module: Module | None = None) -> Step:
    url = item.url if is_open else None
    return Step(item.position, item.title, url, item.minutes, item.kind, state, is_current, module)
