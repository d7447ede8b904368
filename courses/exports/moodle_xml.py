"""Moodle XML: plain texts, codes as idnumbers, tags as tags."""

from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape, quoteattr

from courses.imports.questions.neutral import ImportedQuestion
from courses.imports.questions.texts import one_line, plain

MOODLE_TYPES = {
    "single": "multichoice",
    "multiple": "multichoice",
    "true_false": "truefalse",
    "numeric": "numerical",
    "matching": "matching",
    "ordering": "ordering",
    "short_text": "shortanswer",
}


def write_moodle_xml(questions: Iterable[ImportedQuestion]) -> str:
    """The document that Moodle's question bank imports."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<quiz>"]
    for question in questions:
        lines += _question(question)
    return "\n".join([*lines, "</quiz>", ""])


def _question(question: ImportedQuestion) -> Iterator[str]:
    if question.type not in ANSWERS:
        yield f"<!-- {question.code} : Moodle XML ne sait pas écrire ce type de question ({question.type}). -->"
        return
    yield f"<question type={quoteattr(MOODLE_TYPES[question.type])}>"
    yield f"<name>{_text(question.title)}</name>"
    yield f'<questiontext format="plain_text">{_text(plain(question.prompt))}</questiontext>'
    yield f'<generalfeedback format="plain_text">{_text(plain(question.explanation or ""))}</generalfeedback>'
    yield f"<idnumber>{escape(question.code)}</idnumber>"
    yield from ANSWERS[question.type](question.answer)
    if question.tags:
        yield f"<tags>{''.join(f'<tag>{_text(one_line(tag))}</tag>' for tag in question.tags)}</tags>"
    yield "</question>"


def _text(text: str) -> str:
    return f"<text>{escape(text)}</text>"


def _answer(text: str, fraction, more: str = "") -> str:
    return f'<answer fraction="{fraction}" format="plain_text">{_text(one_line(text))}{more}</answer>'


def _single(answer: dict) -> Iterator[str]:
    yield "<single>true</single><shuffleanswers>true</shuffleanswers>"
    for text, right in answer["options"]:
        yield _answer(text, 100 if right else 0)


def _multiple(answer: dict) -> Iterator[str]:
    share = f"{100 / sum(right for _text, right in answer['options']):.5f}"
    yield "<single>false</single><shuffleanswers>true</shuffleanswers>"
    for text, right in answer["options"]:
        yield _answer(text, share if right else 0)


def _true_false(answer: dict) -> Iterator[str]:
    yield _answer("true", 100 if answer["is_true"] else 0)
    yield _answer("false", 0 if answer["is_true"] else 100)


def _numeric(answer: dict) -> Iterator[str]:
    yield _answer(f"{answer['value']:f}", 100, f"<tolerance>{answer['tolerance']:f}</tolerance>")
    if unit := one_line(answer["unit"] or ""):
        yield f"<units><unit><multiplier>1</multiplier><unit_name>{escape(unit)}</unit_name></unit></units>"
        yield "<unitgradingtype>0</unitgradingtype><showunits>3</showunits>"


def _matching(answer: dict) -> Iterator[str]:
    yield "<shuffleanswers>true</shuffleanswers>"
    for left, right in answer["pairs"]:
        yield (
            f'<subquestion format="plain_text">{_text(one_line(left))}'
            f"<answer>{_text(one_line(right))}</answer></subquestion>"
        )


def _ordering(answer: dict) -> Iterator[str]:
    yield "<layouttype>VERTICAL</layouttype><selecttype>ALL</selecttype><gradingtype>ABSOLUTE_POSITION</gradingtype>"
    for rank, text in enumerate(answer["items"], 1):
        yield _answer(text, rank)


def _short_text(answer: dict) -> Iterator[str]:
    yield f"<usecase>{0 if answer['ignore_case'] else 1}</usecase>"
    for text in answer["accepted"]:
        yield _answer(text, 100)


ANSWERS = {
    "single": _single,
    "multiple": _multiple,
    "true_false": _true_false,
    "numeric": _numeric,
    "matching": _matching,
    "ordering": _ordering,
    "short_text": _short_text,
}
