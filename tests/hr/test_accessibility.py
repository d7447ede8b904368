"""The HR pages in a real browser, on a phone and at a desk: axe finds nothing, nothing runs off the screen."""

import pytest
from playwright.sync_api import expect

from tests.browser import LOOKS, look_at
from tests.factories.hr import colleague, give_level, profile_requiring
from tests.factories.people import PostFactory, UnitFactory, UserFactory


@pytest.fixture
def team(transactional_db):
    """A manager whose report has a radar, a gap, a level met, and a level that ends soon."""
    unit = UnitFactory(name="Direction des systèmes d’information")
    profile, competences = profile_requiring(3, 2, 1)
    manager = UserFactory(first_name="Kofi", last_name="Zinsou")
    PostFactory(person=manager, unit=unit)
    agent = colleague(unit, profile, first_name="Ama", last_name="Adjovi", manager=manager)
    give_level(agent, competences[0], 1)
    give_level(agent, competences[2], 1)
    return manager, agent


def test_axe_finds_nothing_on_the_hr_pages(open_page, axe, team):
    manager, agent = team
    visits = [
        (agent, "/mes-competences/"),
        (agent, "/equipe/"),  # refused
        (manager, "/mes-competences/"),  # no profile
        (manager, "/equipe/"),
        (manager, f"/equipe/{agent.pk}/"),
    ]
    for user, address in visits:
        page = open_page(user=user, reduced_motion="reduce")
        page.goto(address)
        for width, scheme in LOOKS:
            look_at(page, width, scheme)
            axe(page)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (address, width, scheme)
        page.context.close()


def test_the_team_is_filtered_and_ordered_without_javascript(open_page, team):
    manager, _agent = team
    page = open_page(user=manager, javascript=False)
    page.goto("/equipe/")
    people = page.locator(".people tbody th")
    expect(people).to_have_text(["Ama Adjovi", "Kofi Zinsou"], use_inner_text=True)
    page.get_by_role("link", name="Écart total").click()
    expect(people).to_have_text(["Kofi Zinsou", "Ama Adjovi"], use_inner_text=True)
    page.get_by_label("Nom ou matricule").fill("adjovi")
    page.get_by_role("button", name="Filtrer").click()
    expect(people).to_have_text(["Ama Adjovi"], use_inner_text=True)
    page.get_by_role("link", name="Ama Adjovi").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ama Adjovi", use_inner_text=True)
