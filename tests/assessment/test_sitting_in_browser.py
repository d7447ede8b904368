"""A sitting on a phone: the code given, typed, the identity controlled, the minutes; its pages pass axe at 360 px."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from lms.assessment.models import SittingRecord
from tests.factories.learning import EnrolmentFactory
from tests.factories.people import UserFactory
from tests.factories.sittings import sitting_of


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_sitting_is_held_on_a_phone_without_javascript_for_the_learner(open_page, axe):
    supervisor = UserFactory(first_name="Sèna", last_name="HOUNKPÈ")
    sitting = sitting_of(None, supervisor)
    learner = EnrolmentFactory(course=sitting.course).person
    phone = open_page(user=supervisor, width=360)
    phone.goto(sitting.get_absolute_url())
    code = phone.locator(".room-code__digits").inner_text()
    axe(phone)

    desk = open_page(user=learner, javascript=False)
    desk.goto(reverse("assessment:quiz", args=[sitting.quiz_id]))
    desk.get_by_label("Code de la séance").fill(code)
    desk.get_by_role("button", name="Commencer dans cette séance").click()
    desk.get_by_role("radio").first.check()
    desk.get_by_role("button", name="Remettre").first.click()
    desk.get_by_role("button", name="Oui, remettre").click()
    expect(desk.get_by_role("heading", level=1)).to_be_visible()

    phone.get_by_role("link", name="Actualiser").click()
    expect(phone.get_by_role("heading", name="1 présent – 1 identité à contrôler")).to_be_visible()
    phone.get_by_label("Pièce vue").select_option("passport")
    phone.get_by_role("button", name="Identité contrôlée").click()
    expect(phone.get_by_text("Pièce vue : passeport, par Sèna HOUNKPÈ")).to_be_visible()
    axe(phone)
    assert phone.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    phone.get_by_role("link", name="Fermer la séance").click()
    expect(phone.get_by_role("heading", name="Fermer la séance")).to_be_visible()
    axe(phone)
    phone.get_by_label("Observations").fill("Rien à signaler.")
    phone.get_by_role("button", name="Fermer la séance").click()
    expect(phone.get_by_role("heading", name="Procès-verbal de séance surveillée")).to_be_visible()
    axe(phone)
    assert SittingRecord.objects.get().remarks == "Rien à signaler."
