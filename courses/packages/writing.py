"""A course written as one archive: `course.json` and its assets, the same bytes for the same content."""

import datetime
import hashlib
import json
import zipfile
from decimal import Decimal
from typing import IO, Any

from django.db import models
from wagtail.documents import get_document_model
from wagtail.fields import RichTextField, StreamField
from wagtail.images import get_image_model
from wagtail.models import Page

from courses.draws import pools_of
from courses.models import CoursePage, ModulePage, Question, QuizPage
from courses.packages.fields import CARRIED, NATURAL_KEYS, is_child_relation, is_many, kind_of_page
from courses.packages.values import clean_html, convert_html, convert_raw

FORMAT, VERSION = "academie-ctd.course", 1
MANIFEST = "course.json"
THE_COURSE = "."  # what links call the course itself
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the archive says when nothing, so that nothing but content makes it differ
CHUNK = 64 * 1024


def write_course(course: CoursePage, file: IO[bytes]) -> dict:
    """Write the archive of a course, as its pages were last saved; give what it holds, as its manifest says it."""
    writer = Writer(course)
    manifest = writer.manifest()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        said = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True)
        archive.writestr(entry_of(MANIFEST), said)
        for key in sorted(writer.assets):
            with archive.open(entry_of(f"assets/{key}"), "w", force_zip64=True) as held, writer.opened(key) as source:
                while chunk := source.read(CHUNK):
                    held.write(chunk)
    return manifest


def entry_of(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, LONG_AGO)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry


class Rows:
    """Rows written as JSON, with the questions and files met on the way."""

    def __init__(self):
        self.places: dict[int, str] = {}  # pages that links may lead to, as the archive calls them
        self.questions: dict[int, Question] = {}
        self.codes: dict[str, int] = {}
        self.assets: dict[str, Any] = {}
        self.told: dict[str, dict] = {}
        self._keys: dict[tuple[str, int], str | None] = {}

    def row(self, row: models.Model) -> dict:
        """The declared fields of a row."""
        return {name: self.value(row, row._meta.get_field(name)) for name in CARRIED[type(row)]}

    def value(self, row: models.Model, field) -> Any:
        """One field of a row, as JSON; rows elsewhere by their natural keys."""
        if is_child_relation(field):
            return [self.row(child) for child in getattr(row, field.name).all()]
        if is_many(field):
            key = NATURAL_KEYS[field.related_model]
            return sorted(getattr(each, key) for each in getattr(row, field.name).all())
        value = getattr(row, field.name)
        if isinstance(field, models.ForeignKey):
            return None if value is None else self.natural_key(value)
        if isinstance(field, StreamField):
            raw = field.stream_block.get_prep_value(value)
            return convert_raw(field.stream_block, raw, self.reference, self.html)
        if isinstance(field, RichTextField):
            return self.html(value, field.features)
        if isinstance(value, datetime.date | datetime.datetime):
            return value.isoformat()
        return str(value) if isinstance(value, Decimal) else value

    def html(self, html: str, features: list[str] | None) -> str:
        return convert_html(clean_html(html, features), self.reference)

    def natural_key(self, row: models.Model) -> str:
        if isinstance(row, Question):
            self.questions[row.pk] = row
            return self.code_of(row)
        return getattr(row, NATURAL_KEYS[type(row)])

    def code_of(self, question: Question) -> str:
        """The code of a question in the archive: its own, unless a question of another bank has it already."""
        is_first = self.codes.setdefault(question.code, question.pk) == question.pk
        return question.code if is_first else f"{question.code[:100]}-{question.pk}"

    def reference(self, kind: str, pk: Any) -> str | None:
        """What a reference is called in the archive; None for what does not travel with it."""
        pk = int(pk)
        if (kind, pk) not in self._keys:
            self._keys[kind, pk] = {"page": self._page, "question": self._question}.get(kind, self._asset)(kind, pk)
        return self._keys[kind, pk]

    def _page(self, kind: str, pk: int) -> str | None:
        return self.places.get(pk)

    def _question(self, kind: str, pk: int) -> str | None:
        question = Question.objects.filter(pk=pk).first()
        return question and self.natural_key(question)

    def _asset(self, kind: str, pk: int) -> str | None:
        model = get_image_model() if kind == "image" else get_document_model()
        item = model.objects.filter(pk=pk).first()
        if item is None or not item.file.storage.exists(item.file.name):
            return None
        name = item.file.name.rpartition("/")[2]
        extension = name.rpartition(".")[2].lower()
        with item.file.storage.open(item.file.name, "rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        told = {"kind": kind, "title": item.title, "sha256": digest}
        if kind == "image":
            told["description"] = item.description
        mark = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:32]
        key = f"{mark}.{extension}"
        self.assets[key], self.told[key] = item, told
        return key


class Writer(Rows):
    """One course being written, as its pages were last saved."""

    def __init__(self, course: CoursePage):
        super().__init__()
        self.course = course.get_latest_revision_as_object()
        self.pages = [page.get_latest_revision_as_object() for page in course.get_descendants().specific()]
        self.places = {page.pk: page.slug for page in self.pages if not isinstance(page, ModulePage)}
        self.places[course.pk] = THE_COURSE

    def manifest(self) -> dict:
        """All that the archive says; files are named by what they hold."""
        course = self.row(self.course)
        pages = self.below(self.course)
        self._draw_questions()
        questions: dict[str, dict] = {}
        while waiting := [one for one in self.questions.values() if self.code_of(one) not in questions]:
            for question in waiting:
                code = self.code_of(question)
                questions[code] = {**self.row(question), "code": code}
        return {
            "format": FORMAT,
            "version": VERSION,
            "course": {**course, "pages": pages},
            "questions": [questions[code] for code in sorted(questions)],
            "assets": self.told,
        }

    def opened(self, key: str):
        """The content of a file, to be closed."""
        item = self.assets[key]
        return item.file.storage.open(item.file.name, "rb")

    def below(self, parent: Page) -> list[dict]:
        """The pages right below one, in order, each with its own."""
        return [
            {"type": kind_of_page(page), **self.row(page), "pages": self.below(page)}
            for page in self.pages
            if page.depth == parent.depth + 1 and page.path.startswith(parent.path)
        ]

    def _draw_questions(self) -> None:
        """The questions that the draws may take today travel too."""
        open_here = Question.objects.open_to(self.course)
        for quiz in (page for page in self.pages if isinstance(page, QuizPage)):
            drawn = {pk for pool in pools_of(open_here, list(quiz.draws.all())) for pk in pool}
            self.questions |= Question.objects.in_bulk(drawn - self.questions.keys())
