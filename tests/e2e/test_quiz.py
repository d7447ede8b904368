"""The quiz where it is hardest: with the keyboard alone, and with a network that fails in the middle."""

from playwright.sync_api import expect

from tests.e2e import learner
from tests.e2e.knowledge import answer_to, courses
from tests.keyboard import press_through


def test_every_type_of_question_is_answered_with_the_keyboard_alone(visit):
    assert {question["type"] for question in courses()["eservice-usager"]["quiz"]} == {
        *("single", "multiple", "true_false", "numeric", "matching", "ordering", "short_text")
    }
    page = visit("responsable")
    learner.enrol(page, "eservice-usager")
    learner.read_lessons(page)
    press_through(page, "Commencer l’évaluation", answer_to)
    expect(page.locator("form[data-quiz]")).to_be_visible()
    press_through(page, "Remettre", answer_to)
    press_through(page, "Oui, remettre", answer_to)
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
