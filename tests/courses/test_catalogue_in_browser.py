"""The catalogue in a real browser: on a phone without JavaScript, and to assistive technology."""

import pytest

from courses.actions import ensure_site
from tests.factories.courses import CoursePageFactory
from tests.factories.skills import StrandFactory


@pytest.fixture
def courses(live_server):
    ensure_site()
    strand = StrandFactory(code="eservices", name="E-services")
    CoursePageFactory(title="Télé-services", strands=[strand])
    CoursePageFactory(title="Réseaux")


def test_catalogue_is_filtered_on_a_phone_without_javascript(open_page, courses):
    page = open_page(javascript=False, width=360)
    page.goto("/formations/")
    assert page.locator(".course-card__title").all_inner_texts() == ["Réseaux", "Télé-services"]
    page.get_by_label("Axe").select_option(label="E-services")
    page.get_by_role("button", name="Chercher").click()
    assert page.locator(".course-card__title").all_inner_texts() == ["Télé-services"]
    page.get_by_label("Mots à chercher").fill("reseaux")
    page.get_by_role("button", name="Chercher").click()
    assert "Aucune formation ne correspond" in page.locator("main").inner_text()
    page.get_by_role("link", name="Voir toutes les formations").click()
    assert page.locator(".course-card").count() == 2


@pytest.mark.parametrize("width", [360, 1280])
def test_catalogue_is_accessible_and_fits(open_page, courses, axe, width):
    page = open_page(width=width)
    for address in ("/formations/", "/formations/?q=introuvable", "/"):
        page.goto(address)
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
