"""From a partner's draft to the catalogue, in a browser: submitted, read, ticked by keyboard, published."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from courses.models import CoursePage
from tests.browser import LOOKS, look_at
from tests.factories.reviews import Scene, every_box, state_of


@pytest.fixture
def scene(live_server):
    return Scene()


def test_a_partners_course_is_submitted_reviewed_and_in_the_catalogue(open_page, scene, axe, settings, live_server):
    settings.WAGTAILADMIN_BASE_URL = live_server.url
    author = open_page(user=scene.author)
    author.goto(reverse("wagtailadmin_pages:edit", args=[scene.course.pk]))
    author.locator("#id_summary").fill("Ce qu’il faut savoir des adresses.")
    author.locator("footer").get_by_role("button", name="Plus d’actions").or_(
        author.locator("footer [data-w-dropdown-target='toggle']")
    ).first.click()
    with author.expect_navigation():
        author.locator("[name=action-submit]").click()
    expect(author.get_by_text("a été soumise")).to_be_visible()
    author.goto(reverse("wagtailadmin_pages:edit", args=[scene.lesson.pk]))
    expect(author.get_by_text("Cette page attend sa relecture.")).to_be_visible()

    reviewer = open_page(user=scene.reviewer, reduced_motion="reduce")
    reviewer.goto(reverse("wagtailadmin_home"))
    axe(reviewer)
    reviewer.get_by_role("link", name="2 À relire").click()
    expect(reviewer.get_by_role("link", name="Adresses")).to_be_visible()
    reviewer.get_by_role("link", name="Réseaux", exact=True).first.click()
    expect(reviewer.get_by_role("group", name="Points à vérifier")).to_be_visible()
    expect(reviewer.frame_locator("iframe").get_by_role("heading", name="Réseaux").first).to_be_visible()
    for width, scheme in LOOKS:
        look_at(reviewer, width, scheme)
        axe(reviewer, leave_out="iframe")
        assert reviewer.evaluate("document.documentElement.scrollWidth") <= width

    with reviewer.expect_navigation():
        reviewer.get_by_role("button", name="Approuver").click()
    expect(reviewer.get_by_role("alert")).to_contain_text("cochez chaque point de la liste")
    reviewer.locator("[name=met]").first.focus()
    for _box in every_box():
        reviewer.keyboard.press("Space")
        reviewer.keyboard.press("Tab")
    expect(reviewer.locator("[name=met]:checked")).to_have_count(len(every_box()))
    reviewer.get_by_role("button", name="Approuver").focus()
    with reviewer.expect_navigation():
        reviewer.keyboard.press("Enter")
    expect(reviewer.get_by_text("« Réseaux » est approuvée.")).to_be_visible()

    reader = open_page()
    reader.goto("/formations/")
    expect(reader.get_by_role("heading", name="Réseaux")).to_be_visible()
    assert state_of(scene.lesson).status == "approved"
    assert CoursePage.objects.get().summary == "Ce qu’il faut savoir des adresses."
