"""What makes the answers of a question sound, and the plain shape in which a version freezes them."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal

from django.utils.translation import gettext as _

from courses.rules.rich_text import Text, said

# Types that a person marks, and types that nobody marks (they ask an opinion); every other type marks itself.
MANUAL_TYPES = frozenset({"essay", "file"})
UNMARKED_TYPES = frozenset({"survey"})

# What learners may hand in: nothing that a browser would run, no archive, no macro.
UPLOAD_EXTENSIONS = ("pdf", "docx", "odt", "xlsx", "ods", "pptx", "odp", "txt", "csv", "jpg", "png")
MAX_UPLOAD_MB, MAX_WORDS = 8, 5_000
MAX_TYPOS = 2
GAP = re.compile(r"\[\[(\d{1,2})\]\]")
GAP_TYPES = ("short_text", "single", "numeric")

Identified = tuple[str, Text]  # identifier, text


class InvalidAnswer(Exception):
    """The answers of a question cannot be marked; `messages` say why, in French, to its author."""

    def __init__(self, *messages):
        super().__init__(*messages)
        self.messages = [str(message) for message in messages]


def frozen_content(kind: str, answer: dict) -> dict:
    """The content of a version (shapes: see `QuestionVersion`) for an author's answer of this type.

    `answer`, by type: {"options": [(id, text (may be rich), is right[, explanation])]}, {"is_true"}, {"value", "tolerance", "unit"},
    {"pairs": [(id, left (may be rich), right)], "distractors": [text]}, {"items": [(id, text (may be rich))]} in their right order,
    {"accepted": [text], "ignore_case", "ignore_accents", "typos"},
    {"text" with [[1]], "gaps": [(id, type, answer of that type)]},
    {"form", "options": [(id, text)], "steps", "low", "high"}, {"rubric": [(id, text, points, description)], "guide"} with
    "min_words" and "max_words" or with "extensions" and "max_mb". What is new since the first version of the platform may be
    left unsaid, and then is not frozen: so questions of before keep their fingerprints. Raises InvalidAnswer.
    """
    return FREEZERS[kind](answer)


def freeze_single(answer: dict) -> dict:
    """One option is right."""
    right = [pk for pk, _text, is_right, *_feedback in answer["options"] if is_right]
    if len(right) != 1:
        raise InvalidAnswer(_("Un choix unique a exactement une bonne réponse."))
    return {"options": _options(answer["options"]), "answer": right[0]}


def freeze_multiple(answer: dict) -> dict:
    """At least one option is right."""
    right = [pk for pk, _text, is_right, *_feedback in answer["options"] if is_right]
    if not right:
        raise InvalidAnswer(_("Un choix multiple a au moins une bonne réponse."))
    return {"options": _options(answer["options"]), "answer": right}


def _options(rows: Iterable[tuple]) -> list[dict]:
    rows = list(rows)
    options = _listed((pk, text) for pk, text, *_more in rows)
    for option, (_pk, _text, _right, *feedback) in zip(options, rows, strict=True):
        if told := "".join(feedback).strip():
            option["feedback"] = told
    return options


def freeze_true_false(answer: dict) -> dict:
    """The statement is true or false."""
    return {"answer": bool(answer["is_true"])}


def freeze_numeric(answer: dict) -> dict:
    """A number, within a tolerance that is not negative."""
    frozen = {**_number(answer["value"], answer["tolerance"]), "unit": (answer["unit"] or "").strip()}
    if others := [_number(value, tolerance) for value, tolerance in answer.get("others") or ()]:
        frozen["others"] = others
    return frozen


def _number(value, tolerance) -> dict:
    if value is None or not Decimal(value).is_finite():
        raise InvalidAnswer(_("La valeur attendue est un nombre."))
    if tolerance is None or not Decimal(tolerance).is_finite() or tolerance < 0:
        raise InvalidAnswer(_("La tolérance est un nombre positif ou nul."))
    return {"answer": _decimal(value), "tolerance": _decimal(tolerance)}


def freeze_matching(answer: dict) -> dict:
    """Each element has its own counterpart, distractors none. The ids of the right side come from their text, so they
    betray no pair."""
    left = _listed((pk, text) for pk, text, _right in answer["pairs"])
    texts = [text for _pk, _text, text in answer["pairs"]] + list(answer.get("distractors") or ())
    right = _listed((_opaque(text), text) for text in texts)
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
    frozen = {
        "accepted": accepted,
        "ignore_case": bool(answer["ignore_case"]),
        "ignore_accents": bool(answer["ignore_accents"]),
    }
    if typos := min(int(answer.get("typos") or 0), MAX_TYPOS):
        frozen["typos"] = typos
    return frozen


def freeze_gap_fill(answer: dict) -> dict:
    """Each gap stands once in the text and is answered like a small question; they are kept as the text has them."""
    pieces = GAP.split((answer["text"] or "").strip())
    texts, places = pieces[::2], [int(place) for place in pieces[1::2]]
    gaps = list(answer["gaps"])
    if sorted(places) != list(range(1, len(gaps) + 1)) or not gaps:
        raise InvalidAnswer(_("Le texte contient chaque trou une fois : [[1]], [[2]]… autant que de trous décrits."))
    frozen = []
    for place in places:
        pk, kind, gap = gaps[place - 1]
        if kind not in GAP_TYPES:
            raise InvalidAnswer(_("Un trou est un texte, un nombre ou un choix."))
        try:
            frozen.append({"id": pk, "type": kind, **frozen_content(kind, gap)})
        except InvalidAnswer as refusal:
            told = (_("Trou %(n)d : %(why)s") % {"n": place, "why": message} for message in refusal.messages)
            raise InvalidAnswer(*told) from refusal
    return {"texts": texts, "gaps": frozen}


def freeze_survey(answer: dict) -> dict:
    """An opinion: options in the order of the author, the steps of a scale, or a free text. Nothing is right."""
    form = answer["form"]
    if form in ("single", "multiple"):
        return {"form": form, "options": _listed(answer["options"])}
    if form == "scale":
        low, high = ((answer.get(name) or "").strip() for name in ("low", "high"))
        options = [{"id": str(step), "text": str(step)} for step in range(1, int(answer["steps"] or 5) + 1)]
        options[0]["text"] += f" – {low}" if low else ""
        options[-1]["text"] += f" – {high}" if high else ""
        return {"form": form, "options": options, "low": low, "high": high}
    if form == "text":
        return {"form": form}
    raise InvalidAnswer(_("Choisissez la forme de la question d’opinion."))


def freeze_essay(answer: dict) -> dict:
    """A text between two numbers of words, marked by a person."""
    least, most = int(answer["min_words"] or 0), int(answer["max_words"] or 0)
    if not 0 <= least <= most <= MAX_WORDS or not most:
        raise InvalidAnswer(_("Le nombre de mots au plus n’est pas inférieur au nombre de mots au moins."))
    return {"min_words": least, "max_words": most, **_marked_by_hand(answer)}


def freeze_file(answer: dict) -> dict:
    """A document of given types and size, marked by a person."""
    extensions = [name for name in UPLOAD_EXTENSIONS if name in answer["extensions"]]
    if not extensions:
        raise InvalidAnswer(_("Choisissez au moins un type de fichier accepté."))
    most = min(max(int(answer["max_mb"] or 0), 1), MAX_UPLOAD_MB)
    return {"extensions": extensions, "max_mb": most, **_marked_by_hand(answer)}


def _marked_by_hand(answer: dict) -> dict:
    rows = [
        {"id": pk, "text": (text or "").strip(), "points": int(points or 0), "description": (detail or "").strip()}
        for pk, text, points, detail in answer.get("rubric") or ()
    ]
    if not all(row["text"] and row["points"] > 0 for row in rows):
        raise InvalidAnswer(_("Chaque critère a un texte et des points."))
    return {"rubric": rows, "guide": (answer.get("guide") or "").strip()}


FREEZERS = {
    "single": freeze_single,
    "multiple": freeze_multiple,
    "true_false": freeze_true_false,
    "numeric": freeze_numeric,
    "matching": freeze_matching,
    "ordering": freeze_ordering,
    "short_text": freeze_short_text,
    "gap_fill": freeze_gap_fill,
    "survey": freeze_survey,
    "essay": freeze_essay,
    "file": freeze_file,
}


def _listed(items: Iterable[Identified]) -> list[dict]:
    """At least two options, none empty, no two alike (case and spaces aside)."""
    listed = []
    for pk, text in items:
        words, html = said(text or "", is_inline=True)
        listed.append({"id": pk, "text": words, **({"html": html} if html else {})})
    if len(listed) < 2:
        raise InvalidAnswer(_("Il faut au moins deux éléments."))
    if not all(item["text"] or item.get("html") for item in listed):
        raise InvalidAnswer(_("Un élément n’a pas de texte."))
    if len({(item["text"].casefold(), item.get("html")) for item in listed}) < len(listed):
        raise InvalidAnswer(_("Deux éléments ont le même texte."))
    return listed


def _by_id(items: list[dict]) -> list[dict]:
    return sorted(items, key=lambda item: item["id"])


def _opaque(text: str | None) -> str:
    normal = unicodedata.normalize("NFC", (text or "").strip())
    return hashlib.sha256(normal.encode()).hexdigest()[:16]


def _decimal(value) -> str:
    return format(Decimal(value).normalize(), "f")
