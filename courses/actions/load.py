"""Loading courses read from files into pages and questions; running it again changes nothing."""

import uuid
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.utils.text import slugify
from wagtail.models import Collection, Page

from courses.actions.branches import open_branch
from courses.actions.site import ensure_site
from courses.addresses import free_slug
from courses.imports.course_file import CourseSource, LessonSource, QuestionSource, fingerprint
from courses.models import (
    CataloguePage,
    CompetenceGain,
    CoursePage,
    ImportedContent,
    LessonPage,
    Question,
    QuizPage,
    QuizQuestion,
    RequiredCourse,
)
from courses.models.banks import widest_bank_of
from courses.rules.rich_text import to_html
from lms.people.models import Unit
from lms.skills.models import Competence, JobProfile, Strand

QUIZ_ID, QUIZ_TITLE, QUIZ_SLUG = "quiz", "Évaluation finale", "evaluation"
# Option identifiers come from the file's, but say nothing of them: `i1` would give away its rank.
OPTION_IDS = uuid.UUID("6a3d3c1e-5a33-4c0a-9f4b-8b6a1f6b7d52")


@dataclass
class LoadReport:
    """What a load did: how many contents of each kind were created, updated, unchanged; which were left, and why."""

    counts: Counter = field(default_factory=Counter)  # (kind, outcome) → number
    left: list[str] = field(default_factory=list)  # keys of contents changed or deleted here since the last load

    def add(self, kind: str, outcome: str, key: str = "") -> None:
        self.counts[kind, outcome] += 1
        if outcome == "left":
            self.left.append(key)


@transaction.atomic
def load_courses(sources: Iterable[CourseSource], update: bool = False) -> LoadReport:
    """Create or update the pages and questions of these courses, all or none.

    A content that someone changed or deleted here since it was last loaded is left alone and reported,
    unless `update` is set: then the file wins.
    """
    sources = list(sources)
    titles = {source.id: source.title for source in sources}
    loader = Loader(update, titles, producers={source.producer for source in sources if source.producer})
    for source in in_order(sources):
        loader.load(source)
    return loader.report


def in_order(sources: Iterable[CourseSource]) -> list[CourseSource]:
    """The courses in the order of the catalogue, each after those it requires."""
    known = {source.id: source for source in sorted(sources, key=lambda source: (source.order, source.id))}
    ordered: dict[str, CourseSource] = {}

    def add(source: CourseSource, above: tuple[str, ...] = ()) -> None:
        for code in source.prerequisites:
            if code in known and code not in (*above, source.id):
                add(known[code], (*above, source.id))
        ordered.setdefault(source.id, source)

    for source in known.values():
        add(source)
    return list(ordered.values())


class Loader:
    """One load: the vocabulary it refers to, and its report."""

    def __init__(self, update: bool, titles: dict[str, str], producers: Iterable[str] = ()):
        self.update, self.report = update, LoadReport()
        self.catalogue = ensure_site()
        self.competences = {competence.code: competence for competence in Competence.objects.all()}
        self.strands = {strand.code: strand for strand in Strand.objects.all()}
        self.profiles = {profile.code: profile for profile in JobProfile.objects.all()}
        self.units = {unit.code: unit for unit in Unit.objects.filter(code__in=producers)}
        self.titles = {**dict(CoursePage.objects.values_list("code", "title")), **titles}
        self.courses = dict(CoursePage.objects.values_list("code", "pk"))
        self.records = {record.key: record for record in ImportedContent.objects.select_related("page", "question")}

    def load(self, source: CourseSource) -> None:
        sheet = replace(source, lessons=(), questions=())
        if source.id not in self.records and CoursePage.objects.filter(code=source.id).exists():
            self.report.add("course", "left", source.id)
            return
        course = self._page(
            "course", source.id, fingerprint(sheet), CoursePage, self._last_course, lambda page: self._fill(page, sheet)
        )
        if course is None:
            return
        self.courses[source.id] = course.pk
        course = self._settle(course, source)
        before = None
        for lesson in source.lessons:
            page = self._page(
                "lesson",
                f"{source.id}/{lesson.id}",
                fingerprint(lesson),
                LessonPage,
                lambda page, before=before: self._place(course, before, page),
                lambda page, lesson=lesson: fill_lesson(page, lesson, course),
            )
            before = page or before
        bank = widest_bank_of(course)
        questions = [self._question(f"{source.id}-{question.id}", question, bank) for question in source.questions]
        asked = [
            (question, each.points) for question, each in zip(questions, source.questions, strict=True) if question
        ]
        self._page(
            "quiz",
            f"{source.id}/{QUIZ_ID}",
            fingerprint([(question.code, points) for question, points in asked], source.pass_mark_percent),
            QuizPage,
            lambda page: self._place(course, before, page),
            lambda page: fill_quiz(page, asked, source.pass_mark_percent),
        )

    def _page(self, kind: str, key: str, print_: str, model, place: Callable, fill: Callable):
        """The page of this key, created or updated by `fill` if need be; None if it was deleted here."""
        record = self.records.get(key)
        if record is None:
            page = model(live=False)
            fill(page)
            place(page)
            return self._publish(kind, "created", ImportedContent(key=key, source=print_), page)
        if record.page is None and not self.update:
            self.report.add(kind, "left", key)
            return None
        if record.page is None:
            page = model(live=False)
            fill(page)
            place(page)
            return self._publish(kind, "created", record, page, source=print_)
        page = record.page.specific
        is_touched = record.state != str(page.latest_revision_id)
        if record.source == print_ and not (is_touched and self.update):
            self.report.add(kind, "left" if is_touched else "unchanged", key)
        elif is_touched and not self.update:
            self.report.add(kind, "left", key)
        else:
            fill(page)
            return self._publish(kind, "updated", record, page, source=print_)
        return page

    def _publish(self, kind: str, outcome: str, record: ImportedContent, page, **changes):
        page.full_clean()
        page.save_revision().publish()
        page = type(page).objects.get(pk=page.pk)
        record.page, record.state = page, str(page.latest_revision_id)
        for name, value in changes.items():
            setattr(record, name, value)
        record.save()
        self.report.add(kind, outcome)
        return page

    def _question(self, code: str, source: QuestionSource, bank: Collection) -> Question | None:
        """The question of this code, created or updated if need be; None if it was deleted here."""
        print_ = fingerprint(replace(source, points=1))  # points belong to the quiz
        record = self.records.get(code) or ImportedContent(key=code, source="")
        question = record.question
        if record.pk is None and (written_here := Question.objects.within(bank).filter(code=code).first()):
            self.report.add("question", "left", code)
            return written_here
        if question is None and record.pk and not self.update:
            self.report.add("question", "left", code)
            return None
        is_touched = question is not None and record.state != state_of(question)
        if question is not None and not (is_touched and self.update) and (record.source == print_ or is_touched):
            self.report.add("question", "left" if is_touched else "unchanged", code)
            return question
        outcome = "updated" if question else "created"
        question = question or Question(code=code, collection=bank)
        self._fill_question(question, source)
        question.full_clean()
        question.save()
        record.question, record.source, record.state = question, print_, state_of(question)
        record.save()
        self.report.add("question", outcome)
        return question

    def _last_course(self, page: CoursePage) -> None:
        self.catalogue.refresh_from_db()
        self.catalogue.add_child(instance=page)

    def _settle(self, course: CoursePage, source: CourseSource) -> CoursePage:
        """A course still in the open catalogue joins the branch of its producer, where that unit is known."""
        unit = self.units.get(source.producer)
        if unit and course.get_parent().specific_class is CataloguePage:
            course.move(open_branch(unit), "last-child")
        return CoursePage.objects.get(pk=course.pk)

    def _place(self, course: CoursePage, before: Page | None, page: Page) -> None:
        """Put a new page right after the one that precedes it in the file, first without one."""
        if before is not None:
            Page.objects.get(pk=before.pk).add_sibling(pos="right", instance=page)
        elif first := course.get_first_child():
            first.add_sibling(pos="left", instance=page)
        else:
            CoursePage.objects.get(pk=course.pk).add_child(instance=page)

    def _fill(self, page: CoursePage, source: CourseSource) -> None:
        page.title, page.summary = source.title, source.summary
        page.slug, page.code = page.slug or source.id, page.code or source.id
        page.content_version, page.position = source.version, source.order
        page.duration_minutes = source.duration_minutes
        page.objectives = [("objective", text) for text in source.objectives]
        page.sources = [("source", text) for text in source.sources]
        for name, value in source.stated:
            setattr(page, name, value)
        page.contact_email = page.contact_email or settings.LMS_CONTACT_EMAIL
        page.prerequisites = "\n".join(self.titles[code] for code in source.prerequisites if code not in self.courses)
        asked = {each.required_id: each.pk for each in page.required_courses.all()}
        page.required_courses = [
            RequiredCourse(pk=asked.get(self.courses[code]), required_id=self.courses[code], sort_order=rank)
            for rank, code in enumerate(source.prerequisites)
            if code in self.courses
        ]
        page.producer = self.units.get(source.producer) or page.producer
        page.strands = [self.strands[code] for code in source.strands]
        page.audience = [self.profiles[code] for code in source.audience]
        held = {gain.competence.code: gain.pk for gain in page.competence_gains.all()}
        page.competence_gains = [
            CompetenceGain(pk=held.get(code), competence=self.competences[code], level=level, sort_order=rank)
            for rank, (code, level) in enumerate(source.competences)
        ]

    def _fill_question(self, question: Question, source: QuestionSource) -> None:
        question.prompt, question.explanation = to_html(source.prompt), to_html(source.explanation)
        question.competence, question.level = self.competences.get(source.competence), source.level
        question.answer = [stream_answer(question.code, source.type, source.answer)]


def fill_lesson(page: LessonPage, source: LessonSource, course: CoursePage) -> None:
    """Write what the file says on the page; its address, once given, stays."""
    page.title, page.duration_minutes, page.micro_action = source.title, source.duration_minutes, source.micro_action
    page.slug = page.slug or free_slug(course, slugify(source.title)[:80], reserved={QUIZ_SLUG})
    page.body = [(block["type"], block["value"]) for block in source.blocks]


def fill_quiz(page: QuizPage, asked: list[tuple[Question, int]], pass_mark_percent: int) -> None:
    """Write the questions and the pass mark on the page."""
    page.title, page.slug = page.title or QUIZ_TITLE, page.slug or QUIZ_SLUG
    page.pass_mark_percent = pass_mark_percent
    held = {each.question_id: each.pk for each in page.quiz_questions.all()}
    page.quiz_questions = [
        QuizQuestion(pk=held.get(question.pk), question=question, points=points, sort_order=rank)
        for rank, (question, points) in enumerate(asked)
    ]


def state_of(question: Question) -> str:
    """How a question looks now, classification included; one query."""
    return fingerprint(question.current_version().fingerprint, question.competence_id, question.level)


def stream_answer(code: str, kind: str, answer: dict) -> dict:
    """An answer in the raw shape of the StreamField, with identifiers that are stable and say nothing."""

    def item(name: str, value):
        return {"type": "item", "id": str(uuid.uuid5(OPTION_IDS, f"{code}/{name}")), "value": value}

    value = {name: str(each) if isinstance(each, Decimal) else each for name, each in answer.items()}
    match kind:
        case "single" | "multiple":
            value = {
                "options": [
                    item(
                        pk,
                        {"text": to_html(text, is_inline=True), "is_correct": right, "feedback": "".join(feedback)},
                    )
                    for pk, text, right, *feedback in answer["options"]
                ]
            }
        case "matching":
            value = {
                "pairs": [
                    item(pk, {"left": to_html(left, is_inline=True), "right": right})
                    for pk, left, right in answer["pairs"]
                ]
            }
        case "ordering":
            value = {"items": [item(pk, to_html(text, is_inline=True)) for pk, text in answer["items"]]}
        case "short_text":
            value["accepted"] = [item(text, text) for text in answer["accepted"]]
    return {"type": kind, "id": str(uuid.uuid5(OPTION_IDS, code)), "value": value}
