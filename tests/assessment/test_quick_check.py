"""A question inside a lesson: who may answer, what they are told, what is never told before; nothing is recorded."""

import re

import pytest
from django.urls import reverse
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.models import PageViewRestriction, ReferenceIndex

from courses.models import LessonPage
from lms.assessment.models import Attempt, ServedQuestion
from lms.learning.models import ProgressEvent
from tests.factories.courses import ANSWERS, LessonPageFactory, QuestionFactory, raw_answer
from tests.factories.learning import EnrolmentFactory
from tests.factories.people import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def question():
    return QuestionFactory(prompt="Que prouve une signature ?", explanation="Qui a signé, et quand.")


@pytest.fixture
def lesson(question):
    body = [("prose", "<p>Avant.</p>"), ("quick_check", {"question": question})]
    return LessonPageFactory(body=body, title="Signer")


@pytest.fixture
def learner(client, lesson):
    client.force_login(EnrolmentFactory(course=lesson.get_parent().specific).person)
    return client


def address(lesson, question):
    return reverse("assessment:quick_check", args=[lesson.pk, question.pk])


def fields(html) -> dict[str, str]:
    """The value of each option by its text, and the hidden version."""
    found = dict(re.findall(r'value="(\d+)"><span class="choice__text">([^<]+)<', html))
    return {text: value for value, text in found.items()} | {
        "version": re.search(r'name="version" value="(\d+)"', html)[1]
    }


def test_the_lesson_asks_and_never_tells(learner, lesson, question, django_assert_num_queries):
    learner.get(lesson.url)
    with django_assert_num_queries(1):
        html = learner.get(lesson.url).content.decode()
    assert "Que prouve une signature ?" in html
    assert f'data-quick-check="{address(lesson, question)}"' in html
    assert "lms/js/quick-check.js" in html
    secrets = ["Qui a signé", "Juste", "Faux", question.current_version().content["answer"]]
    assert [secret for secret in secrets if secret in html] == []


def test_lesson_without_a_question_fetches_nothing_more(learner, lesson):
    other = LessonPageFactory(parent=lesson.get_parent())
    html = learner.get(other.url).content.decode()
    assert ("quick-check.js" in html, "quiz.css" in html) == (False, False)


@pytest.mark.parametrize(("text", "verdict"), [("Juste", "right"), ("Faux", "wrong")])
def test_answer_is_corrected_and_explained_at_once_and_recorded_nowhere(learner, lesson, question, text, verdict):
    url = address(lesson, question)
    asked = learner.get(url).content.decode()
    assert ("Qui a signé" in asked, "question--right" in asked, " point" in asked) == (False, False, False)
    named = fields(asked)
    page = learner.get(url, {"version": named["version"], f"q{question.pk}": named[text]}).content.decode()
    assert (f"question--{verdict}" in page, "Qui a signé, et quand." in page, "sur 1 point" in page) == (
        *(True, True, False),
    )
    assert f'href="{lesson.url}#quick-check-{question.pk}"' in page
    assert not (ServedQuestion.objects.exists() or Attempt.objects.exists() or ProgressEvent.objects.exists())


@pytest.mark.parametrize("kind", list(ANSWERS))
def test_every_type_that_marks_itself_can_be_asked(client, kind):
    question = QuestionFactory(kind=kind)
    if kind in {"essay", "file", "survey"}:
        return
    lesson = LessonPageFactory(body=[("quick_check", {"question": question})])
    client.force_login(EnrolmentFactory(course=lesson.get_parent().specific).person)
    asked = client.get(address(lesson, question)).content.decode()
    name = re.search(rf'name="(q{question.pk}[-\d]*)"', asked)[1]
    version = re.search(r'name="version" value="(\d+)"', asked)[1]
    page = client.get(address(lesson, question), {"version": version, name: "1"}).content.decode()
    assert re.search(r"question--(right|partly|wrong)", page)


def test_nothing_answered_asks_again(learner, lesson, question):
    page = learner.get(address(lesson, question), {"version": question.current_version().pk}).content.decode()
    assert ("Répondez d’abord à la question." in page, "Qui a signé" in page) == (True, False)


def test_the_lesson_fetches_a_fragment(learner, lesson, question):
    page = learner.get(address(lesson, question), headers={"x-requested-with": "fetch"})
    html = page.content.decode()
    assert ("<form" in html, "<html" in html, "no-store" in page["Cache-Control"]) == (True, False, True)


def test_an_answer_is_marked_against_what_was_shown(learner, lesson, question):
    url = address(lesson, question)
    named = fields(learner.get(url).content.decode())
    turned = [{"text": "Juste", "is_correct": False}, {"text": "Faux", "is_correct": True}]
    question.answer = raw_answer("single", options=turned)
    question.save()
    page = learner.get(url, {"version": named["version"], f"q{question.pk}": named["Juste"]}).content.decode()
    assert "question--right" in page
    assert fields(learner.get(url).content.decode())["version"] != named["version"]


def test_only_readers_of_the_lesson_and_only_its_questions(client, learner, lesson, question):
    other = QuestionFactory()
    url = address(lesson, question)
    assert learner.get(address(lesson, other)).status_code == 404
    assert learner.get(url, {"version": other.current_version().pk}).status_code == 404
    restriction = PageViewRestriction.objects.create(page=lesson, restriction_type="groups")
    assert learner.get(url).status_code == 404
    restriction.delete()
    lesson.unpublish()
    assert learner.get(url).status_code == 404
    client.logout()
    assert client.get(url).status_code == 302
    client.force_login(UserFactory())
    assert client.get(url).status_code == 404


def test_author_tries_it_in_a_draft(client, lesson):
    question = QuestionFactory()
    lesson.body = [("quick_check", {"question": question})]
    lesson.save_revision()
    client.force_login(UserFactory(is_superuser=True))
    assert client.get(address(lesson, question)).status_code == 200
    preview = client.get(reverse("wagtailadmin_pages:view_draft", args=[lesson.pk])).content.decode()
    assert f'data-quick-check="{address(lesson, question)}"' in preview


def test_the_bank_says_where_a_question_is_asked(client, lesson, question):
    assert [reference.object_id for reference in ReferenceIndex.get_references_to(question)] == [str(lesson.pk)]
    client.force_login(UserFactory(is_superuser=True))
    usage = client.get(reverse("wagtailsnippets_courses_question:usage", args=[question.pk])).content.decode()
    assert "Signer" in usage


def test_questions_a_person_marks_or_nobody_does_are_refused(question):
    block = LessonPage._meta.get_field("body").stream_block.child_blocks["quick_check"]
    assert block.clean(block.normalize({"question": question}))["question"] == question
    for kind in sorted({"essay", "file", "survey"} & set(ANSWERS)):
        with pytest.raises(StructBlockValidationError) as refused:
            block.clean(block.normalize({"question": QuestionFactory(kind=kind)}))
        assert "se corrige seule" in str(refused.value.as_json_data())
