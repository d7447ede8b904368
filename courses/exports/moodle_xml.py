"""Moodle XML: plain texts, codes as idnumbers, tags as tags."""

import base64
import re
from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape, quoteattr

from courses.exports.unsaid import MOODLE, unsaid
from courses.imports.questions.cloze import write_cloze
from courses.imports.questions.neutral import ImportedQuestion
from courses.imports.questions.texts import one_line, plain
from courses.pictures import SOURCE, read
from courses.rules.rich_text import Rich, Text, to_html

MOODLE_TYPES = {
    "single": "multichoice",
    "multiple": "multichoice",
    "true_false": "truefalse",
    "numeric": "numerical",
    "matching": "matching",
    "ordering": "ordering",
    "short_text": "shortanswer",
    "gap_fill": "multianswer",
    "essay": "essay",
    "file": "essay",
}


def write_moodle_xml(questions: Iterable[ImportedQuestion]) -> str:
    """The document that Moodle's question bank imports."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<quiz>"]
    for question in questions:
        lines += _question(question)
    return "\n".join([*lines, "</quiz>", ""])


def _question(question: ImportedQuestion) -> Iterator[str]:
    if question.type not in ANSWERS:
        yield _comment(f"{question.code} : Moodle XML ne sait pas écrire ce type de question ({question.type}).")
        return
    if lost := unsaid(question, MOODLE):
        yield _comment(f"{question.code} : Moodle XML ne sait pas dire {lost}.")
    yield f"<question type={quoteattr(MOODLE_TYPES[question.type])}>"
    yield f"<name>{_text(question.title)}</name>"
    if question.type == "gap_fill":
        text = write_cloze(question.answer, escaped=lambda words: to_html(words, is_inline=True))
        yield _marked("questiontext", Rich(f"{to_html(question.prompt)}<hr>{text}"))
    else:
        yield _marked("questiontext", question.prompt)
    yield _marked("generalfeedback", question.explanation or "")
    yield f"<idnumber>{escape(question.code)}</idnumber>"
    yield from ANSWERS[question.type](question.answer)
    if question.tags:
        yield f"<tags>{''.join(f'<tag>{_text(one_line(tag))}</tag>' for tag in question.tags)}</tags>"
    yield "</question>"


def _comment(text: str) -> str:
    """A comment holds no two hyphens in a row, which a code may."""
    return f"<!-- {re.sub('-(?=-)', '- ', text)} -->"


def _text(text: str) -> str:
    return f"<text>{escape(text)}</text>"


def _marked(tag: str, text: Text, more: str = "", attributes: str = "") -> str:
    """A text in its element, which names its markup; a rich one with its pictures."""
    if not isinstance(text, Rich):
        return f'<{tag}{attributes} format="plain_text">{_text(plain(text))}{more}</{tag}>'
    files = []

    def named(found: re.Match) -> str:
        name = found[1].rsplit("/", 1)[-1]
        files.append(
            f'<file name="{name}" path="/" encoding="base64">{base64.b64encode(read(found[1])).decode()}</file>'
        )
        return f'src="@@PLUGINFILE@@/{name}"'

    html = SOURCE.sub(named, text.html)
    return f'<{tag}{attributes} format="html">{_text(html)}{"".join(files)}{more}</{tag}>'


def _answer(text: Text, fraction, more: str = "") -> str:
    return _marked("answer", one_line(text), more, f' fraction="{fraction}"')


def _told(told: list[str]) -> str:
    return f'<feedback format="plain_text">{_text(one_line(told[0]))}</feedback>' if told else ""


def _single(answer: dict) -> Iterator[str]:
    yield "<single>true</single><shuffleanswers>true</shuffleanswers>"
    for text, right, *told in answer["options"]:
        yield _answer(text, 100 if right else 0, _told(told))


def _multiple(answer: dict) -> Iterator[str]:
    share = f"{100 / sum(right for _text, right, *_told in answer['options']):.5f}"
    yield "<single>false</single><shuffleanswers>true</shuffleanswers>"
    for text, right, *told in answer["options"]:
        yield _answer(text, share if right else 0, _told(told))


def _true_false(answer: dict) -> Iterator[str]:
    yield _answer("true", 100 if answer["is_true"] else 0)
    yield _answer("false", 0 if answer["is_true"] else 100)


def _numeric(answer: dict) -> Iterator[str]:
    for value, tolerance in [(answer["value"], answer["tolerance"]), *answer.get("others", ())]:
        yield _answer(f"{value:f}", 100, f"<tolerance>{tolerance:f}</tolerance>")
    if unit := one_line(answer["unit"] or ""):
        yield f"<units><unit><multiplier>1</multiplier><unit_name>{escape(unit)}</unit_name></unit></units>"
        yield "<unitgradingtype>0</unitgradingtype><showunits>3</showunits>"


def _matching(answer: dict) -> Iterator[str]:
    yield "<shuffleanswers>true</shuffleanswers>"
    for left, right in answer["pairs"]:
        yield _pair(left, right)
    for text in answer.get("distractors", ()):
        yield _pair("", text)


def _pair(left: Text, right: str) -> str:
    return _marked("subquestion", one_line(left), f"<answer>{_text(one_line(right))}</answer>")


def _gap_fill(answer: dict) -> Iterator[str]:
    return iter(())  # its gaps are in its text


def _essay(answer: dict) -> Iterator[str]:
    yield "<responseformat>editor</responseformat><responserequired>1</responserequired>"
    yield f"<minwordlimit>{answer['min_words'] or ''}</minwordlimit><maxwordlimit>{answer['max_words'] or ''}</maxwordlimit>"
    yield f"<attachments>0</attachments>{_marked('graderinfo', answer['guide'] or '')}"


def _file(answer: dict) -> Iterator[str]:
    names = ",".join(f".{name}" for name in answer["extensions"])
    yield "<responseformat>noinline</responseformat><responserequired>0</responserequired>"
    yield f"<attachments>1</attachments><attachmentsrequired>1</attachmentsrequired><filetypeslist>{names}</filetypeslist>"
    yield f"<maxbytes>{answer['max_mb'] * 1_048_576}</maxbytes>{_marked('graderinfo', answer['guide'] or '')}"


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
    "gap_fill": _gap_fill,
    "essay": _essay,
    "file": _file,
}
