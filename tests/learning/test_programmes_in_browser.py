"""A programme on a phone: followed without JavaScript, and to assistive technology."""

from django.utils import timezone
from playwright.sync_api import expect

from lms.learning.actions import enrol, finish_lesson
from lms.learning.programmes import follow_programme
from lms.learning.study import find_study
from tests.browser import LOOKS, look_at
from tests.factories.courses import CompetenceGainFactory, ProgrammePageFactory, course_with
from tests.factories.people import UserFactory

LONG = "Interopérabilité : raccorder les registres de base de l’administration"


def a_programme():
    courses = [course_with(lessons=1, quiz=False, title=title) for title in ("Messagerie", LONG, "Signature")]
    CompetenceGainFactory(course=courses[0])
    return courses, ProgrammePageFactory(
        courses=courses, optional=courses[2:], optional_count=1, title="Agent public numérique"
    )


def test_programme_is_followed_on_a_phone_without_javascript(open_page, live_server):
    _courses, programme = a_programme()
    page = open_page(javascript=False, width=360, user=UserFactory())
    page.goto("/formations/")
    page.get_by_role("link", name="Agent public numérique").click()
    page.get_by_role("button", name="Suivre ce parcours").click()
    expect(page.locator("main")).to_contain_text("Formations qui comptent déjà : 0 sur 3.", use_inner_text=True)
    page.get_by_role("link", name="Continuer : Messagerie").click()
    page.get_by_role("button", name="M’inscrire à cette formation").click()
    with page.expect_navigation():
        page.get_by_role("button", name="J’ai terminé").click()
    page.goto(f"/parcours/{programme.slug}/")
    expect(page.locator(".outline__title").first).to_contain_text("Terminée", use_inner_text=True)
    page.get_by_role("link", name=f"Continuer : {LONG}").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(LONG)


def test_programme_is_accessible_and_fits(open_page, live_server, axe):
    person = UserFactory()
    courses, programme = a_programme()
    follow_programme(person, programme, timezone.now())
    for course in courses[:2]:
        enrol(person, course, timezone.now())
    study = find_study(person, courses[0].slug)
    finish_lesson(person.enrolments.get(course=courses[0]), study.outline.items[0], timezone.now())
    page = open_page(reduced_motion="reduce", user=person)
    for address in (f"/parcours/{programme.slug}/", "/formations/", "/mon-espace/"):
        page.goto(address)
        for width, scheme in LOOKS:
            look_at(page, width, scheme)
            axe(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
