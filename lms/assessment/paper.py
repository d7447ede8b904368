"""An attempt as its learner sees it: the questions to answer, then the same corrected. Never an id of the content."""

from dataclasses import dataclass, field, replace
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from courses.pictures import with_addresses
from courses.rules.answers import MANUAL_TYPES, UNMARKED_TYPES
from lms.assessment.models import Attempt, ServedQuestion
from lms.assessment.rules import serving
from lms.assessment.rules.marking import ALL, mark


def anchor(position: int) -> str:
    """Where a question is on its page; a message about it has this as its tag."""
    return f"question-{position}"


@dataclass(frozen=True)
class Choice:
    """Something to pick, in the order served; `is_right` and `feedback` are told once the attempt is submitted."""

    value: int
    text: str
    is_given: bool
    is_right: bool | None = None
    html: str = ""  # safe; "" where the text says it all
    feedback: str = ""


@dataclass(frozen=True)
class Line:
    """One line of a matching or of an ordering, or one gap of a text: the text (that comes before the gap), and the place
    to pick for it or, without `choices`, what was typed (`given`)."""

    name: str
    text: str
    choices: list[Choice] = field(default_factory=list)
    given: str = ""
    right: str = ""
    is_right: bool | None = None
    unit: str = ""
    html: str = ""  # safe; "" where the text says it all


@dataclass(frozen=True)
class ByHand:
    """What is asked of an answer that a person marks, and the file handed in ({"file": pk, "name", "bytes"})."""

    rubric: list[dict]
    min_words: int = 0
    max_words: int = 0
    word_count: int = 0
    accept: str = ""
    extensions: str = ""
    max_mb: int = 0
    file: dict | None = None


@dataclass(frozen=True)
class Question:
    """One question on the page."""

    position: int
    name: str
    type: str
    prompt: str
    points: int
    is_answered: bool
    choices: list[Choice] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    text: str = ""
    unit: str = ""
    ending: str = ""  # what follows the last gap
    prompt_html: str = ""  # safe; "" where the prompt is plain
    is_many: bool = False  # several choices may be picked
    by_hand: ByHand | None = None

    @property
    def is_opinion(self) -> bool:
        """Whether nobody marks it."""
        return self.type in UNMARKED_TYPES

    @property
    def lines_corrected(self) -> list[Line]:
        """The lines, those to put in order in the right one: for a correction alone, which may tell it."""
        return sorted(self.lines, key=lambda line: int(line.right)) if self.type == "ordering" else self.lines


@dataclass(frozen=True)
class Correction:
    """One question corrected: what was answered, what was right, why."""

    question: Question
    awarded_points: Decimal
    right_text: str
    explanation: str
    competence: str
    explanation_html: str = ""  # safe; "" where the explanation is plain
    is_excluded: bool = False  # neutralised: it counts for nobody

    @property
    def verdict(self) -> str:
        """right, partly or wrong; noted where nothing counts."""
        if self.question.is_opinion or self.is_excluded:
            return "noted"
        if self.awarded_points >= self.question.points:
            return "right"
        return "partly" if self.awarded_points else "wrong"


def questions_of(attempt: Attempt) -> list[ServedQuestion]:
    """The questions served, with what they ask; one query."""
    return list(attempt.questions.with_versions().order_by("position"))


def read_form(served: list[ServedQuestion], form) -> dict[int, object]:
    """The answers of a page, by position, from what its form sent (a QueryDict); files apart."""
    fields = {name: form.getlist(name) for name in form}
    served = [row for row in served if row.version.type != "file"]  # files have their own address
    return {
        row.position: serving.read_response(row.version.type, row.version.content, row.order, row.position, fields)
        for row in served
    }


def question(row: ServedQuestion, corrected: bool = False) -> Question:
    """The question as the page shows it, with the answer saved so far; what was right only when `corrected`."""
    type, content = row.version.type, row.version.content
    is_text = type in ("numeric", "short_text", "essay") or content.get("form") == "text"
    return Question(
        position=row.position,
        name=f"q{row.position}",
        type=type,
        prompt=row.version.prompt,
        points=row.points,
        is_answered=serving.is_answered(type, content, row.response),
        choices=_choices(row, corrected),
        lines=_lines(row, corrected),
        text=row.response if is_text and isinstance(row.response, str) else "",
        unit=content.get("unit", "") if type == "numeric" else "",
        ending=content["texts"][-1] if type == "gap_fill" else "",
        prompt_html=with_addresses(row.version.prompt_html),
        is_many="multiple" in (type, content.get("form")),
        by_hand=_by_hand(row) if type in MANUAL_TYPES else None,
    )


def correction(row: ServedQuestion, competence: str | None) -> Correction:
    """The question corrected, with the name of the competence it is about, if any; for submitted attempts only."""
    shown = question(row, corrected=True)
    return Correction(
        question=shown,
        awarded_points=row.awarded_points,
        right_text=_right_text(shown.type, row.version.content),
        explanation=row.version.explanation,
        competence=competence or "",
        explanation_html=with_addresses(row.version.explanation_html),
    )


def correction_of_bank(row: ServedQuestion) -> Correction:
    """The same, of a row whose version came with its question of the bank and the competence of that."""
    competence = row.version.question.competence
    return correction(row, competence and competence.name)


def _by_hand(row: ServedQuestion) -> ByHand:
    content, response = row.version.content, row.response
    rubric = content.get("rubric", [])
    if row.version.type == "file":
        names = content.get("extensions", [])
        return ByHand(
            rubric,
            accept=",".join(f".{name}" for name in names),
            extensions=", ".join(name.upper() for name in names),
            max_mb=content.get("max_mb", 0),
            file=response,
        )
    count = serving.word_count(response) if isinstance(response, str) else 0
    return ByHand(rubric, content.get("min_words", 0), content.get("max_words", 0), count)


def _choices(row: ServedQuestion, corrected: bool) -> list[Choice]:
    type, content = row.version.type, row.version.content
    if type == "true_false":
        options, right = [{"text": _("Vrai")}, {"text": _("Faux")}], {0 if content["answer"] else 1}
    elif type in ("single", "multiple"):
        options = serving.in_order(content, row.order)
        answer = [content["answer"]] if type == "single" else content["answer"]
        right = {place for place, id in enumerate(row.order["options"]) if id in answer}
    elif type == "survey":
        options, right, corrected = serving.in_order(content, row.order), set(), False
    else:
        return []
    given = serving.given_places(type, content, row.order, row.response)
    return [
        Choice(
            place,
            option["text"],
            place in given,
            place in right if corrected else None,
            with_addresses(option.get("html", "")),
            option.get("feedback", "") if corrected else "",
        )
        for place, option in enumerate(options)
    ]


def _lines(row: ServedQuestion, corrected: bool) -> list[Line]:
    type, content = row.version.type, row.version.content
    if type == "gap_fill":
        return [_gap(row, place, corrected) for place in range(len(content["gaps"]))]
    if type == "matching":
        lefts = content["left"]
        targets = serving.texts_in_order(content, row.order)
        texts = {side["id"]: side["text"] for side in content["right"]}
        right = [texts[content["answer"][left["id"]]] for left in content["left"]]
    elif type == "ordering":
        lefts = serving.in_order(content, row.order)
        targets = [str(rank + 1) for rank in range(len(lefts))]
        right = [str(content["answer"].index(id) + 1) for id in row.order["items"]]
    else:
        return []
    given = serving.given_places(type, content, row.order, row.response)
    return [
        _line(f"q{row.position}-{place}", left, targets, given[place], right[place] if corrected else None)
        for place, left in enumerate(lefts)
    ]


def _line(name: str, left: dict, targets: list[str], given: int, right: str | None) -> Line:
    choices = [Choice(place, target, place == given) for place, target in enumerate(targets)]
    said = targets[given] if given >= 0 else ""
    line = Line(name, left["text"], choices, said, html=with_addresses(left.get("html", "")))
    return line if right is None else replace(line, right=right, is_right=said == right)


def _gap(row: ServedQuestion, place: int, corrected: bool) -> Line:
    """One gap: a list to pick from or a text to type, as saved; what was right only when `corrected`."""
    gap = row.version.content["gaps"][place]
    given, choices = (row.response or {}).get(gap["id"]), []
    if ids := row.order.get(gap["id"], []):
        texts = {option["id"]: option["text"] for option in gap["options"]}
        choices = [Choice(rank, texts[id], id == given) for rank, id in enumerate(ids)]
    line = Line(
        name=f"q{row.position}-{place}",
        text=row.version.content["texts"][place],
        choices=choices,
        given=texts.get(given, "") if choices else given or "",
        unit=gap.get("unit", ""),
    )
    if not corrected:
        return line
    is_right = mark(gap["type"], gap, given) == ALL
    return replace(line, right=texts[gap["answer"]] if choices else _right_text(gap["type"], gap), is_right=is_right)


def _right_text(type: str, content: dict) -> str:
    if type == "numeric":
        return _number(content)
    if type == "short_text":
        return content["accepted"][0]
    return ""


def _number(content: dict) -> str:
    value, unit = str(content["answer"]).replace(".", ","), content.get("unit", "")
    text = f"{value}\N{NO-BREAK SPACE}{unit}" if unit else value
    tolerance = Decimal(content.get("tolerance") or 0)
    if not tolerance:
        return text
    return pgettext("number and tolerance", "%(number)s (à %(tolerance)s près)") % {
        "number": text,
        "tolerance": f"{tolerance.normalize():f}".replace(".", ","),
    }
