"""The one completion rule, what each fact changes, and what to do next."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from typing import Any, Protocol

from django.utils.translation import gettext as _

LESSON, QUIZ = "lesson", "quiz"
# Silent reading goes at about 240 words a minute (Brysbaert 2019, Journal of Memory and Language 109, 104047); past
# 600, little is understood (Rayner et al. 2016, Psychological Science in the Public Interest 17).
FASTEST_WORDS_PER_MINUTE = 600


class Item(Protocol):
    """One thing to do in a course: a published lesson (`kind` "lesson") or quiz ("quiz")."""

    id: int
    kind: str
    title: str
    module: Any  # None, or what has a `title`
    first_published_at: datetime.datetime | None
    published_at: datetime.datetime | None


@dataclass(frozen=True)
class Progress:
    """What is true now of one item; the values are those of `ItemProgress`."""

    completion: str = "unknown"
    success: str = "unknown"
    score_percent: Decimal | None = None
    updated_at: datetime.datetime | None = None
    is_asked_again: bool = False


@dataclass(frozen=True)
class Condition:
    """One condition of a course: whether it is met, the fact that met it (or what is missing), and since when.

    `module` is the title of the module it is in, "" for none.
    """

    code: str
    label: str
    is_met: bool
    fact: str
    at: datetime.datetime | None = None
    module: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"at": self.at.isoformat() if self.at else None}


@dataclass(frozen=True)
class News:
    """What happened to a course under way after a learner last did something in it, at `since`."""

    since: datetime.datetime
    added: list[Any]
    changed: list[Any]

    def __bool__(self) -> bool:
        return bool(self.added or self.changed)


NOTHING_YET = Progress()


def is_done(kind: str, completion: str, success: str) -> bool:
    """Whether an item asks for nothing more: a lesson is completed, a quiz is passed."""
    return success == "passed" if kind == QUIZ else completion == "completed"


def conditions(items: Iterable[Item], progress: Mapping[int, Progress]) -> list[Condition]:
    """Each condition of a course and its state: every published lesson completed, every published quiz passed.

    What was unpublished is not among `items` and does not block; progress on it is simply not asked for.
    """
    return [_condition(item, progress.get(item.id, NOTHING_YET)) for item in items]


def are_met(all_conditions: Sequence[Condition]) -> bool:
    """Whether the course is completed; a course that asks for nothing cannot be."""
    return bool(all_conditions) and all(condition.is_met for condition in all_conditions)


def after(progress: Progress, kind: str, score: Decimal | None, at: datetime.datetime) -> Progress:
    """The progress on an item once a fact of this `kind` ("started", "completed", "passed", "failed", "asked_again") is known.

    Nothing done is ever undone: a late start or a failure after a success changes neither completion nor success.
    The score kept is the best one (0 to 100). What is asked again stays done, and is no more once it is done anew.
    """
    if kind == "asked_again":
        is_done = progress.completion == "completed"
        return replace(progress, is_asked_again=True) if is_done else progress
    completion, success = progress.completion, progress.success
    if kind in ("completed", "passed"):
        completion = "completed"
    elif completion == "unknown":
        completion = "incomplete"
    if kind == "passed" or (kind == "failed" and success == "unknown"):
        success = kind
    best = max((s for s in (progress.score_percent, score) if s is not None), default=None)
    again = progress.is_asked_again and kind != "completed"
    changed = replace(progress, completion=completion, success=success, score_percent=best, is_asked_again=again)
    return progress if changed == progress else replace(changed, updated_at=at)


def news(items: Iterable[Item], progress: Mapping[int, Progress], enrolled_at: datetime.datetime) -> News:
    """What was added and is still to be done, and what was published anew after it was done.

    Since the last thing done, or the enrolment. What is to be done and has changed is no news: it is read as it is now.
    """
    since = max((known.updated_at for known in progress.values() if known.updated_at), default=enrolled_at)
    added, changed = [], []
    for item in items:
        known = progress.get(item.id, NOTHING_YET)
        if is_done(item.kind, known.completion, known.success):
            if item.published_at and item.published_at > since:
                changed.append(item)
        elif item.first_published_at and item.first_published_at > since:
            added.append(item)
    return News(since, added, changed)


def score_of(value: Mapping[str, Any]) -> Decimal | None:
    """The score (0 to 100) that a fact carries as {"score_percent": "85.00"}, if any."""
    return Decimal(value["score_percent"]) if value.get("score_percent") is not None else None


def next_item(items: Sequence[Any], done_ids: set[int], last_id: int | None) -> Any | None:
    """Where to go on: the page last read when it is not done, else the first undone after it, else the first undone.

    `items` have an `id`. None when everything is done.
    """
    undone = [item for item in items if item.id not in done_ids]
    places = {item.id: place for place, item in enumerate(items)}
    last_place = places.get(last_id, -1)
    return next((item for item in undone if places[item.id] >= last_place), undone[0] if undone else None)


def least_reading_seconds(words: int) -> int:
    """The time below which so many words cannot have been read, in seconds."""
    return 60 * words // FASTEST_WORDS_PER_MINUTE


def progress_percent(done: int, total: int) -> int:
    """Share of the items done, 0 to 100; 100 only when all are."""
    return 100 * done // total if total else 0


def _condition(item: Item, progress: Progress) -> Condition:
    if item.kind == QUIZ:
        label = _("Évaluation « %(title)s » réussie") % {"title": item.title}
    else:
        label = _("Leçon « %(title)s » terminée") % {"title": item.title}
    is_met = is_done(item.kind, progress.completion, progress.success)
    return Condition(
        f"{item.kind}:{item.id}",
        label,
        is_met,
        _fact(item.kind, progress, is_met),
        progress.updated_at if is_met else None,
        item.module.title if item.module else "",
    )


def _fact(kind: str, progress: Progress, is_met: bool) -> str:
    score = "–" if progress.score_percent is None else f"{progress.score_percent.normalize():f}".replace(".", ",")
    if kind == LESSON:
        if is_met:
            return _("Vous l’avez terminée.")
        return _("Ouverte, pas encore terminée.") if progress.completion == "incomplete" else _("Pas encore terminée.")
    if is_met:
        return _("Réussie avec %(score)s %%.") % {"score": score}
    if progress.success == "failed":
        return _("Pas encore réussie ; meilleure note : %(score)s %%.") % {"score": score}
    return _("Pas encore passée.")
