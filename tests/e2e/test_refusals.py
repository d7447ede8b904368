"""Who may not, cannot: role by role and object by object, in the browser's own session."""

import re

import pytest
from playwright.sync_api import expect


@pytest.mark.parametrize("name", ["responsable", "rh", "formateur", "certification"])
@pytest.mark.parametrize("address", ["attempt", "result", "progress"])
def test_what_is_a_learner_s_own_is_no_one_else_s(name, address, visit, road):
    assert visit(name).goto(road[address]).status == 404


@pytest.mark.parametrize(("name", "status"), [("responsable", 200), ("rh", 200), ("formateur", 404)])
def test_certificate_is_seen_by_whom_the_person_concerns(name, status, visit, road):
    assert visit(name).goto(road["certificate"]).status == status


def test_stranger_is_sent_to_sign_in(visit, road):
    page = visit()
    for address in ("/mon-espace/", "/mes-competences/", "/equipe/", "/gestion/", road["lesson"], road["attempt"]):
        page.goto(address)
        expect(page).to_have_url(re.compile("/compte/login/"))


@pytest.mark.parametrize(
    ("name", "address", "status"),
    [
        ("agent", "/equipe/", 403),
        ("agent", "/equipe/export.xlsx", 403),
        ("responsable", "/equipe/", 200),
        ("rh", "/equipe/", 200),
    ],
)
def test_people_are_seen_by_whom_it_concerns(name, address, status, visit):
    assert visit(name).request.get(address).status == status


@pytest.mark.parametrize("name", ["agent", "responsable"])
def test_learners_have_no_back_office(name, visit):
    assert visit(name).goto("/gestion/").status == 403


def test_hr_sees_no_person_of_another_ministry(visit, road):
    hr, admin = visit("rh"), visit("admin")
    admin.goto("/equipe/?q=Kouagou")
    stranger = admin.locator("table.people tbody th a").first.get_attribute("href")
    assert hr.goto(stranger).status == 404
