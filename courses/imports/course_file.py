"""The schema of a course file: from located values to what a course is made of, or every reason why not."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext as _

from courses.imports.lesson_markdown import UnsupportedMarkdown, markdown_to_blocks
from courses.imports.located import FileRefused, Located, Problem, read_yaml
from courses.imports.values import Values
from courses.models import CoursePage
from courses.rules.answers import FREEZERS, InvalidAnswer, frozen_content
from lms.core.typography import french
from lms.skills.models import MAX_LEVEL, MIN_LEVEL

STATED = ("in_person_minutes", "assurance", "contact_email", "licence", "review_due_on")
TITLE, TEXT, SHORT = 200, 2_000, 500
MAX_MINUTES = 10_000


@dataclass(frozen=True)
class Vocabulary:
    """The codes a file may refer to."""

    competences: frozenset[str]
    strands: frozenset[str]
    profiles: frozenset[str]
    courses: frozenset[str]


@dataclass(frozen=True)
class LessonSource:
    id: str
    title: str
    duration_minutes: int
    blocks: tuple[dict, ...]
    micro_action: str


@dataclass(frozen=True)
class QuestionSource:
    """A question; `answer` is in the shape that `frozen_content` takes, its ids those of the file."""

    id: str
    type: str
    prompt: str
    answer: dict
    explanation: str
    competence: str | None
    level: int | None
    points: int


@dataclass(frozen=True)
class CourseSource:
    id: str
    order: int
    version: int
    title: str
    summary: str
    duration_minutes: int
    pass_mark_percent: int
    audience: tuple[str, ...]
    strands: tuple[str, ...]
    prerequisites: tuple[str, ...]
    objectives: tuple[str, ...]
    competences: tuple[tuple[str, int], ...]
    sources: tuple[str, ...]
    producer: str = ""  # code of a unit; one that is not known here says nothing
    stated: tuple[tuple[str, Any], ...] = ()  # fields of the sheet that the file gives; the page keeps the others
    lessons: tuple[LessonSource, ...] = field(default=())
    questions: tuple[QuestionSource, ...] = field(default=())


def fingerprint(*parts) -> str:
    """SHA-256 of what a file says of one page or question."""
    plain = [asdict(part) if hasattr(part, "__dataclass_fields__") else part for part in parts]
    for part in plain:
        if isinstance(part, dict) and not part.get("stated", True):
            del part["stated"]  # files that state nothing more are as they were before they could
    return hashlib.sha256(json.dumps(plain, ensure_ascii=False, sort_keys=True, default=str).encode()).hexdigest()


def read_course_id(document: Located) -> str:
    """The id a file gives its course, before anything is checked; "" when there is none."""
    course = document.value.get("course") if isinstance(document.value, dict) else None
    code = course.value.get("id") if course and isinstance(course.value, dict) else None
    return code.value if code and isinstance(code.value, str) else ""


def read_course(document: Located, known: Vocabulary) -> CourseSource:
    """What a course file says. Raises FileRefused with every problem found."""
    reading = Reading(known)
    course = reading.course(document)
    if reading.problems:
        raise FileRefused(reading.problems)
    return course


def parse_course(data: bytes, known: Vocabulary) -> CourseSource:
    """The course written in `data` (YAML). Raises FileRefused."""
    return read_course(read_yaml(data), known)


class Reading(Values):
    """One pass over a course file."""

    def __init__(self, known: Vocabulary):
        super().__init__()
        self.known = known

    # --- What is found

    def course(self, document: Located) -> CourseSource:
        root = self.mapping(document, _("le fichier"), {"course"})
        required = {"id", "order", "version", "title", "summary", "duration_minutes", "lessons", "quiz"}
        optional = {"language", "audience", "strands", "prerequisites", "pass_mark_percent", "objectives", "producer"}
        found = self.mapping(
            root.get("course", document), _("« course »"), required, {*optional, "competences", "sources", *STATED}
        )
        code = self.identifier(found, "id", 80)
        if "language" in found and found["language"].value != "fr":
            self.refuse(found["language"], _("La langue d’une formation est « fr »."))
        return CourseSource(
            id=code,
            order=self.integer(found, "order", 0, 10_000),
            version=self.integer(found, "version", 1, 1_000_000),
            title=self.prose(found, "title", TITLE),
            summary=self.prose(found, "summary", SHORT),
            duration_minutes=self.integer(found, "duration_minutes", 1, MAX_MINUTES),
            pass_mark_percent=self.integer(found, "pass_mark_percent", 0, 100, default=70),
            audience=self.codes(found, "audience", self.known.profiles, _("Profil de poste inconnu : %(code)s.")),
            strands=self.codes(found, "strands", self.known.strands, _("Axe inconnu : %(code)s.")),
            prerequisites=self.codes(found, "prerequisites", self.known.courses, _("Formation inconnue : %(code)s.")),
            objectives=tuple(french(text) for text in self.texts(found, "objectives", 250)),
            competences=self.competences(found),
            sources=tuple(french(text) for text in self.texts(found, "sources", TEXT)),
            producer=self.text(found, "producer", 20) if "producer" in found else "",
            stated=tuple(self.stated(found)),
            lessons=self.identified(found, "lessons", self.lesson),
            questions=self.identified(found, "quiz", self.question),
        )

    def stated(self, found) -> Iterator[tuple[str, Any]]:
        """The other fields of the sheet, as they would be valid in its editor."""
        for name in STATED:
            if name in found:
                try:
                    yield name, CoursePage._meta.get_field(name).clean(found[name].value, None)
                except ValidationError as refusal:
                    why = " ".join(refusal.messages)
                    self.refuse(found[name], _("« %(key)s » : %(why)s") % {"key": name, "why": why})

    def competences(self, found) -> tuple[tuple[str, int], ...]:
        gains = []
        for node in self.nodes(found, "competences"):
            entry = self.mapping(node, _("une compétence"), {"code", "level"})
            code, level = self.competence(entry, "code"), self.integer(entry, "level", MIN_LEVEL, MAX_LEVEL)
            if code in {seen for seen, _level in gains}:
                self.refuse(node, _("La compétence %(code)s est citée deux fois.") % {"code": code})
            gains.append((code, level))
        return tuple(gains)

    def lesson(self, node: Located) -> LessonSource:
        found = self.mapping(node, _("une leçon"), {"id", "title", "duration_minutes", "body_md"}, {"micro_action"})
        title = self.prose(found, "title", TITLE)
        if title and not slugify(title):
            self.refuse(found["title"], _("Un titre contient au moins une lettre ou un chiffre."))
        return LessonSource(
            id=self.identifier(found, "id"),
            title=title,
            duration_minutes=self.integer(found, "duration_minutes", 1, MAX_MINUTES),
            blocks=self.body(found),
            micro_action=self.prose(found, "micro_action", 400, default=""),
        )

    def body(self, found) -> tuple[dict, ...]:
        text = self.text(found, "body_md", 100_000)
        try:
            blocks = tuple(markdown_to_blocks(text))
        except UnsupportedMarkdown as refusal:
            first_line = found["body_md"].line + 1  # the text of « | » begins on the next line
            self.problems.append(Problem(first_line + refusal.line, refusal.message))
            return ()
        if text and not blocks:
            self.refuse(found["body_md"], _("La leçon n’a pas de texte."))
        return blocks

    def question(self, node: Located) -> QuestionSource:
        kind_node = node.value.get("type") if isinstance(node.value, dict) else None
        kind = kind_node.value if kind_node and isinstance(kind_node.value, str) else ""
        if kind_node and kind not in FREEZERS:
            self.refuse(kind_node, _("Type de question inconnu : %(type)s.") % {"type": kind_node.written or "?"})
            return QuestionSource("", "", "", {}, "", None, None, 1)
        required, optional = ANSWER_KEYS.get(kind, (set(), set()))
        found = self.mapping(
            node,
            _("une question"),
            {"id", "type", "prompt", "points", *required},
            {"competence", "level", "explanation", *optional},
        )
        before = len(self.problems)
        answer = getattr(self, f"answer_{kind}")(found) if kind else {}
        source = QuestionSource(
            id=self.identifier(found, "id"),
            type=kind,
            prompt=self.prose(found, "prompt", TEXT),
            answer=answer,
            explanation=self.prose(found, "explanation", TEXT, default=""),
            competence=self.competence(found, "competence") if "competence" in found else None,
            level=self.integer(found, "level", MIN_LEVEL, MAX_LEVEL) if "level" in found else None,
            points=self.integer(found, "points", 1, 100),
        )
        if kind and len(self.problems) == before:
            try:
                frozen_content(kind, answer)
            except InvalidAnswer as refusal:
                self.problems += [Problem(node.line, message) for message in refusal.messages]
        return source

    # --- Answers, by type

    def answer_single(self, found) -> dict:
        options = self.options(found, "options", 500)
        right = self.choice(found.get("answer"), options)
        return {"options": [(pk, text, pk == right) for pk, text in options]}

    def answer_multiple(self, found) -> dict:
        options = self.options(found, "options", 500)
        right = self.choices(found, "answer", options)
        return {"options": [(pk, text, pk in right) for pk, text in options]}

    def answer_true_false(self, found) -> dict:
        return {"is_true": self.boolean(found, "answer")}

    def answer_numeric(self, found) -> dict:
        return {
            "value": self.decimal(found, "answer"),
            "tolerance": self.decimal(found, "tolerance", default=Decimal(0)),
            "unit": self.text(found, "unit", 40, default=""),
        }

    def answer_matching(self, found) -> dict:
        left, right = self.options(found, "left", 300), self.options(found, "right", 300)
        node = found.get("answer", Located({}, 0))
        texts, pairs = dict(right), {}
        if not isinstance(node.value, dict):
            self.refuse(node, _("Les paires s’écrivent {élément: correspondant}."))
            return {"pairs": []}
        for key, value in node.value.items():
            if key not in dict(left):
                self.refuse(value, _("« %(id)s » n’est le nom d’aucune option.") % {"id": key})
            pairs[key] = self.choice(value, right)
        if node.line and (set(pairs) != set(dict(left)) or sorted(pairs.values()) != sorted(texts)):
            self.refuse(node, _("Chaque élément de gauche va avec un élément de droite, et un seul."))
            return {"pairs": []}
        return {"pairs": [(pk, text, texts[pairs[pk]]) for pk, text in left if pairs.get(pk) in texts]}

    def answer_ordering(self, found) -> dict:
        items = self.options(found, "items", 300)
        order, texts = self.choices(found, "answer", items), dict(items)
        if "answer" in found and sorted(order) != sorted(texts):
            self.refuse(found["answer"], _("L’ordre cite chaque élément une fois."))
        return {"items": [(pk, texts[pk]) for pk in order if pk in texts]}

    def answer_short_text(self, found) -> dict:
        accepted = list(self.texts(found, "accepted", 200))
        match = {}
        if "match" in found:
            match = self.mapping(found["match"], "« match »", set(), {"ignore_case", "ignore_accents", "trim"})
        ignore = {name: self.boolean(match, name, default=True) for name in ("ignore_case", "ignore_accents")}
        if not self.boolean(match, "trim", default=True):
            self.refuse(match["trim"], _("Les espaces autour d’une réponse sont toujours ignorés."))
        return {"accepted": accepted, **ignore}

    def options(self, found, key, longest) -> list[tuple[str, str]]:
        options = []
        for node in self.nodes(found, key):
            entry = self.mapping(node, _("une option"), {"id", "text"})
            pk, text = self.identifier(entry, "id"), self.prose(entry, "text", longest)
            if pk and pk in dict(options):
                self.refuse(node, _("L’identifiant « %(id)s » est répété.") % {"id": pk})
            options.append((pk, text))
        if len(options) > 12:
            self.refuse(found[key], _("Pas plus de douze éléments."))
        return options

    def choice(self, node: Located | None, options) -> str:
        if node is None:
            return ""
        if not isinstance(node.value, str) or node.value not in dict(options):
            self.refuse(node, _("« %(id)s » n’est le nom d’aucune option.") % {"id": node.written or "?"})
            return ""
        return node.value

    def choices(self, found, key, options) -> list[str]:
        chosen = [self.choice(node, options) for node in self.nodes(found, key)]
        if len(set(chosen)) < len(chosen):
            self.refuse(found[key], _("Une option est citée deux fois."))
        return chosen

    def competence(self, found, key) -> str:
        code = self.text(found, key, 10)
        if code and code not in self.known.competences:
            self.refuse(found[key], _("Compétence inconnue : %(code)s.") % {"code": code})
        return code

    def codes(self, found, key, known, message) -> tuple[str, ...]:
        codes = []
        for node in self.nodes(found, key):
            code = self.text({key: node}, key, 80)
            if code and code not in known:
                self.refuse(node, message % {"code": code})
            if code in codes:
                self.refuse(node, _("« %(code)s » est cité deux fois.") % {"code": code})
            codes.append(code)
        return tuple(codes)


ANSWER_KEYS = {
    "single": ({"options", "answer"}, set()),
    "multiple": ({"options", "answer"}, set()),
    "true_false": ({"answer"}, set()),
    "numeric": ({"answer"}, {"tolerance", "unit"}),
    "matching": ({"left", "right", "answer"}, set()),
    "ordering": ({"items", "answer"}, set()),
    "short_text": ({"accepted"}, {"match"}),
}
