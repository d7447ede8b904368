"""Images, documents and questions of published pages: no way around the review."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from wagtail.documents import get_document_model
from wagtail.images import get_image_model

from courses.actions.import_questions import begin_import, confirm_import
from courses.actions.review import decide
from courses.models import ProducerPage, Question, QuestionImport, QuizDraw, QuizPage, QuizQuestion
from courses.uses import named_beyond
from lms.assessment.actions import QuizNotOpen
from tests.factories.assessment import open_attempt
from tests.factories.courses import (
    CoursePageFactory,
    LessonPageFactory,
    QuestionFactory,
    QuizPageFactory,
    make_reviewer,
    make_trainer,
)
from tests.factories.learning import EnrolmentFactory
from tests.factories.library import DocumentFactory, ImageFactory, picture_bytes
from tests.factories.people import UnitFactory
from tests.factories.reviews import every_box, submit

pytestmark = pytest.mark.django_db
REFUSED = "il n’est pas remplacé sans relecture"


class Scene:
    """A branch, its trainer, an image and a document of theirs, and a lesson that shows both."""

    def __init__(self, kind: str, live: bool):
        self.trainer = make_trainer(UnitFactory(kind=kind))
        branch = ProducerPage.objects.get()
        mine = {"collection": branch.collection, "uploaded_by_user": self.trainer}
        self.image, self.document = ImageFactory(**mine), DocumentFactory(**mine)
        picture = {"image": self.image.pk, "alt_text": "Un plan", "decorative": False}
        body = [
            {"type": "image", "value": picture},
            {"type": "download", "value": {"file": self.document.pk, "title": "Le plan"}},
        ]
        self.lesson = LessonPageFactory(parent=CoursePageFactory(parent=branch), title="Plans", body=body, live=live)

    def post_new_files(self, client) -> str:
        """Put other files in place of both; what the two pages answer."""
        told = ""
        for name, row, file in (
            ("wagtailimages", self.image, SimpleUploadedFile("autre.png", picture_bytes(640, 360), "image/png")),
            ("wagtaildocs", self.document, SimpleUploadedFile("autre.pdf", b"%PDF-1.7\nautre")),
        ):
            data = {"title": row.title, "file": file, "tags": "", "collection": row.collection_id}
            told += client.post(reverse(f"{name}:edit", args=[row.pk]), data, follow=True).content.decode()
        return told

    def files(self) -> list[str]:
        return [get_image_model().objects.get().file.name, get_document_model().objects.get().file.name]


@pytest.mark.parametrize(
    ("kind", "live", "refused"), [("company", True, True), ("company", False, False), ("agency", True, False)]
)
def test_a_file_shown_by_a_published_page_is_replaced_by_who_may_publish_it(client, kind, live, refused):
    scene = Scene(kind, live)
    client.force_login(scene.trainer)
    before = scene.files()
    html = scene.post_new_files(client)
    assert (REFUSED in html, scene.files() == before) == (refused, refused)
    if refused:
        assert html.count("« Plans », publiée, montre ce fichier") == 2


def test_nor_while_the_page_that_shows_it_waits_for_its_review_or_its_hour(client):
    """What was read with the picture of then would be published with another."""
    scene, now = Scene("company", live=False), timezone.now()
    quiz = QuizPageFactory(parent=scene.lesson.get_parent(), title="Bilan", live=False, questions=[])
    asked = QuestionFactory(collection=scene.image.collection, code="secours")
    quiz.quiz_questions = [QuizQuestion(question=asked)]  # in the version submitted alone
    scene.lesson.go_live_at = now + timedelta(hours=1)
    state = submit(scene.lesson, scene.trainer)
    submit(quiz, scene.trainer)
    reviewer = make_reviewer(ProducerPage.objects.get().unit)
    client.force_login(scene.trainer)
    before = scene.files()
    edit = reverse("wagtailsnippets_courses_question:edit", args=[asked.pk])
    for stage in ("under review", "approved"):
        html = scene.post_new_files(client)
        assert html.count("« Plans », en attente de publication, montre ce fichier") == 2, stage
        assert scene.files() == before
        told = client.post(edit, {"answer-count": 0}, follow=True).content.decode()
        assert "« Bilan », en attente de publication, pose cette question" in told
        if stage == "under review":
            decide([state], reviewer, is_approved=True, met=every_box(), comment="", now=now)
    assert named_beyond(scene.trainer, Question) == {quiz.pk: {asked.pk}}


def test_its_title_may_change(client):
    scene = Scene("company", live=True)
    client.force_login(scene.trainer)
    data = {"title": "Mieux dit", "tags": "", "collection": scene.image.collection_id}
    client.post(reverse("wagtailimages:edit", args=[scene.image.pk]), data)
    assert get_image_model().objects.get().title == "Mieux dit"


def deletions(scene) -> list[str]:
    """Every address of Wagtail that deletes an image or a document."""
    image, document = scene.image.pk, scene.document.pk
    return [
        reverse("wagtailimages:delete", args=[image]),
        reverse("wagtailimages:delete_multiple", args=[image]),
        reverse("wagtaildocs:delete", args=[document]),
        reverse("wagtaildocs:delete_multiple", args=[document]),
        reverse("wagtail_bulk_action", args=["wagtailimages", "image", "delete"]) + f"?id={image}",
        reverse("wagtail_bulk_action", args=["wagtaildocs", "document", "delete"]) + f"?id={document}",
    ]


def test_nor_is_it_deleted(client):
    scene = Scene("company", live=True)
    client.force_login(scene.trainer)
    for url in deletions(scene):
        html = client.post(url, follow=True, headers={"x-requested-with": "XMLHttpRequest"}).content.decode()
        assert "n’est pas supprimé : « Plans », publiée, le montre." in html, url
    assert len(scene.files()) == 2


def test_a_file_shown_nowhere_is_deleted(client):
    scene = Scene("company", live=False)
    client.force_login(scene.trainer)
    for url in (deletions(scene)[0], deletions(scene)[2]):
        client.post(url)
    assert not get_image_model().objects.exists()
    assert not get_document_model().objects.exists()


@pytest.mark.parametrize(
    ("kind", "live", "refused"), [("company", True, True), ("company", False, False), ("agency", True, False)]
)
def test_a_question_of_a_published_quiz_is_changed_by_who_may_publish_it(client, kind, live, refused):
    client.force_login(make_trainer(UnitFactory(kind=kind)))
    branch = ProducerPage.objects.get()
    question = QuestionFactory(collection=branch.collection)
    course = CoursePageFactory(parent=branch)
    QuizPageFactory(parent=course, title="Bilan", live=live, questions=[question])
    url = reverse("wagtailsnippets_courses_question:edit", args=[question.pk])
    assert client.get(url).status_code == 200
    html = client.post(url, {"answer-count": 0}, follow=True).content.decode()
    assert ("« Bilan », publiée, pose cette question" in html) == refused


@pytest.mark.parametrize(
    ("kind", "live", "kept"), [("company", True, True), ("company", False, False), ("agency", True, False)]
)
def test_nor_by_an_import(run_jobs, kind, live, kept):
    trainer = make_trainer(UnitFactory(kind=kind))
    branch = ProducerPage.objects.get()
    question = QuestionFactory(collection=branch.collection, code="secours")
    QuizPageFactory(parent=CoursePageFactory(parent=branch), live=live, questions=[question])
    file = "// [id:secours]\n::Secours::Un énoncé que personne n’a relu {TRUE}\n".encode()
    begun = begin_import("x.gift", file, branch.collection, trainer, timezone.now())
    confirm_import(begun, trainer, all_or_nothing=False, replaces=True)
    run_jobs()
    question.refresh_from_db()
    assert ("que personne n’a relu" in question.plain_prompt) != kept
    told = str(QuestionImport.objects.get().remarks)
    assert ("elle ne change pas sans relecture" in told) == kept


@pytest.mark.parametrize(("kind", "as_reviewed"), [("company", True), ("agency", False)])
def test_nor_by_a_draw(kind, as_reviewed):
    make_trainer(UnitFactory(kind=kind))
    branch = ProducerPage.objects.get()
    mine = {"collection": branch.collection, "level": 3}
    read = QuestionFactory(prompt="<p>Ce qui fut relu</p>", **mine)
    quiz = QuizPageFactory(parent=CoursePageFactory(parent=branch), questions=[])
    quiz.draws.add(QuizDraw(count=1, level=3))
    quiz.save_revision().publish()
    read.prompt = "<p>Ce que personne n’a relu</p>"
    read.save()
    enrolment = EnrolmentFactory(course=quiz.get_parent().specific)
    attempt = open_attempt(enrolment, QuizPage.objects.get(pk=quiz.pk))
    told = "Ce qui fut relu" if as_reviewed else "Ce que personne n’a relu"
    assert attempt.questions.get().version.prompt == told
    # nor is a question added since, which the draw would match
    QuestionFactory.create_batch(8, **mine)
    QuizDraw.objects.update(count=9)
    if as_reviewed:
        with pytest.raises(QuizNotOpen):
            open_attempt(EnrolmentFactory(course=enrolment.course), QuizPage.objects.get(pk=quiz.pk))
    else:
        attempt = open_attempt(EnrolmentFactory(course=enrolment.course), QuizPage.objects.get(pk=quiz.pk))
        assert attempt.questions.count() == 9
