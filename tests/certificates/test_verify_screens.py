"""Verification and the holder's page in a real browser: without JavaScript, at both widths; axe finds nothing."""

import os
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from certificates.actions import close_log
from certificates.models import Certificate
from certificates.tasks.signing import publish
from tests.browser import LOOKS, look_at
from tests.certificates.makers import Payload, make_certificate


@pytest.fixture
def certificate(transactional_db, live_server, settings):
    settings.LMS_PUBLIC_URL = live_server.url
    certificate = make_certificate()
    publish(Payload())
    close_log(None, timezone.now())
    return certificate


def test_masked_name_is_confirmed_without_javascript(certificate, open_page):
    Certificate.objects.filter(pk=certificate.pk).update(visibility="masked")
    page = open_page(javascript=False)
    page.goto("/verifier/")
    page.get_by_label("Code du certificat").fill(certificate.printed_code.lower())
    page.get_by_role("button", name="Vérifier", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ce certificat est authentique et valide")
    expect(page.locator("main")).not_to_contain_text(certificate.printed_name)
    page.get_by_label("Nom imprimé sur le document").fill("osunleke dosuxwe kouderin houngbedji")
    page.get_by_role("button", name="Confirmer le nom").click()
    expect(page.get_by_text("C’est le bon nom")).to_be_visible()
    expect(page.locator("main")).to_contain_text(certificate.printed_name)


def test_page_opened_by_the_scanned_code_says_whether_it_is_signed_for_this_certificate(certificate, open_page):
    other = make_certificate()
    text, page = certificate.credential.code_text, open_page()
    address, _, fragment = text.partition("#")
    middle = len(fragment) // 2
    changed = fragment[:middle] + ("A" if fragment[middle] != "A" else "B") + fragment[middle + 1 :]
    for scanned, said in (
        (text, "Le code QR scanné est signé par nous"),
        (f"{address}#{other.credential.code_text.partition('#')[2]}", "celui d’un autre certificat"),
        (f"{address}#{changed}", "Le code QR scanné n’est pas signé par nous"),
    ):
        page.goto("about:blank")
        page.goto(scanned)
        expect(page.locator("[data-code]")).to_contain_text(said, use_inner_text=True)
    Certificate.objects.filter(pk=certificate.pk).update(visibility="link")
    page.goto("about:blank")
    page.goto(text)
    expect(page.get_by_role("heading", level=1)).to_have_text("Aucun certificat à montrer pour ce code")
    expect(page.locator("[data-code]")).to_contain_text("est signé par nous", use_inner_text=True)


def test_holder_keeps_a_certificate_for_their_link_without_javascript(certificate, open_page):
    page = open_page(user=certificate.person, javascript=False)
    page.goto(certificate.get_absolute_url())
    page.get_by_label("Rien : seules les personnes à qui je donne mon lien le voient").check()
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("C’est noté")).to_be_visible()
    stranger = open_page(javascript=False)
    stranger.goto(reverse("certificates:verify_code", args=[certificate.public_code]))
    expect(stranger.get_by_role("heading", level=1)).to_have_text("Aucun certificat à montrer pour ce code")
    certificate.refresh_from_db()
    expect(page.get_by_text(certificate.link_key)).to_be_visible()
    stranger.goto(certificate.shared_path)
    expect(stranger.locator("main")).to_contain_text(certificate.printed_name)


def test_axe_finds_nothing_and_nothing_is_too_wide(certificate, open_page, axe):
    code = certificate.public_code
    screens = {
        "titulaire": (certificate.person, certificate.get_absolute_url()),
        "verifie": (None, reverse("certificates:verify_code", args=[code])),
        "journal": (None, reverse("certificates:log_proof", args=[code])),
        "inconnu": (None, "/c/0000-0000-0000/"),
        "verifier": (None, "/verifier/"),
    }
    for name, (user, address) in screens.items():
        page = open_page(user=user, reduced_motion="reduce")
        page.goto(address)
        for width, scheme in LOOKS:
            look_at(page, width, scheme)
            if folder := os.environ.get("LMS_SHOTS"):
                page.screenshot(path=Path(folder) / f"{name}-{width}-{scheme}.png", full_page=True)
            axe(page)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (address, width, scheme)
        page.context.close()
