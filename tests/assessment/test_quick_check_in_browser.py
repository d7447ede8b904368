"""A question inside a lesson, in a real browser: in place and by keyboard, or on its own page without JavaScript."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from lms.learning.models import Enrolment
from tests.factories.courses import LessonPageFactory, QuestionFactory
from tests.factories.people import UserFactory


@pytest.fixture
def lesson(live_server):
    question = QuestionFactory(prompt="Que prouve une signature ?", explanation="Qui a signé, et quand.")
    return LessonPageFactory(title="Signer", body=[("quick_check", {"question": question})])


@pytest.fixture
def learner(lesson):
    person = UserFactory()
    Enrolment.objects.create(person=person, course=lesson.get_parent().specific, enrolled_at=timezone.now())
    return person


def test_question_is_answered_in_the_lesson_by_keyboard(open_page, lesson, learner, axe):
    page = open_page(width=360, user=learner)
    page.goto(lesson.url)
    check = page.locator(".quick-check")
    check.get_by_role("radio", name="Faux").press("Space")
    axe(page)
    check.get_by_role("button", name="Vérifier ma réponse").press("Enter")
    expect(check.locator(".feedback")).to_be_focused()
    expect(check.locator(".feedback")).to_contain_text("Qui a signé, et quand.")
    expect(check.locator(".feedback")).to_contain_text("À revoir")
    axe(page)
    check.get_by_role("link", name="Essayer de nouveau").press("Enter")
    check.get_by_role("radio", name="Juste").press("Space")
    check.get_by_role("button", name="Vérifier ma réponse").press("Enter")
    expect(check.locator(".question--right")).to_be_visible()
    expect(page).to_have_url(f"{page.url.split('/formations')[0]}{lesson.url}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_without_javascript_the_question_has_a_page_of_its_own(open_page, lesson, learner):
    page = open_page(javascript=False, user=learner)
    page.goto(lesson.url)
    page.get_by_role("link", name="Répondre").click()
    page.get_by_label("Juste").check()
    page.get_by_role("button", name="Vérifier ma réponse").click()
    expect(page.locator(".question--right")).to_contain_text("Qui a signé, et quand.")
    page.get_by_role("link", name="Revenir à la leçon").click()
    expect(page.get_by_role("heading", name="Signer")).to_be_visible()
