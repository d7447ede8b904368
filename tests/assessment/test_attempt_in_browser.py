"""An attempt in a real browser: every type by keyboard, without JavaScript, with the network cut, against the clock."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from courses.models import QuizPage
from lms.assessment import actions
from lms.assessment.models import Attempt
from tests.factories.assessment import open_attempt, right_answers
from tests.factories.courses import ANSWERS, QuestionFactory, QuizPageFactory
from tests.keyboard import answer_through, press_through

# What is right, by prompt, in the words of the screen.
RIGHT = {
    "single": ["Juste"],
    "multiple": ["Juste", "Juste aussi"],
    "true_false": ["Vrai"],
    "numeric": ["76"],
    "matching": {"À": "Agir", "Cc": "Suivre"},
    "ordering": {"Isoler": "1", "Alerter": "2", "Réparer": "3"},
    "short_text": ["hameçonnage"],
    "gap_fill": {"Trou 1": "2", "Trou 2": "biens", "Trou 3": "registre"},
    "survey": [],
    "essay": ["Ne cliquez pas"],
    "file": [],
}
FILE = {"name": "fiche.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n1 0 obj\n%%EOF\n"}


def quiz_of(*kinds, **rules):
    questions = [QuestionFactory(kind=kind, prompt=f"{kind} ?") for kind in kinds]
    return QuizPageFactory(questions=questions, shuffle_questions=False, **rules)


def right_of(prompt):
    return RIGHT[prompt.strip().removesuffix(" ?")]


def address(attempt, question=""):
    return reverse("assessment:attempt", args=[attempt.pk]) + question


def test_every_type_is_answered_by_keyboard_one_question_per_page(open_page, axe, transactional_db):
    attempt = open_attempt(quiz=quiz_of(*ANSWERS, one_per_page=True, time_limit_minutes=90))
    page = open_page(user=attempt.enrolment.person, width=360)
    page.goto(address(attempt))
    expect(page.get_by_role("timer")).to_contain_text(re.compile(r"Temps restant : 01:[23]\d:\d\d"))
    axe(page)
    kinds = list(ANSWERS)
    for number, kind in enumerate(kinds, start=1):
        expect(page.locator("[data-question]")).to_have_attribute("data-question", str(number))
        if kind == "file":
            hand_in_file(page)
        press_through(page, "Question suivante" if number < len(kinds) else "Remettre", right_of)
    expect(page.get_by_text("Vous avez répondu aux 11 questions.")).to_be_visible()
    press_through(page, "Oui, remettre", right_of)
    expect(page.locator("h1")).to_have_text("Réponses remises, correction en cours")
    axe(page)
    assert all_but_by_hand_are_right(attempt)


def hand_in_file(page):
    page.locator("input[type=file]").set_input_files(FILE)
    page.get_by_role("button", name="Déposer ce fichier").press("Enter")
    expect(page.get_by_role("link", name="fiche.pdf")).to_be_visible()


def test_every_type_is_answered_by_keyboard_without_javascript(open_page, transactional_db):
    attempt = open_attempt(quiz=quiz_of(*ANSWERS))
    page = open_page(user=attempt.enrolment.person, javascript=False)
    page.goto(address(attempt))
    hand_in_file(page)
    page.goto(address(attempt))  # from its top
    press_through(page, "Remettre", right_of)
    expect(page.get_by_text("Vous avez répondu aux 11 questions.")).to_be_visible()
    press_through(page, "Oui, remettre", right_of)
    expect(page.locator("h1")).to_have_text("Réponses remises, correction en cours")
    assert all_but_by_hand_are_right(attempt)


def test_no_answer_of_any_type_is_lost_when_the_network_is_cut(open_page, transactional_db):
    """Every type is answered while it is down; the page is closed, and opened again when it is back."""
    attempt = open_attempt(quiz=quiz_of(*ANSWERS))
    page = open_page(user=attempt.enrolment.person)
    page.goto(address(attempt))
    hand_in_file(page)
    page.goto(address(attempt))  # from its top
    page.context.set_offline(True)
    answer_through(page, right_of)
    expect(page.locator("[data-quiz-status]")).to_contain_text("Pas de connexion")
    assert attempt.questions.filter(response__isnull=False).count() == 1
    page.goto("about:blank")
    page.context.set_offline(False)
    page.goto(address(attempt))
    expect(page.locator("[data-quiz-status]")).to_have_text("Réponses enregistrées")
    actions.hand_in(attempt.pk, attempt.enrolment.person, timezone.now())
    actions.settle_all(timezone.now())
    assert all_but_by_hand_are_right(attempt)


def all_but_by_hand_are_right(attempt):
    """Everything was answered, and what marks itself is right."""
    marked = attempt.questions.exclude(version__type__in=["essay", "file", "survey"])
    is_whole = not attempt.questions.filter(response__isnull=True).exists()
    return is_whole and [row.awarded_points for row in marked] == [1] * 8


def test_a_practice_is_passed_without_javascript(open_page, axe, transactional_db):
    attempt = open_attempt(quiz=quiz_of("single", "short_text", preset="practice", one_per_page=True))
    page = open_page(user=attempt.enrolment.person, javascript=False)
    page.goto(address(attempt))
    page.get_by_label("Juste").check()
    page.get_by_role("button", name="Vérifier ma réponse").click()
    expect(page.get_by_text("Votre réponse, juste")).to_be_visible()
    page.get_by_role("button", name="Question suivante").click()
    expect(page.locator(".stops__stop--answered")).to_have_count(1)
    page.get_by_role("textbox").fill("hameçonnage")
    page.get_by_role("textbox").press("Enter")
    expect(page.get_by_text("Vos réponses sont enregistrées.")).to_be_visible()
    page.get_by_role("button", name="Question précédente").click()
    expect(page.get_by_text("Votre réponse, juste")).to_be_visible()
    page.get_by_role("button", name="Remettre").click()
    page.get_by_role("button", name="Oui, remettre").click()
    expect(page.locator("h1")).to_have_text("Évaluation réussie")


def test_nothing_is_lost_when_the_network_is_cut_whatever_is_pressed(open_page, axe, transactional_db):
    attempt = open_attempt(quiz=quiz_of("single", "short_text", "numeric", one_per_page=True))
    page = open_page(user=attempt.enrolment.person)
    status = page.locator("[data-quiz-status]")
    page.goto(address(attempt))
    page.get_by_label("Juste").check()
    expect(status).to_have_text("Réponses enregistrées")
    page.context.set_offline(True)
    page.get_by_role("button", name="Question suivante").click()  # nothing waits, and the page stays all the same
    expect(status).to_contain_text("Pas de connexion")
    page.context.set_offline(False)
    expect(status).to_have_text("Réponses enregistrées")
    page.get_by_role("button", name="Question suivante").click()
    page.context.set_offline(True)
    page.get_by_role("textbox").fill("hameçonnage")
    page.get_by_role("button", name="Question suivante").click()
    expect(status).to_contain_text("Pas de connexion")
    expect(page.locator("[data-question]")).to_have_attribute("data-question", "2")
    axe(page)
    # The browser is closed there and opened again on another question: what was kept goes all the same.
    page.context.set_offline(False)
    page.goto(address(attempt, "?question=3"))
    page.get_by_role("textbox").fill("76")
    expect(status).to_have_text("Réponses enregistrées")
    page.get_by_role("button", name="Remettre").click()
    page.get_by_role("button", name="Oui, remettre").click()
    expect(page.locator("h1")).to_have_text("Évaluation réussie")
    assert page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('quiz.'))") == []
    assert {row.position: row.awarded_points for row in attempt.questions.all()} == {1: 1, 2: 1, 3: 1}


def test_what_was_answered_elsewhere_since_is_kept_and_told(open_page, transactional_db):
    attempt = open_attempt(quiz=quiz_of("single"))
    page = open_page(user=attempt.enrolment.person)
    page.goto(address(attempt))
    page.context.set_offline(True)
    page.get_by_label("Faux").check()
    expect(page.locator("[data-quiz-status]")).to_contain_text("Pas de connexion")
    later = timezone.now() + timedelta(seconds=1)
    actions.save_answer(attempt.pk, 1, right_answers(attempt)[1], later, later)
    page.context.set_offline(False)
    expect(page.locator("[data-quiz-status]")).to_contain_text(
        "Une réponse plus récente, donnée ailleurs, a été gardée"
    )
    page.reload()
    expect(page.get_by_label("Juste")).to_be_checked()


def test_when_the_time_is_up_the_page_submits_what_was_given(open_page, transactional_db):
    attempt = open_attempt(quiz=quiz_of("single", "numeric", time_limit_minutes=30))
    Attempt.objects.update(due_at=timezone.now() + timedelta(seconds=8))
    page = open_page(user=attempt.enrolment.person)
    page.goto(address(attempt))
    page.get_by_label("Juste").check()
    page.get_by_role("textbox").fill("76")
    expect(page.locator("h1")).to_have_text("Évaluation réussie")
    assert Attempt.objects.get().score_percent == 100


@pytest.fixture
def editor(transactional_db):
    from tests.factories.people import UserFactory

    return UserFactory(is_superuser=True)


def test_the_editor_says_how_many_questions_match_while_its_author_chooses(open_page, axe, editor):
    quiz = QuizPageFactory()
    QuestionFactory.create_batch(2, level=2)
    page = open_page(user=editor)
    page.goto(reverse("wagtailadmin_pages:edit", args=[quiz.pk]))
    page.get_by_role("button", name="Ajouter un tirage").or_(page.locator("#id_draws-ADD")).first.click()
    expect(page.locator("[data-draw-matches]")).to_have_text("Choisissez au moins un critère.")
    page.locator("#id_draws-0-level").fill("2")
    page.locator("#id_draws-0-level").press("Tab")
    expect(page.locator("[data-draw-matches]")).to_have_text("2 questions de la banque conviennent.")
    page.locator("#id_draws-0-count").fill("3")
    page.get_by_role("button", name="Enregistrer le brouillon").or_(
        page.get_by_role("button", name="Enregistrer")
    ).first.click()
    expect(page.get_by_text("La banque n’a que 2 questions qui conviennent")).to_be_visible()
    page.locator("#id_draws-0-count").fill("2")
    page.get_by_role("button", name="Enregistrer le brouillon").or_(
        page.get_by_role("button", name="Enregistrer")
    ).first.click()
    expect(page.get_by_text("a été mis à jour").or_(page.get_by_text("a été mise à jour")).first).to_be_visible()
    assert QuizPage.objects.get(pk=quiz.pk).get_latest_revision_as_object().draws.get().count == 2
