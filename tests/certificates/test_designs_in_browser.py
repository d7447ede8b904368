"""An officer writes a design in a browser: logo, signatory, preview in another tab, then saved."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from certificates.models import Design
from certificates.permissions import DESIGN, VIEW
from tests.certificates.makers import make_officer, make_unit
from tests.certificates.test_designs import SVG


@pytest.fixture
def officer(transactional_db):
    return make_officer(make_unit(), VIEW, *DESIGN)


def test_officer_writes_previews_and_saves_a_design(open_page, officer, tmp_path):
    page = open_page(user=officer)
    page.goto(reverse("certificate_designs:add"))
    expect(page.locator("select[name=course]")).to_be_visible()
    page.locator("[name=name]").fill("Modèle du Centre")
    page.locator("[name=title_fr]").fill("Certificat du Centre")
    page.locator("#id_signatories-ADD").click()
    page.locator("[name=signatories-0-name]").fill("Ablawa Dossou")
    page.locator("[name=signatories-0-title]").fill("Directrice du Centre")
    page.locator("#id_logos-ADD").click()
    page.locator("[name=logos-0-alt]").fill("Drapeau")
    file = tmp_path / "logo.svg"
    file.write_bytes(SVG)
    page.locator("[name=logos-0-svg]").set_input_files(file)
    with page.context.expect_event("response", lambda answer: "application/pdf" in answer.headers["content-type"]):
        page.get_by_role("button", name="Voir un aperçu").click()
    assert not Design.objects.filter(name="Modèle du Centre").exists()
    expect(page.locator("[name=name]")).to_have_value("Modèle du Centre")
    page.locator("#w-editor-form footer button[type=submit]").click()
    expect(page.get_by_text("Modèle du Centre").first).to_be_visible()
    design = Design.objects.get(name="Modèle du Centre")
    assert (design.signatories.get().name, design.logos.get().alt) == ("Ablawa Dossou", "Drapeau")
