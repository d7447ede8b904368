"""How one answer is marked: a share of the question's points, from 0 to 1.

An answer that does not have the shape its type asks for earns 0; it is never an error.
"""

import re
import unicodedata
from collections.abc import Callable
from decimal import Decimal
from itertools import pairwise
from typing import Any

NOTHING, ALL = Decimal(0), Decimal(1)

APOSTROPHES = dict.fromkeys(map(ord, "\u2019\u2018\u02bc\u00b4`"), "'")
HYPHENS = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2212"), "-")
LIGATURES = {ord("œ"): "oe", ord("Œ"): "OE", ord("æ"): "ae", ord("Æ"): "AE"}
NUMBER = re.compile(r"([+-]?(?:\d[\d., ]*|[.,]\d+))(.*)", re.DOTALL)
GROUPED = re.compile(r"\d{1,3}(?:(?P<sep>[ .,])\d{3})(?:(?P=sep)\d{3})*")
DIGITS = re.compile(r"\d+")
LETTERS_PER_SLIP = 4
MAX_TEXT = 500


class NotMarkedHere(Exception):
    """A person marks this type of question, or nobody does (`courses.rules.answers.MANUAL_TYPES`, `UNMARKED_TYPES`)."""


def mark(type: str, content: dict, response: Any) -> Decimal:
    """Share of the points (0 to 1) that `response` earns on a question of this `type` and `content`.

    Raises NotMarkedHere for the types that do not mark themselves.
    """
    if type not in MARKERS:
        raise NotMarkedHere(type)
    return MARKERS[type](content, response) if response is not None else NOTHING


def mark_single(content: dict, response: Any) -> Decimal:
    """All or nothing."""
    return ALL if isinstance(response, str) and response == content["answer"] else NOTHING


def mark_true_false(content: dict, response: Any) -> Decimal:
    """All or nothing."""
    return ALL if isinstance(response, bool) and response == content["answer"] else NOTHING


def mark_multiple(content: dict, response: Any) -> Decimal:
    """Right picks minus wrong picks, over the number of right options, never below 0.

    So that ticking everything does not pay: the `mapResponse` of IMS QTI 2.2 (§ 6.3) with +1 for each right
    option, -1 for each wrong one and a lower bound of 0.
    """
    if not isinstance(response, list) or not all(isinstance(pick, str) for pick in response):
        return NOTHING
    right = set(content["answer"])
    picks = set(response)
    if picks - {option["id"] for option in content["options"]}:
        return NOTHING
    if not right:
        return NOTHING if picks else ALL
    return max(NOTHING, Decimal(len(picks & right) - len(picks - right)) / len(right))


def mark_matching(content: dict, response: Any) -> Decimal:
    """Share of the pairs put together as expected. Two right sides of the same text are worth the same."""
    if not isinstance(response, dict):
        return NOTHING
    texts = {side["id"]: side["text"] for side in content["right"]}
    expected = content["answer"]
    good = 0
    for left, right in expected.items():
        given = response.get(left)
        good += isinstance(given, str) and given in texts and texts[given] == texts[right]
    return Decimal(good) / len(expected)


def mark_ordering(content: dict, response: Any) -> Decimal:
    """Share of the neighbours of the right order kept: B ranked just after A, for each A, B that follow one another.

    Neighbours rather than places: one item put in the wrong place costs what it is worth, where counting
    places would shift, and lose, all the others. `response`: {item id: rank}, incomplete when not finished.
    """
    if not isinstance(response, dict):
        return NOTHING
    expected = content["answer"]
    pairs = list(pairwise(expected))
    ranks = {item: rank for item, rank in response.items() if isinstance(rank, int) and not isinstance(rank, bool)}
    kept = sum(a in ranks and b in ranks and ranks[b] == ranks[a] + 1 for a, b in pairs)
    return Decimal(kept) / len(pairs) if pairs else ALL


def mark_numeric(content: dict, response: Any) -> Decimal:
    """All within the tolerance (inclusive), nothing outside."""
    value = read_number(response, content.get("unit", ""))
    if value is None:
        return NOTHING
    expected = [content, *content.get("others", ())]
    near = any(abs(value - Decimal(one["answer"])) <= Decimal(one.get("tolerance") or 0) for one in expected)
    return ALL if near else NOTHING


def mark_short_text(content: dict, response: Any) -> Decimal:
    """All when the text is one of those accepted, but for the slips its author tolerates; nothing otherwise."""
    if not isinstance(response, str) or len(response) > MAX_TEXT:
        return NOTHING
    case, accents = content.get("ignore_case", True), content.get("ignore_accents", True)
    accepted = {fold(text, case, accents) for text in content["accepted"]}
    given = fold(response, case, accents)
    typos = content.get("typos", 0)
    near = given in accepted or (typos and any(is_slip(given, text, typos) for text in accepted))
    return ALL if given and near else NOTHING


def mark_gap_fill(content: dict, response: Any) -> Decimal:
    """Share of the gaps filled as expected, each marked as a question of its own type."""
    if not isinstance(response, dict):
        return NOTHING
    shares = [mark(gap["type"], gap, response.get(gap["id"])) for gap in content["gaps"]]
    return sum(shares, NOTHING) / len(shares)


MARKERS: dict[str, Callable[[dict, Any], Decimal]] = {
    "single": mark_single,
    "multiple": mark_multiple,
    "true_false": mark_true_false,
    "numeric": mark_numeric,
    "matching": mark_matching,
    "ordering": mark_ordering,
    "short_text": mark_short_text,
    "gap_fill": mark_gap_fill,
}


def fold(text: str, ignore_case: bool = True, ignore_accents: bool = True) -> str:
    """`text` as compared: one kind of apostrophe, hyphen and space, none at the ends; case and accents as told."""
    text = unicodedata.normalize("NFKC", text.translate(APOSTROPHES).translate(HYPHENS))
    if ignore_accents:
        bare = unicodedata.normalize("NFD", text.translate(LIGATURES))
        text = unicodedata.normalize("NFC", "".join(c for c in bare if not unicodedata.combining(c)))
    if ignore_case:
        text = text.casefold()
    return " ".join(text.split())


def is_slip(given: str, expected: str, most: int) -> bool:
    """Whether `given` is `expected` but for at most `most` slips of typing: a letter added, forgotten, changed, or two
    neighbours exchanged (the distance of Damerau and Levenshtein, each pair exchanged once).

    One slip for four letters of the expected text, so that short words stay themselves; and none among its digits.
    """
    most = min(most, len(expected) // LETTERS_PER_SLIP)
    if DIGITS.findall(given) != DIGITS.findall(expected) or abs(len(given) - len(expected)) > most:
        return False
    before, last = [], list(range(len(expected) + 1))
    for i, letter in enumerate(given, 1):
        row = [i]
        for j, other in enumerate(expected, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == expected[j - 2] and given[i - 2] == other:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
    return last[-1] <= most


def read_number(text: Any, unit: str = "") -> Decimal | None:
    """The number a person wrote: « 1 234,5 », "1,234.5", "76 adresses"; None when it is not one.

    A comma or a point alone is decimal; the last of two kinds is; repeated, or with spaces, they group thousands.
    What follows the number may only be the question's `unit`, in the singular or the plural.
    """
    if isinstance(text, (int, float)) and not isinstance(text, bool):
        text = str(text)
    if not isinstance(text, str) or len(text) > MAX_TEXT:
        return None
    found = NUMBER.fullmatch(fold(text))
    if not found:
        return None
    digits, tail = found[1].strip(), found[2].strip()
    if tail and _singular(tail) != _singular(fold(unit)):
        return None
    return _to_decimal(digits)


def _singular(words: str) -> str:
    return " ".join(word.rstrip("sx") or word for word in words.split())


def _to_decimal(digits: str) -> Decimal | None:
    sign = Decimal(-1) if digits[0] == "-" else Decimal(1)
    digits = digits.lstrip("+-").rstrip(" .,")
    whole, fraction = digits, ""
    last = max(digits.rfind(","), digits.rfind("."))
    if last >= 0 and digits.count(digits[last]) == 1:
        whole, fraction = digits[:last], digits[last + 1 :]
    if grouped := GROUPED.fullmatch(whole):
        whole = whole.replace(grouped["sep"], "")
    if not (whole + fraction).isdecimal():
        return None
    return sign * Decimal(f"{whole or 0}.{fraction or 0}")
