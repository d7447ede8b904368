"""The catalogue in a real browser: on a phone without JavaScript, and to assistive technology."""

import pytest
from playwright.sync_api import expect

from courses.actions import ensure_site
from tests.browser import LOOKS, look_at
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
    titles = page.locator(".course-card__title")
    expect(titles).to_have_text(["Réseaux", "Télé-services"], use_inner_text=True)
    page.get_by_label("Axe").select_option(label="E-services")
    page.get_by_role("button", name="Chercher").click()
    expect(titles).to_have_text(["Télé-services"], use_inner_text=True)
    page.get_by_label("Mots à chercher").fill("reseaux")
    page.get_by_role("button", name="Chercher").click()
    expect(page.locator("main")).to_contain_text("Aucune formation ne correspond", use_inner_text=True)
    page.get_by_role("link", name="Voir toutes les formations").click()
    expect(page.locator(".course-card")).to_have_count(2)


def test_catalogue_is_accessible_and_fits(open_page, courses, axe):
    page = open_page(reduced_motion="reduce")
    for address in ("/formations/", "/formations/?q=introuvable", "/"):
        page.goto(address)
        for width, scheme in LOOKS:
            look_at(page, width, scheme)
            axe(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
