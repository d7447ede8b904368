"""Wagtail's comparison of revisions reads well for what trainers write: each block, the sheet, what hangs on a page."""

import re

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from courses.models import CompetenceGain, CoursePage, LessonPage, QuizPage, QuizQuestion, RequiredLevel
from tests.factories.courses import LessonPageFactory, QuestionFactory, course_with
from tests.factories.lesson_body import every_block
from tests.factories.skills import CompetenceFactory

pytestmark = pytest.mark.django_db


def compared(client, page, before, after) -> str:
    address = reverse("wagtailadmin_pages:revisions_compare", args=[page.pk, before.pk, after.pk])
    html = client.get(address).content.decode()
    table = re.search(r"<tbody.*</tbody>", html, re.DOTALL)
    return " ".join(strip_tags(table[0]).split()) if table else ""


@pytest.mark.filterwarnings("ignore:.*looks more like a URL")  # Wagtail compares addresses as texts
def test_comparison_shows_each_block_added_to_a_lesson(admin_client):
    page = LessonPageFactory(body=[("prose", "<p>Avant.</p>")])
    before = page.save_revision()
    page.body = [("prose", "<p>Après.</p>"), *every_block()[1:]]
    page.micro_action = "Relire mes contrats."
    after = page.save_revision()
    told = compared(admin_client, page, before, after)
    words = ["Avant.", "Après.", "Que prouve une signature ?", "Relire mes contrats.", "Je vérifie la signature"]
    words += ["Un agent signe sur une tablette", "article 264", "Et hors connexion ?", "La signature attend le retour"]
    assert [word for word in words if word not in told] == []
    assert "object at 0x" not in told
    assert "Après." not in compared(admin_client, page, after, after)


def test_comparison_shows_the_sheet_and_what_hangs_on_it(admin_client):
    course = course_with(lessons=0)
    before = course.save_revision()
    course.licence, course.assurance, course.objectives = "CC-BY-4.0", "N3", [("objective", "Signer un acte")]
    course.competence_gains = [CompetenceGain(competence=CompetenceFactory(name="Confiance"), level=3)]
    course.required_levels = [RequiredLevel(competence=CompetenceFactory(name="Messagerie"), level=2)]
    told = compared(admin_client, CoursePage.objects.get(pk=course.pk), before, course.save_revision())
    words = ["CC BY 4.0", "N3 – test surveillé", "Signer un acte", "Confiance", "Messagerie", "Licence"]
    assert [word for word in words if word not in told] == []


def test_comparison_shows_the_questions_of_a_quiz(admin_client):
    quiz = QuizPage.objects.descendant_of(course_with(lessons=0)).get()
    before = quiz.save_revision()
    added = QuizQuestion(question=QuestionFactory(prompt="Que dit la loi ?"), points=2, sort_order=2)
    quiz.quiz_questions = [*quiz.quiz_questions.all(), added]
    told = compared(admin_client, quiz, before, quiz.save_revision())
    assert "Que dit la loi ?" in told


def test_an_earlier_revision_can_be_read_and_taken_back(admin_client):
    page = LessonPageFactory(body=[("prose", "<p>Avant.</p>")])
    before = page.save_revision()
    page.body = [("prose", "<p>Après.</p>")]
    page.save_revision().publish()
    shown = admin_client.get(reverse("wagtailadmin_pages:revisions_view", args=[page.pk, before.pk]))
    assert "Avant." in shown.content.decode()
    before.publish()
    assert "Avant." in str(LessonPage.objects.get(pk=page.pk).body.render_as_block())
