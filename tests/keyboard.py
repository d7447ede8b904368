"""A quiz answered with the keyboard alone: from field to field by Tab, as a person without a mouse does."""

from collections.abc import Callable

from playwright.sync_api import Page

from tests.e2e.knowledge import plain

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


def answer_through(page: Page, answer_to: Callable[[str], list | dict]) -> None:
    """Tab through the whole page, answering what is met, and leave its buttons alone."""
    for _ in range(MOST_KEYS):
        page.keyboard.press("Tab")
        field = page.evaluate(FOCUSED)
        if field["tag"] == "BODY":
            return
        if field["position"]:
            answer_focused(page, field, answer_to(field["prompt"]))


def press_through(page: Page, button: str, answer_to: Callable[[str], list | dict]) -> None:
    """Tab through the page, answering what is met, down to a button, and press it.

    `answer_to(prompt)` says what is right in the words of the screen: the choices to take (any, when empty), the text to
    type, or {line: choice or text}.
    """
    for _ in range(MOST_KEYS):
        page.keyboard.press("Tab")
        field = page.evaluate(FOCUSED)
        if field["tag"] == "BUTTON" and plain(field["text"]) == plain(button):
            with page.expect_navigation():
                page.keyboard.press("Enter")
            return
        if field["position"]:
            answer_focused(page, field, answer_to(field["prompt"]))
    raise AssertionError(f"The keyboard does not reach « {button} ».")


def answer_focused(page: Page, field: dict, right: list | dict) -> None:
    """Answer the field that has the focus, by keys."""
    if field["tag"] == "SELECT":
        wanted = right[plain(field["label"])]
        for _ in range([plain(option) for option in field["options"]].index(wanted)):
            page.keyboard.press("ArrowDown")
    elif field["type"] in ("text", "textarea"):
        page.keyboard.type(right[plain(field["label"])] if isinstance(right, dict) else right[0])
    elif field["type"] == "checkbox":
        if plain(field["text"]) in right:
            page.keyboard.press("Space")
    elif field["type"] == "radio":
        page.keyboard.press("Space")
        while right and plain(page.evaluate(FOCUSED)["text"]) not in right:
            page.keyboard.press("ArrowDown")
