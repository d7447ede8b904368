"""Gaps written in a text as Moodle's « cloze » does: {1:SHORTANSWER:=registre}; read, and written again."""

import re
from collections.abc import Iterable

from django.utils.translation import gettext as _

from courses.imports.questions.choices import HUNDRED, accepted_of, choice_of, number_of
from courses.imports.questions.neutral import Reading, Skipped, Unreadable, number_from
from courses.imports.questions.texts import one_line

CODE = re.compile(r"\{(\d*):([A-Z_]+):((?:\\.|[^\\{}])*)\}", re.DOTALL)
WEIGHT = re.compile(r"%(-?\d+(?:[.,]\d+)?)%|=")
SPECIAL = re.compile(r"([}{#~/\"\\])")
TEXTS = {"SHORTANSWER": True, "SA": True, "MW": True, "SHORTANSWER_C": False, "SAC": False, "MWC": False}
LISTS = {
    name + more
    for name in ("MULTICHOICE", "MC")
    for more in ("", "_V", "_H", "_S", "_VS", "_HS", "V", "H", "S", "VS", "HS")
}
NUMBERS = {"NUMERICAL", "NM"}


def read_cloze(text: str, reading: Reading, where: str) -> dict:
    """The answer of a text with gaps, from the text with its codes. Raises Unreadable, Skipped."""
    gaps, weights = [], set()

    def gap(found: re.Match) -> str:
        weights.add(found[1] or "1")
        gaps.append(_gap(found[2], found[3], reading, where))
        return f"[[{len(gaps)}]]"

    shown = CODE.sub(gap, text)
    if not gaps:
        raise Unreadable(_("Le texte n’a pas de trou."))
    if len(weights) > 1:
        reading.warn(where, _("Les poids des trous ne sont pas repris : chaque trou compte autant."))
    return {"text": shown, "gaps": tuple(gaps)}


def _gap(kind: str, code: str, reading: Reading, where: str) -> tuple[str, dict]:
    rows = []
    for part in _split(code, "~"):
        weight, written = HUNDRED * 0, part
        if found := WEIGHT.match(part):
            weight = number_from(found[1]) if found[1] else HUNDRED
            written = part[found.end() :]
        said, *comments = _split(written, "#")
        if any(comment.strip() for comment in comments):
            reading.warn(where, _("Les commentaires des trous ne sont pas repris."))
        rows.append((one_line(re.sub(r"\\(.)", r"\1", said)), weight))
    if kind in TEXTS:
        accepted = accepted_of(rows, reading, where)
        return "short_text", {
            "accepted": accepted, "ignore_case": TEXTS[kind], "ignore_accents": None, "typos": None
        }  # fmt: skip
    if kind in LISTS:
        _kind, answer = choice_of(rows, True, reading, where)
        return "single", answer
    if kind in NUMBERS:
        numbers = []
        for text, weight in rows:
            value, _colon, tolerance = text.partition(":")
            pair = number_from(value), number_from(tolerance or "0")
            if None in pair and text != "*":
                raise Unreadable(_("« %(text)s » n’est pas un nombre.") % {"text": text[:60]})
            if text != "*":
                numbers.append((*pair, weight))
        return "numeric", number_of(numbers, reading, where)
    raise Skipped(_("Un trou de type « %(type)s » n’est pas repris.") % {"type": kind[:40]})


def _split(code: str, sign: str) -> list[str]:
    """The parts of a code between signs that are not escaped."""
    parts = [""]
    for token in re.findall(r"\\.|.", code, re.DOTALL):
        if token == sign:
            parts.append("")
        else:
            parts[-1] += token
    return parts


def write_cloze(answer: dict, escaped=lambda text: text) -> str:
    """A text with its codes; the words between them through `escaped` (to HTML, say)."""
    pieces = re.split(r"\[\[(\d{1,2})\]\]", answer["text"])
    gaps = {str(rank): _code(kind, gap) for rank, (kind, gap) in enumerate(answer["gaps"], 1)}
    return "".join(escaped(gaps[piece] if place % 2 else piece) for place, piece in enumerate(pieces))


def _code(kind: str, gap: dict) -> str:
    if kind == "short_text":
        name = "SHORTANSWER" if gap["ignore_case"] is not False else "SHORTANSWER_C"
        return f"{{1:{name}:{_joined(f'%100%{_escaped(text)}' for text in gap['accepted'])}}}"
    if kind == "single":
        rows = (f"{'=' if right else '%0%'}{_escaped(text)}" for text, right, *_told in gap["options"])
        return f"{{1:MULTICHOICE:{_joined(rows)}}}"
    numbers = [(gap["value"], gap["tolerance"]), *gap.get("others", ())]
    return f"{{1:NUMERICAL:{_joined(f'={value:f}:{tolerance:f}' for value, tolerance in numbers)}}}"


def _joined(rows: Iterable[str]) -> str:
    return "~".join(rows)


def _escaped(text: str) -> str:
    return SPECIAL.sub(r"\\\1", one_line(text))
