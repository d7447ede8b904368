"""How a question is put to a learner and how the form comes back.

A page never carries the ids of a question's content: it carries places in the order served, which is shuffled for each
attempt. A form field is named « q<position> » (choices, texts) or « q<position>-<place> » (one select by line, one field
by gap).
"""

from collections.abc import Mapping
from random import Random
from typing import Any

MAX_TEXT = 500
MAX_LONG_TEXT = 50_000  # characters of an essay, of an opinion in full
LONG = ("essay", "text")
TRUE_FALSE = {"0": True, "1": False}


def shuffled_order(type: str, content: dict, random: Random) -> dict:
    """The order in which the options, right sides or items of a question are shown: {"options": [id, …]} and so on.

    Of a text with gaps, {gap id: [id, …]} for those filled from a list. The options of an opinion keep their order.
    """
    if type == "gap_fill":
        lists = {gap["id"]: shuffled_order(gap["type"], gap, random) for gap in content["gaps"]}
        return {gap: order["options"] for gap, order in lists.items() if order}
    if type == "survey":
        return {"options": [option["id"] for option in content["options"]]} if "options" in content else {}
    part = {"single": "options", "multiple": "options", "matching": "right", "ordering": "items"}.get(type)
    if part is None:
        return {}
    ids = [entry["id"] for entry in content[part]]
    random.shuffle(ids)
    return {part: ids}


def in_order(content: dict, order: dict) -> list[dict]:
    """What was shuffled, as shown."""
    for part, ids in order.items():
        entries = {entry["id"]: entry for entry in content[part]}
        return [entries[id] for id in ids]
    return []


def texts_in_order(content: dict, order: dict) -> list[str]:
    """The texts of what was shuffled, as shown."""
    return [entry["text"] for entry in in_order(content, order)]


def read_response(type: str, content: dict, order: dict, position: int, form: Mapping[str, list[str]]) -> Any:
    """The answer a form gives to the question at `position`, in the terms of its content; None when not answered.

    `form` maps each field to its values. What was not proposed is left out, never an error.
    """
    name = f"q{position}"
    values = form.get(name, [])
    first = values[0] if values else ""
    if type == "survey":
        type = content["form"]
    if type == "gap_fill":
        return _read_gaps(content, order, name, form)
    if type in ("single", "scale"):
        return _at(order["options"], first)
    if type == "multiple":
        picks = [_at(order["options"], value) for value in values]
        return sorted({pick for pick in picks if pick is not None}) or None
    if type == "true_false":
        return TRUE_FALSE.get(first)
    if type == "matching":
        given = {left["id"]: _at(order["right"], _first(form, f"{name}-{i}")) for i, left in enumerate(content["left"])}
        return {left: right for left, right in given.items() if right is not None} or None
    if type == "ordering":
        ranks = {
            id: _at(range(len(order["items"])), _first(form, f"{name}-{i}")) for i, id in enumerate(order["items"])
        }
        return {id: rank for id, rank in ranks.items() if rank is not None} or None
    return _text(first, MAX_LONG_TEXT if type in LONG else MAX_TEXT)


def _read_gaps(content: dict, order: dict, name: str, form: Mapping[str, list[str]]) -> dict | None:
    """What each gap was filled with: the id of an option, or a text."""
    given = {}
    for place, gap in enumerate(content["gaps"]):
        value = _first(form, f"{name}-{place}")
        given[gap["id"]] = _at(order[gap["id"]], value) if gap["type"] == "single" else _text(value, MAX_TEXT)
    return {gap: value for gap, value in given.items() if value is not None} or None


def _text(value: str, longest: int) -> str | None:
    return value.replace("\x00", "").strip()[:longest] or None


def given_places(type: str, content: dict, order: dict, response: Any) -> list[int]:
    """Where the saved answer stands in the order served, to show it again.

    Choices, opinions: the places picked. True or false: the place said. Matching: for each left side the place of the right one.
    Ordering: for each item as shown, its rank. -1 where nothing was given.
    """
    if type == "survey":
        type = content["form"]
    if type in ("single", "scale"):
        return [order["options"].index(response)] if response is not None else []
    if type == "multiple":
        return sorted(order["options"].index(pick) for pick in response or [])
    if type == "true_false":
        return [0 if response else 1] if response is not None else []
    if type == "matching":
        given = response or {}
        return [order["right"].index(given[left["id"]]) if left["id"] in given else -1 for left in content["left"]]
    if type == "ordering":
        return [(response or {}).get(id, -1) for id in order["items"]]
    return []


def is_answered(type: str, content: dict, response: Any) -> bool:
    """Whether nothing is left to give: each left side paired, each item ranked, each gap filled, a text
    neither too short nor too long."""
    if type == "matching":
        return len(response or {}) == len(content["left"])
    if type == "ordering":
        return len(set((response or {}).values())) == len(content["items"])
    if type == "gap_fill":
        return len(response or {}) == len(content["gaps"])
    if type == "essay" and response is not None:
        return content.get("min_words", 0) <= word_count(response) <= content.get("max_words", MAX_LONG_TEXT)
    return response is not None


def word_count(text: str) -> int:
    """The words of a text, as a word processor counts them."""
    return len(text.split())


def _at(sequence, place: str) -> Any:
    if not (place.isascii() and place.isdigit() and len(place) < 4):
        return None
    return sequence[int(place)] if int(place) < len(sequence) else None


def _first(form: Mapping[str, list[str]], name: str) -> str:
    values = form.get(name, [])
    return values[0] if values else ""
