"""What is measured on: the real courses, a generated course of 50 rich lessons, quizzes, a learner."""

import io
import json
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connection
from django.test import Client as InProcess
from django.utils import timezone
from PIL import Image as Picture
from wagtail.images.models import Image
from wagtail.models import Page

from bench.client import Visitor
from bench.models import Mark, Text
from courses.models import CataloguePage, CoursePage, LessonPage, Question, QuizPage, QuizQuestion
from courses.outline import lesson_body_html
from lms.learning.models import Enrolment
from lms.people.models import User

LESSONS = 50
QUIZZES = 20
QUESTIONS = 10
FRAME_LENGTH = 10_000  # of the base template and the floor's own list
PROSE = (
    "Le service public s’écrit depuis une adresse professionnelle : l’usager sait qui lui répond, le dossier reste au "
    "service quand l’agent s’en va, et l’administration choisit où les messages sont gardés. "
)


def prepare() -> User:
    """An empty database made ready, filled and collected; returns the learner that pages are measured for."""
    quiet = {"verbosity": 0, "interactive": False}
    call_command("migrate", **quiet)
    with connection.schema_editor() as editor:
        for model in (Mark, Text):
            editor.create_model(model)
    call_command("collectstatic", **quiet)
    for command in ("load_framework", "load_organisations", "load_courses"):
        call_command(command, stdout=io.StringIO())
    call_command("make_sandbox_authority", stdout=io.StringIO())
    learner = User.objects.create_user("bench@demo.example", "bench", first_name="Afi", last_name="Banc")
    reading, quizzes = reading_course(), quiz_course()
    for course in (reading, quizzes):
        enrol(learner, course)
    leave_props(learner, reading)
    return learner


def reading_course() -> CoursePage:
    """A course of 50 lessons of 12 blocks: six texts with an internal link each, boxes, two images."""
    course = add_course("lecture", "Cinquante leçons")
    image = Image.objects.create(title="Schéma", file=ContentFile(picture(), "schema.png"))
    for number in range(1, LESSONS + 1):
        body = lesson_body(course, image)
        page = LessonPage(title=f"Leçon {number} : écrire et ranger", slug=f"lecon-{number}", body=json.dumps(body))
        page.micro_action = "Écrire l’objet de mon prochain message avec une échéance."
        publish(course, page)
    return course


def lesson_body(course, image) -> list[dict]:
    """Twelve blocks as the editor stores them."""
    link = f'<a linktype="page" id="{course.pk}">la formation</a>'
    prose = [{"type": "prose", "value": f"<h3>Point {n}</h3><p>{PROSE * 2}{link}.</p>"} for n in range(1, 7)]
    boxes = [
        {"type": kind, "value": {"title": "Ce qui compte", "text": f"<p>{PROSE}</p>"}}
        for kind in ("remember", "practice", "important", "remember")
    ]
    picture_value = {"image": image.pk, "alt_text": "Un schéma", "decorative": False}
    pictures = [{"type": "image", "value": picture_value}] * 2
    return [*prose[:3], pictures[0], *boxes[:2], *prose[3:], *boxes[2:], pictures[1]]


def quiz_course() -> CoursePage:
    """A course of one lesson and many quizzes without limit of attempts, asking real questions of every type."""
    course = add_course("evaluations", "Vingt évaluations")
    publish(course, LessonPage(title="Avant de commencer", slug="lecon-1", body="[]"))
    questions = varied_questions()
    for number in range(1, QUIZZES + 1):
        quiz = QuizPage(title=f"Évaluation {number}", slug=f"evaluation-{number}", max_attempts=0)
        quiz.quiz_questions = [QuizQuestion(question=question, sort_order=at) for at, question in enumerate(questions)]
        publish(course, quiz)
    return course


def varied_questions() -> list[Question]:
    """Ten questions of the bank, of as many types as it has."""
    by_type: dict[str, list[Question]] = {}
    for question in Question.objects.order_by("code"):
        by_type.setdefault(question.answer[0].block_type, []).append(question)
    rows = [questions[turn] for turn in range(QUESTIONS) for questions in by_type.values() if turn < len(questions)]
    return rows[:QUESTIONS]


def add_course(slug: str, title: str) -> CoursePage:
    course = CoursePage(
        title=title, slug=slug, code=slug, summary=PROSE, contact_email="bench@demo.example", position=99
    )
    return publish(CataloguePage.objects.get(), course)


def publish(parent: Page, page: Page) -> Page:
    """The page under its parent, published as an editor does."""
    parent = Page.objects.get(pk=parent.pk)
    parent.add_child(instance=page)
    page.save_revision().publish()
    return page


def enrol(learner: User, course: CoursePage) -> Enrolment:
    count = Page.objects.child_of(course).live().count()
    return Enrolment.objects.create(person=learner, course=course, enrolled_at=timezone.now(), item_count=count)


def leave_props(learner: User, course: CoursePage) -> None:
    """The texts of the real pages, for the floors that show as much without our work."""
    lesson = LessonPage.objects.child_of(course).get(slug="lecon-25")
    steps = LessonPage.objects.child_of(course).values("title", "slug")
    body = lesson_body_html(lesson.pk, "props")
    props = {
        "catalogue": page_text("/formations/"),
        "home": filling(page_text("/mon-espace/", learner), ""),
        "lesson": {
            "course_id": course.pk,
            "title": lesson.title,
            "body": body + filling(page_text(f"/formations/{course.slug}/{lesson.slug}/", learner), body),
            "micro_action": lesson.micro_action,
            "steps": [{"title": step["title"], "url": f"../{step['slug']}/", "minutes": 10} for step in steps],
        },
    }
    (Path(settings.LMS_DATA_DIR) / "props.json").write_text(json.dumps(props))


def page_text(path: str, visitor: User | None = None) -> str:
    """A page of the product as it is now."""
    browser = InProcess(HTTP_HOST="localhost")
    if visitor:
        browser.force_login(visitor, backend="django.contrib.auth.backends.ModelBackend")
    return browser.get(path).content.decode()


def filling(page: str, known: str) -> str:
    """Text that makes a floor's page about as long as ours, whose `known` part it has anyway."""
    sentence = f"<p>{PROSE}</p>"
    return sentence * max(0, (len(page) - len(known) - FRAME_LENGTH) // len(sentence))


def visitor_for(user: User) -> Visitor:
    """The cookies of a signed-in user."""
    browser = InProcess()
    browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return Visitor(browser.cookies["sessionid"].value)


def picture() -> bytes:
    """A small PNG."""
    file = io.BytesIO()
    Picture.new("RGB", (640, 360), "#1a2350").save(file, "PNG")
    return file.getvalue()
