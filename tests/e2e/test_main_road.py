"""The main road: a course found, followed, passed, certified, verified, and seen by HR; and changed by a trainer."""

import re
import shutil
import subprocess
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e import learner


def test_main_road_with_javascript(visit, tmp_path):
    """From the login to the levels HR sees."""
    person = read_person_as_hr(visit)
    expect(level_of(person, "SC1")).to_contain_text("Niveau 1 acquis", use_inner_text=True)
    page = visit("agent")
    addresses = learner.follow(page, "messagerie-hygiene")
    assert_genuine(page, addresses["certificate"], tmp_path)
    assert_public(visit, addresses["verification"])
    page.goto("/mes-competences/")
    expect(level_of(page, "SC1")).to_contain_text("Niveau 2 acquis", use_inner_text=True)
    person.reload()
    expect(level_of(person, "SC1")).to_contain_text("Niveau 2 acquis", use_inner_text=True)


def test_main_road_without_javascript(visit, tmp_path):
    """The same road where no script runs, signing in included, at the width of a phone."""
    page = visit(width=360, java_script_enabled=False)
    page.goto("/mon-espace/")
    page.locator("input[name=login]").fill("agent@demo.example")
    page.locator("input[name=password]").fill("demo")
    page.get_by_role("button", name="Se connecter").click()
    expect(page.locator("h1")).to_contain_text("Ọlábísí")
    addresses = learner.follow(page, "interoperabilite-xroad")
    assert_genuine(page, addresses["certificate"], tmp_path)
    assert_public(visit, addresses["verification"], java_script_enabled=False)


def test_manager_sees_the_team_and_no_one_else(visit):
    page = visit("responsable")
    page.goto("/equipe/")
    people = page.locator("table.people tbody th")
    expect(people.filter(has_text="Adéyẹmí")).to_have_count(1)
    expect(people.filter(has_text="Gbaguidi")).to_have_count(0)


def test_hr_takes_the_list_away_as_a_spreadsheet(visit):
    page = visit("rh")
    page.goto("/equipe/")
    with page.expect_download() as download:
        page.get_by_role("link", name="Excel").click()
    assert download.value.suggested_filename.endswith(".xlsx")


def test_trainer_changes_a_lesson_and_the_learner_sees_it(visit):
    page = visit("agent")
    learner.enrol(page, "feuille-de-route-commune")
    title = page.locator("h1").inner_text()
    trainer = visit("formateur")
    trainer.goto(f"/gestion/pages/search/?{urlencode({'q': title})}")
    with trainer.expect_navigation():
        trainer.locator("main").get_by_role("link", name=title, exact=True).first.click()
    trainer.locator("[contenteditable=true]").first.click()
    trainer.keyboard.press("Control+End")
    trainer.keyboard.type(" Une phrase de plus.")
    expect(trainer.locator("[name^=body-][value*='Une phrase de plus']")).to_have_count(1)
    trainer.locator("[name=micro_action]").fill("Relire cette leçon demain à huit heures.")
    publish(trainer)
    page.reload()
    expect(page.locator("main")).to_contain_text("Relire cette leçon demain à huit heures.")
    expect(page.locator("main")).to_contain_text("Une phrase de plus.")


def test_certification_officer_revokes_and_the_public_page_says_so(visit):
    addresses = learner.follow(visit("agent"), "secteur-prive-marches")
    stranger = visit()
    stranger.goto(addresses["verification"])
    expect(stranger.locator("h1")).to_contain_text("valide")
    officer = visit("certification")
    officer.goto("/gestion/")
    officer.get_by_role("button", name="Certificats", exact=True).click()
    with officer.expect_navigation():
        officer.get_by_role("link", name="Registre", exact=True).click()
    row = officer.locator("tr").filter(has_text=re.compile(learner.title_pattern("secteur-prive-marches")))
    officer.goto(row.locator("a[href*='/inspect/']").first.get_attribute("href"))
    officer.locator("header [data-w-dropdown-target=toggle]").last.click()
    with officer.expect_navigation():
        officer.get_by_role("link", name="Révoquer").click()
    officer.locator("[name=reason]").fill("Le certificat a été délivré par erreur.")
    officer.locator("[name=is_meant]").check()
    officer.get_by_role("button", name="Révoquer", exact=True).click()
    officer.wait_for_url(lambda url: "revoquer" not in url)
    stranger.reload()
    expect(stranger.locator("h1")).to_contain_text("révoqué")


def publish(page: Page) -> None:
    """Publish the page under edit, as the menu at its foot offers."""
    page.locator("footer [data-w-dropdown-target=toggle]").click()
    with page.expect_navigation():
        page.get_by_role("button", name="Publier", exact=True).click()
    expect(page.locator(".messages .success")).to_be_visible()


def read_person_as_hr(visit) -> Page:
    """The agent's sheet, found by HR in the list of people."""
    page = visit("rh")
    page.goto("/equipe/")
    with page.expect_navigation():
        page.get_by_role("link", name=re.compile("Adéyẹmí")).click()
    return page


def level_of(page: Page, code: str) -> Locator:
    """Where a sheet tells the level in a competence."""
    lines = page.locator("li.skill").filter(has=page.locator(".skill__code", has_text=re.compile(f"^{code}$")))
    return lines.locator(".level-meter")


def assert_genuine(page: Page, certificate: str, folder: Path) -> None:
    """The PDF as downloaded is signed, for an independent verifier, and no longer once a byte is changed."""
    page.goto(certificate)
    address = page.get_by_role("link", name=re.compile("Télécharger le PDF")).get_attribute("href")
    content = page.context.request.get(address).body()
    assert "Signature is Valid" in pdfsig(content, folder)
    altered = bytearray(content)
    altered[len("%PDF-1.7\n%")] ^= 1
    assert "Signature is Valid" not in pdfsig(bytes(altered), folder)


def pdfsig(content: bytes, folder: Path) -> str:
    """What pdfsig of poppler-utils says of a document."""
    if not shutil.which("pdfsig"):
        pytest.skip("pdfsig (poppler-utils) is not installed")
    file = folder / "certificat.pdf"
    file.write_bytes(content)
    done = subprocess.run(["pdfsig", "-nocert", file], capture_output=True, text=True, check=False)
    return done.stdout


def assert_public(visit, verification: str, **options) -> None:
    """A stranger reads that the certificate is valid."""
    page = visit(**options)
    page.goto(verification)
    expect(page.locator("h1")).to_contain_text(re.compile("valide|authentique", re.IGNORECASE))
    expect(page.locator("main")).to_contain_text("Adéyẹmí")
