"""A lesson with every block in a real browser: readable by everyone, light, printed whole; its author warned in time."""

from contextlib import suppress

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from lms.learning.models import Enrolment
from tests.browser import LOOKS, look_at
from tests.factories.courses import LessonPageFactory
from tests.factories.lesson_body import every_block
from tests.factories.people import UserFactory


@pytest.fixture
def lesson(live_server):
    return LessonPageFactory(title="Signer un document", body=every_block())


@pytest.fixture
def learner(lesson):
    person = UserFactory()
    Enrolment.objects.create(person=person, course=lesson.get_parent().specific, enrolled_at=timezone.now())
    return person


def test_every_block_is_accessible_and_fits(open_page, lesson, learner, axe):
    page = open_page(user=learner, reduced_motion="reduce")
    page.goto(lesson.url)
    for are_open in (False, True):
        if are_open:
            page.locator(".prose details").evaluate_all("all => all.forEach(details => { details.open = true })")
        for width, scheme in LOOKS:
            look_at(page, width, scheme)
            axe(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_without_javascript_texts_open_and_no_sound_or_film_is_fetched(open_page, lesson, learner):
    page = open_page(javascript=False, width=360, user=learner)
    fetched = []
    page.on("request", lambda request: fetched.append(request.url))
    page.goto(lesson.url)
    page.get_by_text("Et hors connexion ?").click()
    expect(page.get_by_text("La signature attend le retour du réseau.")).to_be_visible()
    page.get_by_text("Lire la transcription").first.click()
    expect(page.get_by_text("À l’écran, le parapheur est ouvert.")).to_be_visible()
    page.locator(".download").scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")
    assert [url for url in fetched if "/documents/" in url] == []


def test_author_is_warned_of_a_heavy_lesson_as_they_write(open_page, lesson, live_server, monkeypatch, settings):
    settings.WAGTAILADMIN_BASE_URL = live_server.url  # where previews fetch the checker
    author = UserFactory(is_superuser=True)
    editor = open_page(user=author)
    editor.goto(reverse("wagtailadmin_pages:edit", args=[lesson.pk]))
    checks = editor.locator('[data-side-panel="checks"]')
    editor.locator('[data-side-panel-toggle="checks"]').click()
    editor.locator("[data-content-word-count]").filter(has_not_text="-").wait_for()
    expect(checks).not_to_contain_text("Leçon trop lourde", use_inner_text=True)
    monkeypatch.setattr("courses.rules.weight.FIRST_VIEW_BUDGET", 10_000)
    warning = checks.get_by_text("Leçon trop lourde pour un téléphone")
    # Wagtail's preview forgets a change made while it refreshes; an author goes on typing, and so do we.
    for words in range(1, 9):
        editor.locator("#id_title").fill("Signer un document " + "pas à pas " * words)
        with suppress(AssertionError):
            expect(warning).to_be_visible(timeout=5_000)
            break
    expect(warning).to_be_visible()
