"""A question as every format says it, the remarks made while reading, and what a question must respect to enter the bank."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from courses.imports.questions.texts import one_line
from courses.imports.remarks import ERROR, SKIPPED, WARNING, ImportRefused, Remark
from courses.question_blocks import (
    MAX_ACCEPTED,
    MAX_FEEDBACK,
    MAX_GAP_TEXT,
    MAX_GAPS,
    MAX_ITEM,
    MAX_ITEMS,
    MAX_OPTION,
    MAX_UNIT,
)
from courses.rules.answers import MAX_WORDS, InvalidAnswer, frozen_content
from courses.rules.rich_text import Rich, Text, words_of

Row = TypeVar("Row")
MAX_BYTES = 20_000_000
MAX_QUESTIONS = 10_000
MAX_REMARKS = 20_000
MAX_CODE, MAX_TAG, MAX_TEXT = 120, 100, 20_000
RICH_LISTS = frozenset({"options", "pairs", "items"})  # of answers: what they list may be rich
CODE = re.compile(r"[-a-zA-Z0-9_]{1,120}\Z")


class QuestionFileRefused(ImportRefused):
    """A whole file cannot be read; the message says why, in French."""


@dataclass(frozen=True)
class ImportedQuestion:
    """A question as a file says it; what the file does not say is None, and what is left alone in the bank.

    The prompt, the explanation, the options, the left sides of pairs and the items are plain (`str`) or `Rich`, pictures in
    them named by their hash.
    `answer`, by type: {"options": ((text, is right[, explanation]), …)}, {"is_true"}, {"value", "tolerance", "unit"[,
    "others": ((value, tolerance), …)]}, {"pairs": ((left, right), …)[, "distractors": (text, …)]}, {"items": (text, …)} in
    their right order, {"accepted": (text, …), "ignore_case", "ignore_accents", "typos"}, {"text" with [[1]], "gaps":
    ((type, answer of that type), …)}, {"form", "choices", "steps", "low", "high"}, {"rubric": ((text, points, what is
    expected), …), "guide"} with {"min_words", "max_words"} or {"extensions", "max_mb"}. `difficulty` is that of
    `Question.Difficulty`; `code` is "" when the file gives none.
    """

    type: str
    prompt: Text
    answer: dict
    code: str = ""
    title: str = ""
    explanation: Text | None = None
    competence: str | None = None
    level: int | None = None
    difficulty: str | None = None
    tags: tuple[str, ...] | None = None
    where: str = field(default="", compare=False)


Told = Callable[[float], None]


def unseen(share: float) -> None:
    """Tells nobody how far along a reading is."""


@dataclass
class Reading:
    """What was read of one file: the questions, and the remarks in the order they were made.

    `told` hears how far along the reading is, 0 to 1, after each row.
    """

    format: str = ""
    told: Told = field(default=unseen, compare=False)
    questions: list[ImportedQuestion] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    pictures: dict[str, bytes] = field(default_factory=dict)  # by SHA-256 of their bytes
    left_out: Counter = field(default_factory=Counter)  # what many questions have and the bank has not: told once

    def remark(self, level: str, where: str, message: str) -> None:
        if len(self.remarks) < MAX_REMARKS:
            self.remarks.append(Remark(level, where, message))

    def warn(self, where: str, message: str) -> None:
        self.remark(WARNING, where, message)

    def refuse(self, where: str, message: str) -> None:
        self.remark(ERROR, where, message)

    def skip(self, where: str, message: str) -> None:
        self.remark(SKIPPED, where, message)

    def through(self, rows: Iterable[Row], count: int) -> Iterator[Row]:
        """These rows, `count` of them or about, as they are read one by one."""
        for rank, row in enumerate(rows, 1):
            yield row
            self.told(min(rank / (count or rank), 1))

    def add(self, question: ImportedQuestion) -> None:
        """Take a question in if it is sound, else say why not. Raises QuestionFileRefused past the limit."""
        if len(self.questions) >= MAX_QUESTIONS:
            raise QuestionFileRefused(
                _("Le fichier a plus de %(n)d questions : partagez-le en plusieurs.") % {"n": MAX_QUESTIONS}
            )
        faults = faults_of(question)
        for fault in faults:
            self.refuse(question.where, fault)
        if not faults:
            self.questions.append(question)

    def closed(self) -> "Reading":
        """The reading with what was left out of many questions told once; a file that holds nothing says so."""
        for message, count in self.left_out.items():
            self.warn(ngettext("%(n)d question", "%(n)d questions", count) % {"n": count}, str(LEFT_OUT[message]))
        if not self.questions and not self.remarks:
            self.refuse(_("le fichier"), _("Aucune question n’a été trouvée."))
        return self


class Unreadable(Exception):
    """One question cannot be read; the message says why, in French, and reading goes on with the next."""


class Skipped(Exception):
    """What stands here is no question that the bank could hold; the message says what it is, in French."""


LEFT_OUT = {
    "common_feedback": gettext_lazy("Les commentaires communs (« réponse juste », « partielle »…) ne sont pas repris."),
    "hints": gettext_lazy("Les indices et pénalités de Moodle ne sont pas repris."),
    "points": gettext_lazy("La note par défaut n’est pas reprise : les points se fixent dans l’évaluation."),
}


def faults_of(question: ImportedQuestion) -> list[str]:
    """Why a question cannot enter the bank, [] when it can: the same limits as its form in the back office."""
    faults = []
    if not question.prompt:
        faults.append(_("L’énoncé est vide."))
    if max(len(words_of(text)) for text in (question.prompt, question.explanation or "")) > MAX_TEXT:
        faults.append(_("Un texte dépasse %(n)d caractères.") % {"n": MAX_TEXT})
    faults += _length_faults(question.answer)
    try:
        frozen_content(question.type, identified(question.answer, str))
    except InvalidAnswer as refusal:
        faults += refusal.messages
    return faults


def _length_faults(answer: dict) -> list[str]:
    texts, longest = {
        "options": lambda rows: ([words_of(text) for text, _right, *_told in rows], MAX_OPTION),
        "pairs": lambda rows: ([words_of(text) for pair in rows for text in pair], MAX_ITEM),
        "items": lambda rows: (list(map(words_of, rows)), MAX_ITEM),
        "accepted": lambda rows: (rows, MAX_ACCEPTED),
        "choices": lambda rows: (rows, MAX_OPTION),
        "rubric": lambda rows: ([text for text, _points, _detail in rows or ()], MAX_ITEM),
    }.get(name := next(iter(answer)), lambda _rows: ((), 0))(answer[name])
    faults = []
    listed = {"options", "pairs", "items", "distractors", "others", "choices", "rubric"}
    if any(len(answer[each] or ()) > MAX_ITEMS for each in listed & answer.keys()):
        faults.append(_("Pas plus de douze éléments."))
    if any(len(text) > longest for text in texts):
        faults.append(_("Une réponse dépasse %(n)d caractères.") % {"n": longest})
    if len(answer.get("unit") or "") > MAX_UNIT:
        faults.append(_("L’unité dépasse %(n)d caractères.") % {"n": MAX_UNIT})
    if any(len("".join(told)) > MAX_FEEDBACK for _text, _right, *told in answer.get("options", ())):
        faults.append(_("L’explication d’une option dépasse %(n)d caractères.") % {"n": MAX_FEEDBACK})
    if len(answer.get("gaps", ())) > MAX_GAPS or len(answer.get("text", "")) > MAX_GAP_TEXT:
        faults.append(_("Le texte à trous est trop long, ou a trop de trous."))
    for _kind, gap in answer.get("gaps", ()):
        faults += _length_faults(gap)
    if any(
        isinstance(value, Decimal) and value.is_finite() and abs(value.adjusted()) > 15 for value in answer.values()
    ):
        faults.append(_("Un nombre a trop de chiffres."))
    return faults


def identified(answer: dict, id_of: Callable[[str], str]) -> dict:
    """The answer in the shape that `frozen_content` takes, each item under the identifier that `id_of` its text gives."""
    match answer:
        case {"options": rows}:
            return {"options": [(id_of(key_of(text)), text, right, *told) for text, right, *told in rows]}
        case {"pairs": rows}:
            pairs = [(id_of(key_of(left)), left, right) for left, right in rows]
            return {"pairs": pairs, "distractors": list(answer.get("distractors", ()))}
        case {"gaps": rows}:
            gaps = []
            for rank, (kind, gap) in enumerate(rows, 1):
                place = f"[[{rank}]]"
                gaps.append((id_of(place), kind, identified(gap, lambda text, place=place: id_of(f"{place} {text}"))))
            return {"text": answer["text"], "gaps": gaps}
        case {"choices": rows}:
            return {**answer, "options": [(id_of(text), text) for text in rows or ()]}
        case {"rubric": rows}:
            said = {name: UNSAID[name] if value is None else value for name, value in answer.items()}
            return {**said, "rubric": [(id_of(text), text, points, detail) for text, points, detail in rows or ()]}
        case {"items": rows}:
            return {"items": [(id_of(key_of(text)), text) for text in rows]}
        case {"accepted": rows}:
            ignore = {name: answer[name] is not False for name in ("ignore_case", "ignore_accents")}
            return {"accepted": list(rows), **ignore, "typos": answer.get("typos") or 0}
        case {"value": value}:
            others = list(answer.get("others", ()))
            return {"value": value, "tolerance": answer["tolerance"], "unit": answer["unit"] or "", "others": others}
    return dict(answer)


# What a question that a person marks takes for what its file does not say.
UNSAID = {
    "rubric": (),
    "guide": "",
    "min_words": 0,
    "max_words": MAX_WORDS,
    "extensions": ("pdf", "docx", "odt"),
    "max_mb": 5,
}


def key_of(text: Text) -> str:
    """What tells one option, left side or item from another."""
    return text.html if isinstance(text, Rich) else text


def code_from(text: str) -> str:
    """The code a file gives, fitted to what a code may be; "" if nothing is left of it."""
    text = text.strip()
    return text if CODE.match(text) else slugify(text)[:MAX_CODE].strip("-")


def number_from(text: str) -> Decimal | None:
    """The decimal written in a file, with a point or a comma; None if it is not one."""
    text = re.sub(r"\s", "", text).replace(",", ".")
    return Decimal(text) if re.fullmatch(r"[+-]?(\d{1,40}\.?\d{0,40}|\.\d{1,40})([eE][+-]?\d{1,2})?", text) else None


def normal_tags(names, reading: Reading, where: str) -> tuple[str, ...] | None:
    """Tags without doubles (case aside), cut to what a tag may hold; None when there is none."""
    kept: dict[str, str] = {}
    for name in names:
        tag = " ".join(one_line(name).split())
        if len(tag) > MAX_TAG:
            reading.warn(where, _("L’étiquette « %(tag)s… » est raccourcie.") % {"tag": tag[:30]})
            tag = tag[:MAX_TAG].strip()
        if tag:
            kept.setdefault(tag_key(tag), tag)
    return tuple(kept.values()) or None


def tag_key(tag: str) -> str:
    """What makes two tags the same: case and spaces aside."""
    return " ".join(one_line(tag).casefold().split())
