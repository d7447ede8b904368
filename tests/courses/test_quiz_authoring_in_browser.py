"""A trainer writes a question of each type in the bank, then a quiz that asks them; a learner is served each of them."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from courses.models import ProducerPage, Question, QuestionVersion, QuizPage
from lms.learning.models import Enrolment
from tests.e2e import editor
from tests.e2e.editor import field, item, tick, type_in, write
from tests.factories.courses import CoursePageFactory, LessonPageFactory, QuestionFactory, make_trainer
from tests.factories.people import UserFactory


@pytest.fixture
def trainer(live_server, settings):
    settings.WAGTAILADMIN_BASE_URL = live_server.url  # where previews are fetched
    settings.WAGTAIL_AUTOSAVE_INTERVAL = 0  # what is published is what the author asked to
    return make_trainer()


# --- One question of each type: how its answers are written, and the fields that a learner is served


def choices(page, block):
    for rank, text in enumerate(("Prévenir", "Supprimer")):
        write(item(block, "options", rank), "texte", text)
    tick(item(block, "options", 0), "bonne réponse")


def true_false(page, block):
    tick(block, "l’énoncé est vrai")


def numeric(page, block):
    write(block, "valeur attendue", "77")
    write(block, "unité", "communes")


def matching(page, block):
    for rank, (left, right) in enumerate({"À": "Agir", "Cc": "Suivre"}.items()):
        pair = item(block, "paires", rank)
        write(pair, "élément", left)
        write(pair, "correspond à", right)


def texts_of(label: str, *texts: str):
    def fill(page, block):
        for rank, text in enumerate(texts):
            type_in(item(block, label, rank), text)

    return fill


def gap_fill(page, block):
    write(block, "texte à trous", "Le Bénin compte [[1]] départements.")
    gap = editor.add_block(page, field(block, "trous"), "nombre")
    write(gap, "valeur attendue", "12")


def survey(page, block):
    field(block, "forme").get_by_role("combobox").select_option("un degré sur une échelle")


def by_hand(page, block):
    criterion = item(block, "grille de correction", 0)
    write(criterion, "critère", "Le risque est nommé")


ANSWERS: dict[str, Callable[[Page, Locator], None]] = {
    "single": choices,
    "multiple": choices,
    "true_false": true_false,
    "numeric": numeric,
    "matching": matching,
    "ordering": texts_of("éléments, dans le bon ordre", "Isoler", "Alerter"),
    "short_text": texts_of("réponses acceptées", "phishing"),
    "gap_fill": gap_fill,
    "survey": survey,
    "essay": by_hand,
    "file": by_hand,
}
SERVED = {
    "single": ("input[type=radio]", 2),
    "multiple": ("input[type=checkbox]", 2),
    "true_false": ("input[type=radio]", 2),
    "numeric": ("input[type=text]", 1),
    "matching": ("select", 2),
    "ordering": ("select", 2),
    "short_text": ("input[type=text]", 1),
    "gap_fill": ("input[type=text]", 1),
    "survey": ("input[type=radio]", 5),
    "essay": ("textarea", 1),
    "file": ("input[type=file]", 1),
}


def test_journey_writes_every_type_there_is():
    assert set(ANSWERS) == set(SERVED) == set(QuestionVersion.Type.values)


# --- The journey


def prompt_of(kind: str) -> str:
    return f"Énoncé de la question de type {QuestionVersion.Type(kind).label}"


def test_trainer_writes_each_type_of_question_and_a_quiz_and_a_learner_is_served(open_page, trainer):
    page = open_page(user=trainer)
    for kind in ANSWERS:
        add_question(page, kind)
    assert set(Question.objects.values_list("author", flat=True)) == {trainer.pk}
    drawn = QuestionFactory(prompt="Question tirée au sort", difficulty="hard")
    branch = ProducerPage.objects.get()
    course = CoursePageFactory(parent=branch, title="Sécurité")
    LessonPageFactory(parent=course, title="Lire")
    add_quiz(page, course)
    learner = UserFactory()
    Enrolment.objects.create(person=learner, course=course, enrolled_at=timezone.now())
    see_as_learner(open_page(user=learner), drawn)


def add_question(page: Page, kind: str) -> None:
    page.goto(reverse("wagtailsnippets_courses_question:add"))
    type_in(editor.section(page, "Énoncé"), prompt_of(kind))
    block = editor.add_block(page, editor.section(page, "Type et réponses"), str(QuestionVersion.Type(kind).label))
    ANSWERS[kind](page, block)
    page.get_by_label("Code*").fill(f"essai-{kind.replace('_', '-')}")
    editor.save(page, "Enregistrer")
    expect(editor.message(page)).to_contain_text("Création enregistrée")


def add_quiz(page: Page, course) -> None:
    """Some rules, all the questions by the chooser, a draw, a look at the preview, then publish."""
    page.goto(reverse("wagtailadmin_pages:add", args=["courses", "quizpage", course.pk]))
    page.get_by_role("textbox", name="Titre").fill("Évaluation finale")
    page.get_by_label("Ce que l’apprenant voit").select_option("summative")
    for label, number in {
        "Seuil de réussite (%)": "60",
        "Nombre de tentatives": "2",
        "Temps limité (minutes)": "45",
    }.items():
        page.get_by_label(label).fill(number)
    fixed = editor.section(page, "Questions fixes")
    for rank, kind in enumerate(ANSWERS, start=1):
        fixed.get_by_role("button", name="question", exact=False).last.click()
        place = fixed.get_by_role("region", name=f"Question {rank}", exact=True)
        editor.choose(page, place, "Choisir question", prompt_of(kind), search=True)
    draws = editor.section(page, "Questions tirées au sort")
    draws.get_by_role("button", name="tirage").last.click()
    draws.get_by_label("Nombre de questions*").fill("1")
    draws.get_by_label("Difficulté").select_option("difficile")
    expect(draws.get_by_role("status")).to_contain_text("1 question")
    expect(editor.preview(page).get_by_text(prompt_of("essay"))).to_be_visible()
    editor.save(page, "Publier")
    expect(editor.message(page)).to_contain_text("publiée")


def see_as_learner(page: Page, drawn: Question) -> None:
    page.goto(reverse("assessment:quiz", args=[QuizPage.objects.get().pk]))
    rules = ["Réussie à partir de 60", "45 min au plus", "Il vous reste 2 tentatives", "à la fin de l’évaluation"]
    for rule in rules:
        expect(page.locator("main")).to_contain_text(rule)
    with page.expect_navigation():
        page.get_by_role("button", name="Commencer").click()
    expect(page.locator("[data-question]")).to_have_count(len(ANSWERS) + 1)
    expect(page.get_by_text(drawn.plain_prompt)).to_be_visible()
    for kind, (control, count) in SERVED.items():
        question = page.locator("[data-question]").filter(has_text=prompt_of(kind))
        expect(question.locator(f"{control}:visible")).to_have_count(count)
