"""The passport on a phone and on a desk: asked for, seen coming, with and without JavaScript."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from certificates.models import Passport
from tests.certificates.makers import make_certificate

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("width", "javascript"), [(360, False), (1280, True)])
def test_holder_asks_for_a_passport_and_sees_it_come(open_page, axe, run_jobs, width, javascript):
    page = open_page(width=width, javascript=javascript, user=make_certificate().person)
    page.goto(reverse("certificates:mine"))
    page.get_by_role("link", name="Mon passeport").click()
    page.get_by_role("button", name="Préparer mon passeport").click()
    expect(page.get_by_text("Passeport en préparation…")).to_be_visible()
    run_jobs("certificates.make_passport")
    if not javascript:
        page.get_by_role("link", name="Voir où il en est").click()
    expect(page.get_by_role("link", name="Télécharger")).to_be_visible()
    expect(page.get_by_text("Passeport en préparation…")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    if not javascript:
        return
    axe(page)
    page.get_by_role("link", name=Passport.objects.get().printed_code).click()
    expect(page.get_by_role("heading", name="Ce passeport a été délivré par nous")).to_be_visible()
    axe(page)
