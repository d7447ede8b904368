"""The quiz where it is hardest: with the keyboard alone, and with a network that fails in the middle."""

from playwright.sync_api import Page, expect

from tests.e2e import learner
from tests.e2e.knowledge import answer_to, courses, plain

MOST_KEYS = 400
FOCUSED = """() => {
    const field = document.activeElement, question = field.closest("[data-question]");
    const texts = (element) => element ? element.textContent : "";
    return {
        tag: field.tagName, type: field.type || "", text: texts(field.closest("label")) || field.textContent,
        position: question ? question.dataset.question : "",
        label: texts(field.labels && field.labels[0] && field.labels[0].lastChild),
        options: field.options ? [...field.options].map((option) => option.textContent) : [],
        prompt: question ? question.querySelector("legend > span:nth-child(2)").firstChild.textContent : "",
    };
}"""


def test_every_type_of_question_is_answered_with_the_keyboard_alone(visit):
    assert {question["type"] for question in courses()["eservice-usager"]["quiz"]} == {
        *("single", "multiple", "true_false", "numeric", "matching", "ordering", "short_text")
    }
    page = visit("responsable")
    learner.enrol(page, "eservice-usager")
    learner.read_lessons(page)
    press_through(page, "Commencer l’évaluation")
    expect(page.locator("form[data-quiz]")).to_be_visible()
    press_through(page, "Remettre")
    press_through(page, "Oui, remettre")
    expect(page.locator("h1")).to_have_text("Évaluation réussie")


def test_no_answer_is_lost_when_the_network_is_cut(visit):
    page = visit("rh")
    learner.enrol(page, "eservice-usager")
    learner.read_lessons(page)
    learner.start_quiz(page)
    questions = page.locator("[data-question]").all()
    for question in questions[:4]:
        learner.answer(question)
    status = page.locator("[data-quiz-status]")
    expect(status).to_have_text("Réponses enregistrées")
    page.context.set_offline(True)
    for question in questions[4:]:
        learner.answer(question)
    expect(status).to_contain_text("Pas de connexion")
    page.context.set_offline(False)
    expect(status).to_have_text("Réponses enregistrées")
    page.reload()
    expect(page.locator("[data-answered-count]")).to_have_text(str(len(questions)))
    learner.submit(page)
    expect(page.locator("h1")).to_have_text("Évaluation réussie")
    expect(page.locator(".feedback--wrong, .feedback--partly")).to_have_count(0)


def press_through(page: Page, button: str) -> None:
    """Tab through the page, answering what is met, down to a button, and press it."""
    for _ in range(MOST_KEYS):
        page.keyboard.press("Tab")
        field = page.evaluate(FOCUSED)
        if field["tag"] == "BUTTON" and plain(field["text"]) == plain(button):
            with page.expect_navigation():
                page.keyboard.press("Enter")
            return
        if field["position"]:
            answer_focused(page, field)
    raise AssertionError(f"The keyboard does not reach « {button} ».")


def answer_focused(page: Page, field: dict) -> None:
    """Answer the field that has the focus, by keys."""
    right = answer_to(field["prompt"])
    if field["tag"] == "SELECT":
        wanted = right[plain(field["label"])]
        for _ in range([plain(option) for option in field["options"]].index(wanted)):
            page.keyboard.press("ArrowDown")
    elif field["type"] == "text":
        page.keyboard.type(right[0])
    elif field["type"] == "checkbox":
        if plain(field["text"]) in right:
            page.keyboard.press("Space")
    else:
        page.keyboard.press("Space")
        while plain(page.evaluate(FOCUSED)["text"]) not in right:
            page.keyboard.press("ArrowDown")
