"""What a learner does on the screens, by what they read there; works with and without JavaScript."""

import re
import time

from playwright.sync_api import Locator, Page, expect

from tests.e2e.knowledge import answer_to, courses, plain

ISSUE_SECONDS = 120


def enrol(page: Page, code: str) -> None:
    """From the catalogue to the course, then enrol (or go on where the demo left it)."""
    page.goto("/formations/")
    with page.expect_navigation():
        page.get_by_role("link", name=re.compile(title_pattern(code))).first.click()
    button = page.get_by_role("button", name="M’inscrire à cette formation")
    button.or_(page.get_by_role("link", name=re.compile("^(Commencer|Reprendre|Continuer)"))).first.click()
    page.wait_for_url(re.compile(f"/formations/{code}/.+|/evaluations/"))


def title_pattern(code: str) -> str:
    """The title of a course, whatever apostrophes and spaces the screen has."""
    return r"\W+".join(re.findall(r"\w+", courses()[code]["title"]))


def read_lessons(page: Page) -> int:
    """Say of each lesson from here on that it is done, until the quiz. How many."""
    count = 0
    done = page.get_by_role("button", name=re.compile("^J’ai terminé"))
    while "/evaluations/" not in page.url:
        before = page.url
        if done.count():
            done.click()
            count += 1
        else:
            page.locator("a[rel=next]").click()
        page.wait_for_url(lambda url, before=before: url != before)
    return count


def start_quiz(page: Page) -> None:
    start = page.get_by_role("button", name=re.compile("^Commencer"))
    with page.expect_navigation():
        start.or_(page.get_by_role("link", name="Reprendre l’évaluation")).click()
    expect(page.locator("form[data-quiz]")).to_be_visible()


def answer_all(page: Page) -> set[str]:
    """Answer every question rightly. The kinds of field used."""
    return {answer(question) for question in page.locator("[data-question]").all()}


def answer(question: Locator) -> str:
    """Answer one question rightly; says by which kind of field."""
    right = answer_to(prompt_of(question))
    if isinstance(right, dict):
        for line in question.locator(".pair, .order__row").all():
            wanted = right[label_of(line.locator("label"))]
            options = line.locator("option").all_text_contents()
            line.locator("select").select_option(index=[plain(option) for option in options].index(wanted))
        return "select"
    choices = question.locator("label.choice")
    if choices.count():
        for choice in choices.all():
            if plain(choice.inner_text()) in right:
                choice.locator("input").check()
        return "choice"
    question.locator("input[type=text]").fill(right[0])
    return "text"


def prompt_of(question: Locator) -> str:
    """The prompt without its number and its points."""
    return re.sub(r"\s*\(\d+\s*points?\)\s*$", "", question.locator("legend > span").nth(1).inner_text())


def label_of(label: Locator) -> str:
    """What a label shows, without what it says to screen readers only."""
    return plain(label.evaluate("label => label.lastChild.textContent"))


def submit(page: Page) -> None:
    """Submit, confirm, and read the result."""
    for button in ("Remettre", "Oui, remettre"):
        with page.expect_navigation():
            page.get_by_role("button", name=button).click()
    expect(page.locator("h1")).to_have_text(re.compile("Évaluation réussie|Pas encore réussie"))


def certificate_of(page: Page, code: str) -> str:
    """The address of the certificate's page, once the worker has issued it; the learner reloads meanwhile."""
    deadline = time.monotonic() + ISSUE_SECONDS
    card = page.locator(".certificate-card").filter(has_text=re.compile(title_pattern(code)))
    page.goto("/mes-certificats/")
    while not card.get_by_role("link", name=re.compile("Télécharger")).count():
        assert time.monotonic() < deadline, "The worker issued no certificate."
        page.reload()
    return card.get_by_role("heading").get_by_role("link").get_attribute("href")


def follow(page: Page, code: str) -> dict[str, str]:
    """The whole road of a learner; the addresses met on the way."""
    enrol(page, code)
    read_lessons(page)
    quiz = page.url
    start_quiz(page)
    attempt = page.url
    answer_all(page)
    submit(page)
    expect(page.locator("h1")).to_have_text("Évaluation réussie")
    result = page.url
    certificate = certificate_of(page, code)
    page.goto(certificate)
    verification = page.get_by_role("link", name="Voir la page de vérification").get_attribute("href")
    return {
        "quiz": quiz,
        "attempt": attempt,
        "result": result,
        "certificate": certificate,
        "verification": verification,
    }
