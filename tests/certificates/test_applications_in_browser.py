"""A holder asks and a manager confirms on a phone, without JavaScript; the pages pass axe at 360 px."""

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from certificates.models import Certificate
from tests.certificates.makers import make_certificate, make_unit, make_user, place
from tests.certificates.test_applications import SAID


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_holder_asks_and_manager_confirms_on_a_phone(open_page, axe):
    manager, certificate = make_user("Aïcha", "BIO TCHANÉ"), make_certificate()
    place(certificate.person, make_unit(), manager)
    holder = open_page(user=certificate.person, width=360)
    holder.goto(certificate.get_absolute_url())
    holder.get_by_role("link", name="Faire confirmer que vous l’appliquez au travail (N4)").click()
    holder.get_by_label("Ce que vous appliquez dans votre travail").fill(SAID)
    axe(holder)
    holder.get_by_role("button", name="Demander la confirmation").click()
    expect(holder.get_by_text("attend une réponse")).to_be_visible()
    axe(holder)

    phone = open_page(user=manager, width=360)
    phone.goto(reverse("certificates:confirmations"))
    axe(phone)
    phone.get_by_role("link", name=str(certificate.person)).click()
    phone.get_by_label("Constaté le").fill(timezone.localdate().isoformat())
    axe(phone)
    assert phone.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    phone.get_by_role("button", name="Confirmer l’application au travail").click()
    expect(phone.get_by_text("Votre réponse est enregistrée ; la personne en est informée.")).to_be_visible()
    axe(phone)
    assert Certificate.objects.get(origin="applied").printed.assurance == "N4"
