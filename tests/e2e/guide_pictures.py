"""The pictures of the trainers' guide, taken again on the demo: `pytest tests/e2e/guide_pictures.py`. No part of the suite.

Those of marking and of what follows it show more than the demo has (`guide_scene`); that site is SQLite's.

Each is written to docs/img under its name; look at it before committing it.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.conf import settings
from PIL import Image
from playwright.sync_api import Page, expect

from tests.e2e import editor, guide_scene
from tests.e2e.conftest import ROOT

FOLDER = Path(settings.BASE_DIR) / "docs" / "img"
WIDTH, HEIGHT = 1280, 800
SHOWN_WIDTH, MAX_BYTES = 980, 60_000
COURSE = "PKI et signature électronique"
FOLLOWED = "Concevoir un e-service centré sur l’usager"  # the one of `guide_scene`
QUESTIONS = """\
::signature-1:: Que prouve une signature électronique ? {
  =L’identité du signataire et l’intégrité du document
  ~La date d’impression#Seul un horodatage prouve une date.
}

::signature-2:: Une signature numérisée vaut une signature électronique. {FALSE}

::signature-3:: Total calculé {#
"""
LESSON = """\
# Signer un document

## Avant de signer

Relisez le document **jusqu’au bout**, annexes comprises.

1. Ouvrez le parapheur.
2. Choisissez « Signer ».
"""


def open_course(page: Page, title: str = COURSE) -> str:
    """The editor of a course, from the list of courses; its number."""
    page.goto("/gestion/formations/")
    page.get_by_role("link", name=title, exact=True).click()
    expect(page.get_by_role("textbox", name="Titre")).to_have_value(title)
    return page.url.rstrip("/").split("/")[-2]


def open_page(page: Page, title: str, course: str = COURSE) -> str:
    """The editor of a page of a course, from its list of pages; its number."""
    number = open_course(page, course)
    page.goto(f"/gestion/pages/{number}/")
    page.get_by_role("link", name=title, exact=True).first.click()
    expect(page.get_by_role("textbox", name="Titre")).to_be_visible()
    return page.url.rstrip("/").split("/")[-2]


def sheet(page: Page) -> None:
    open_course(page)
    bring_up(page, "Publics et organisation")


def bring_up(page: Page, name: str) -> None:
    """Scroll a section of the editor to the top, below the bar that stays there."""
    editor.section(page, name).evaluate(
        """one => {
            one.style.scrollMarginTop = "7rem";
            one.scrollIntoView({ behavior: "instant" });
            for (let place = one; place; place = place.parentElement) place.scrollLeft = 0;
        }"""
    )


def lesson(page: Page) -> None:
    number = open_course(page)
    page.goto(f"/gestion/pages/{number}/")
    page.locator("table.listing tbody .title a").first.click()
    expect(editor.preview(page).locator("h1")).to_be_visible()


def bank(page: Page) -> None:
    page.goto("/gestion/questions/")
    page.get_by_role("button", name="Afficher les filtres").click()


def question(page: Page) -> None:
    page.goto("/gestion/questions/")
    page.get_by_role("link", name="La médiane des délais").first.click()
    expect(editor.preview(page).locator("body")).to_contain_text("médiane")


def quiz(page: Page) -> None:
    open_page(page, "Évaluation finale")
    bring_up(page, "But et tentatives")


def draw(page: Page) -> None:
    open_page(page, "Évaluation finale")
    draws = editor.section(page, "Questions tirées au sort")
    draws.get_by_role("button", name="tirage").last.click()
    editor.choose(page, draws, "Choisir compétence", "SC3")
    expect(draws.get_by_role("status")).to_contain_text("question")
    bring_up(page, "Questions tirées au sort")


def follow_up(page: Page) -> None:
    number = open_course(page, FOLLOWED)
    page.goto(f"/gestion/formations/{number}/suivi/")


def question_import(page: Page) -> None:
    page.goto("/gestion/import-questions/")
    file = {"name": "signature.gift.txt", "mimeType": "text/plain", "buffer": QUESTIONS.encode()}
    page.get_by_label("Fichier de questions").set_input_files(file)
    page.get_by_role("button", name="Lire le fichier").click()
    expect(page.get_by_text("rien n’est encore dans la banque")).to_be_visible()


def lesson_import(page: Page) -> None:
    number = open_course(page)
    page.goto(f"/gestion/import-lecons/dans/{number}/")
    file = {"name": "signer.md", "mimeType": "text/markdown", "buffer": LESSON.encode()}
    page.get_by_label("Fichier de la leçon").set_input_files(file)
    page.locator("main form [type=submit]").first.click()
    expect(page.get_by_role("button", name="Enregistrer comme brouillon")).to_be_visible()


def review(page: Page) -> None:
    page.goto("/gestion/relectures/")
    page.locator("table.listing tbody a").first.click()
    expect(page.get_by_text("Points à vérifier")).to_be_visible()


def marking(page: Page) -> None:
    page.goto("/gestion/corrections/")
    page.get_by_role("link", name="Corriger la plus ancienne").click()
    expect(page.get_by_label("La cause est cherchée")).to_be_focused()
    page.keyboard.press("2")
    page.keyboard.press("1")
    page.get_by_label("Remarque").fill("Bonne démarche. Quel seuil vous ferait agir ?")


def appeal(page: Page) -> None:
    page.goto("/gestion/contestations/")
    page.locator("table.listing tbody a").first.click()
    expect(page.get_by_role("heading", name="Historique de la note")).to_be_visible()


def regrading(page: Page) -> None:
    number = open_page(page, "Évaluation finale", FOLLOWED)
    page.goto(f"/gestion/evaluations/{number}/questions/")
    page.get_by_role("link", name="Neutraliser ou renoter").first.click()
    expect(page.get_by_role("heading", name="Ce que ferait chaque décision")).to_be_visible()


def course_import(page: Page) -> None:
    number = open_course(page)
    archive = page.request.get(f"/gestion/formations/{number}/exporter/").body()
    page.goto("/gestion/import-formations/")
    file = {"name": "marches-signes.zip", "mimeType": "application/zip", "buffer": elsewhere(archive)}
    page.get_by_label("Archive de la formation").set_input_files(file)
    page.get_by_role("button", name="Lire l’archive").click()
    expect(page.get_by_role("button", name="Importer")).to_be_visible()


def elsewhere(archive: bytes) -> bytes:
    """The archive of a course that another installation has, with a level this one does not know."""
    written = BytesIO()
    with ZipFile(BytesIO(archive)) as old, ZipFile(written, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "course.json":
                told = json.loads(data)
                told["course"] |= {
                    "code": "marches-signes",
                    "slug": "marches-signes",
                    "title": "Signer un marché public",
                }
                told["course"]["competence_gains"][0]["competence"] = "SC9"
                data = json.dumps(told).encode()
            new.writestr(name, data)
    return written.getvalue()


# Under which name, as whom, and how to get there.
PICTURES: dict[str, tuple[str, Callable[[Page], None]]] = {
    "fiche": ("formateur", sheet),
    "lecon-et-apercu": ("formateur", lesson),
    "banque": ("formateur", bank),
    "question": ("formateur", question),
    "evaluation": ("formateur", quiz),
    "tirage": ("formateur", draw),
    "suivi": ("formateur", follow_up),
    "import-questions": ("formateur", question_import),
    "import-lecon": ("formateur", lesson_import),
    "relecture": ("relecture", review),
    "import-formation": ("formateur", course_import),
    "correction": ("formateur", marking),
    "contestation": ("formateur", appeal),
    "renotation": ("formateur", regrading),
}


@pytest.fixture(scope="package")
def scene(site) -> None:
    """What the demo has not, written in the site's own database."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.e2e.settings", "LMS_TEST_DATA_DIR": str(site.folder)}
    command = [
        sys.executable,
        "manage.py",
        "shell",
        "--no-imports",
        "-c",
        f"import {guide_scene.__name__} as scene; scene.add()",
    ]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", PICTURES)
def test_picture(name, visit, scene):
    account, go = PICTURES[name]
    page = visit(account, width=WIDTH, reduced_motion="reduce")
    go(page)
    page.wait_for_load_state("load")
    keep(page, FOLDER / f"{name}.webp")


def keep(page: Page, path: Path) -> None:
    """The window as it is, as light as the guide asks."""
    page.mouse.move(0, 0)
    picture = Image.open(BytesIO(page.screenshot())).convert("RGB")
    picture = picture.resize((SHOWN_WIDTH, HEIGHT * SHOWN_WIDTH // WIDTH), Image.Resampling.LANCZOS)
    for quality in range(85, 40, -5):
        picture.save(path, quality=quality, method=6)
        if path.stat().st_size <= MAX_BYTES:
            return
    raise AssertionError(f"{path.name}: too heavy")
