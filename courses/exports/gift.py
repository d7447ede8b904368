"""GIFT: what Moodle's text format can say of a question. Texts are plain, every special character escaped."""

import re
from collections.abc import Iterable
from html import escape

from courses.exports.unsaid import GIFT, unsaid
from courses.imports.questions.neutral import ImportedQuestion
from courses.imports.questions.texts import one_line, plain
from courses.rules.rich_text import Rich, Text, without_pictures

SPECIAL = re.compile(r"([~=#{}:\\])")
# What a reader would take for the mark of a format, a weight, a comment or a category.
MISREAD = re.compile(r"\s*(\[(html|moodle|plain|markdown)\]|%|//|\$category:)", re.IGNORECASE)
IN_HTML = re.compile("[<&\xa0]")  # what a question in HTML would make something else of


def write_gift(questions: Iterable[ImportedQuestion]) -> str:
    """The questions, each after comments that carry what is lost of it, its code and its tags, as Moodle 3.9 and later read them."""
    return "\n\n".join(map(_question, questions)) + "\n"


def _question(question: ImportedQuestion) -> str:
    if question.type not in ANSWERS:
        return f"// {question.code} : GIFT ne sait pas écrire ce type de question ({question.type})."
    tags = "".join(f" [tag:{_in_brackets(tag)}]" for tag in question.tags or ())
    prompt = question.prompt
    general = f"####{_text(question.explanation, isinstance(prompt, Rich))}" if question.explanation else ""
    prompt = (
        f"[html]{_escaped(without_pictures(prompt))}"
        if isinstance(prompt, Rich)
        else f"[plain]{_escaped(plain(prompt))}"
    )
    answer = ANSWERS[question.type](question.answer)
    lost = unsaid(question, GIFT)
    told = f"// {question.code} : GIFT ne sait pas dire {lost}.\n" if lost else ""
    return f"{told}// [id:{question.code}]{tags}\n::{_escaped(question.title)}::{prompt}{{{answer}{general}}}"


def _in_brackets(text: str) -> str:
    return re.sub(r"([\[\]])", r"\\\1", one_line(text))


def _escaped(text: str) -> str:
    return SPECIAL.sub(r"\\\1", text).replace("\n", "\\n")


def _text(text: Text, is_html: bool = False) -> str:
    """A text inside the answer; its markup named only where it would be misread without."""
    if isinstance(text, Rich):
        return f"[html]{_escaped(without_pictures(text))}"
    text = plain(text)
    if is_html:  # a question in HTML lends its markup to what names none
        return f"[plain]{_escaped(text)}"
    return f"{'[plain]' if MISREAD.match(text) or IN_HTML.search(text) else ''}{_escaped(text)}"


def _single(answer: dict) -> str:
    rows = (f"{'=' if right else '~'}{_option(text, told)}" for text, right, *told in answer["options"])
    return _lines(rows)


def _multiple(answer: dict) -> str:
    right_count = sum(right for _text, right, *_told in answer["options"])
    share = f"{100 / right_count:.5f}".rstrip("0").rstrip(".")
    rows = (f"~%{share if right else 0}%{_option(text, told)}" for text, right, *told in answer["options"])
    return _lines(rows)


def _option(text: Text, told: list[str]) -> str:
    comment = f"#{_text(one_line(told[0]), is_html=True)}" if told else ""
    return f"{_text(one_line(text), is_html=True)}{comment}"


def _essay(answer: dict) -> str:
    return ""


def _true_false(answer: dict) -> str:
    return "TRUE" if answer["is_true"] else "FALSE"


def _numeric(answer: dict) -> str:
    numbers = [(answer["value"], answer["tolerance"]), *answer.get("others", ())]
    if len(numbers) == 1:
        return f"#{numbers[0][0]:f}:{numbers[0][1]:f}"
    return "#" + _lines(f"=%100%{value:f}:{tolerance:f}" for value, tolerance in numbers)


def _matching(answer: dict) -> str:
    pairs = [f"={_left(one_line(left))} -> {_escaped(one_line(right))}" for left, right in answer["pairs"]]
    return _lines([*pairs, *(f"= -> {_escaped(one_line(text))}" for text in answer.get("distractors", ()))])


def _left(text: Text) -> str:
    """The arrow separates the two sides: one in the text can only be said in HTML, where it is written otherwise."""
    if isinstance(text, Rich) or "->" not in text:
        return _text(text)
    spaced = re.sub(r"(?<= ) ", "&#32;", escape(text, quote=False))
    return f"[html]{_escaped(spaced)}"


def _ordering(answer: dict) -> str:
    head = f">{len(answer['items'])} VERTICAL ALL ABSOLUTE_POSITION SHOW NUMBERING_NONE"
    return f"{head}\n" + "".join(f"{_text(one_line(text))}\n" for text in answer["items"])


def _short_text(answer: dict) -> str:
    return _lines(f"=%100%{_escaped(one_line(text))}" for text in answer["accepted"])


def _lines(rows: Iterable[str]) -> str:
    return "".join(f"\n\t{row}" for row in rows) + "\n"


ANSWERS = {
    "single": _single,
    "multiple": _multiple,
    "true_false": _true_false,
    "numeric": _numeric,
    "matching": _matching,
    "ordering": _ordering,
    "short_text": _short_text,
    "essay": _essay,
}
