"""What makes the answers of a question sound, and the plain shape in which a version freezes them."""

import hashlib
import unicodedata
from collections.abc import Iterable
from decimal import Decimal

from django.utils.translation import gettext as _

# Types that a person marks, and types that nobody marks (they ask an opinion); every other type marks itself.
MANUAL_TYPES = frozenset({"essay", "file"})
UNMARKED_TYPES = frozenset({"survey"})

Identified = tuple[str, str]  # identifier, text


class InvalidAnswer(Exception):
    """The answers of a question cannot be marked; `messages` say why, in French, to its author."""

    def __init__(self, *messages):
        super().__init__(*messages)
        self.messages = [str(message) for message in messages]


def frozen_content(kind: str, answer: dict) -> dict:
    """The content of a version (shapes: see `QuestionVersion`) for an author's answer of this type.

    `answer`, by type: {"options": [(id, text, is right)]}, {"is_true"}, {"value", "tolerance", "unit"},
    {"pairs": [(id, left, right)]}, {"items": [(id, text)]} in their right order,
    {"accepted": [text], "ignore_case", "ignore_accents"}. Raises InvalidAnswer.
    """
    return FREEZERS[kind](answer)


def freeze_single(answer: dict) -> dict:
    """One option is right."""
    right = [pk for pk, _text, is_right in answer["options"] if is_right]
    if len(right) != 1:
        raise InvalidAnswer(_("Un choix unique a exactement une bonne réponse."))
    return {"options": _listed((pk, text) for pk, text, _right in answer["options"]), "answer": right[0]}


def freeze_multiple(answer: dict) -> dict:
    """At least one option is right."""
    right = [pk for pk, _text, is_right in answer["options"] if is_right]
    if not right:
        raise InvalidAnswer(_("Un choix multiple a au moins une bonne réponse."))
    return {"options": _listed((pk, text) for pk, text, _right in answer["options"]), "answer": right}


def freeze_true_false(answer: dict) -> dict:
    """The statement is true or false."""
    return {"answer": bool(answer["is_true"])}


def freeze_numeric(answer: dict) -> dict:
    """A number, within a tolerance that is not negative."""
    value, tolerance = answer["value"], answer["tolerance"]
    if value is None or not Decimal(value).is_finite():
        raise InvalidAnswer(_("La valeur attendue est un nombre."))
    if tolerance is None or not Decimal(tolerance).is_finite() or tolerance < 0:
        raise InvalidAnswer(_("La tolérance est un nombre positif ou nul."))
    return {"answer": _decimal(value), "tolerance": _decimal(tolerance), "unit": (answer["unit"] or "").strip()}


def freeze_matching(answer: dict) -> dict:
    """Each element has its own counterpart. The ids of the right side come from their text, so they betray no pair."""
    left = _listed((pk, text) for pk, text, _right in answer["pairs"])
    right = _listed((_opaque(text), text) for _pk, _text, text in answer["pairs"])
    pairs = {pk: _opaque(text) for pk, _text, text in answer["pairs"]}
    return {"left": left, "right": _by_id(right), "answer": pairs}


def freeze_ordering(answer: dict) -> dict:
    """Items in their right order; they are listed by their identifiers, which say nothing of it."""
    return {"items": _by_id(_listed(answer["items"])), "answer": [pk for pk, _text in answer["items"]]}


def freeze_short_text(answer: dict) -> dict:
    """At least one text is accepted."""
    accepted = list(dict.fromkeys(text.strip() for text in answer["accepted"] if text and text.strip()))
    if not accepted:
        raise InvalidAnswer(_("Une réponse courte a au moins un texte accepté."))
    return {
        "accepted": accepted,
        "ignore_case": bool(answer["ignore_case"]),
        "ignore_accents": bool(answer["ignore_accents"]),
    }


FREEZERS = {
    "single": freeze_single,
    "multiple": freeze_multiple,
    "true_false": freeze_true_false,
    "numeric": freeze_numeric,
    "matching": freeze_matching,
    "ordering": freeze_ordering,
    "short_text": freeze_short_text,
}


def _listed(items: Iterable[Identified]) -> list[dict]:
    """At least two options, none empty, no two alike (case and spaces aside)."""
    listed = [{"id": pk, "text": (text or "").strip()} for pk, text in items]
    if len(listed) < 2:
        raise InvalidAnswer(_("Il faut au moins deux éléments."))
    if not all(item["text"] for item in listed):
        raise InvalidAnswer(_("Un élément n’a pas de texte."))
    if len({item["text"].casefold() for item in listed}) < len(listed):
        raise InvalidAnswer(_("Deux éléments ont le même texte."))
    return listed


def _by_id(items: list[dict]) -> list[dict]:
    return sorted(items, key=lambda item: item["id"])


def _opaque(text: str | None) -> str:
    normal = unicodedata.normalize("NFC", (text or "").strip())
    return hashlib.sha256(normal.encode()).hexdigest()[:16]


def _decimal(value) -> str:
    return format(Decimal(value).normalize(), "f")
