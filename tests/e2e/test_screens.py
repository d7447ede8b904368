"""Every screen, on a phone and on a desk, by day and by night: nothing for axe to find, nothing wider than the window."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser import LOOKS, look_at

# What to open, by whom; an address, or the name of one met on the road.
SCREENS = {
    "accueil": ("", "/"),
    "catalogue": ("", "/formations/"),
    "connexion": ("", "/compte/login/"),
    "formation": ("agent", "course"),
    "lecon": ("agent", "lesson"),
    "evaluation": ("agent", "quiz"),
    "tentative": ("agent", "open_attempt"),
    "resultat": ("agent", "result"),
    "espace": ("agent", "/mon-espace/"),
    "avancement": ("agent", "progress"),
    "certificats": ("agent", "/mes-certificats/"),
    "certificat": ("agent", "certificate"),
    "verification": ("", "verification"),
    "verifier": ("", "/verifier/"),
    "hors-ligne": ("", "/verifier/hors-ligne/"),
    "competences": ("agent", "/mes-competences/"),
    "equipe": ("rh", "/equipe/"),
    "personne": ("rh", "person"),
    "erreur": ("", "/formations/rien-de-tel/"),
}
TOO_WIDE = """() => {
    const room = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= room) return [];
    return [...document.body.querySelectorAll("*")].filter((one) => one.getBoundingClientRect().right > room + 1)
        .slice(0, 5).map((one) => one.outerHTML.slice(0, 120));
}"""


@pytest.mark.parametrize("screen", SCREENS)
def test_screen_is_accessible_and_fits(screen, visit, axe, road):
    name, address = SCREENS[screen]
    page = visit(name, reduced_motion="reduce")
    page.goto(road.get(address, address))
    for width, scheme in LOOKS:
        look_at(page, width, scheme)
        expect(page.locator("h1")).to_have_count(1)
        keep_picture(page, f"{screen}-{width}-{scheme}")
        assert page.evaluate(TOO_WIDE) == [], f"{width} pixels, {scheme}"
        axe(page)


def keep_picture(page, name: str) -> None:
    """A picture of the screen, when the environment says where (for eyes, and for the README)."""
    if folder := os.environ.get("LMS_SHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
