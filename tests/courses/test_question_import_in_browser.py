"""A trainer imports a file by keyboard in a real browser, to the report; the pages stand before axe."""

import pytest
from django.urls import reverse

from courses.models import Question
from tests.courses.question_samples import GIFT
from tests.factories.courses import make_trainer


@pytest.fixture
def trainer(transactional_db):
    return make_trainer()


def test_trainer_imports_a_file_by_keyboard(open_page, trainer, run_jobs, axe, tmp_path):
    file = tmp_path / "banque.gift.txt"
    file.write_text(GIFT)
    page = open_page(user=trainer)
    page.goto(reverse("courses_question_import"))
    axe(page)
    page.get_by_label("Fichier de questions").set_input_files(file)
    page.get_by_role("button", name="Lire le fichier").press("Enter")
    page.get_by_text("rien n’est encore dans la banque").wait_for()
    axe(page)
    page.get_by_role("button", name="Importer", exact=True).press("Enter")
    page.get_by_text("Import en cours").first.wait_for()
    axe(page)
    run_jobs("courses.import_questions")
    page.get_by_text("L’import est terminé.").wait_for()  # the page says so by itself
    axe(page)
    assert Question.objects.count() == 11
    page.goto(reverse("courses_question_imports"))
    page.get_by_role("link", name="banque.gift.txt").wait_for()
    axe(page)


def test_trainer_imports_a_file_without_javascript(open_page, trainer, run_jobs, tmp_path):
    file = tmp_path / "banque.gift.txt"
    file.write_text(GIFT)
    page = open_page(user=trainer, javascript=False)
    page.goto(reverse("courses_question_import"))
    page.get_by_label("Fichier de questions").set_input_files(file)
    page.get_by_role("button", name="Lire le fichier").press("Enter")
    page.get_by_role("button", name="Importer", exact=True).press("Enter")
    page.get_by_text("Import en cours").first.wait_for()
    run_jobs("courses.import_questions")
    page.get_by_role("link", name="Actualiser").press("Enter")
    page.get_by_text("L’import est terminé.").wait_for()
    assert Question.objects.count() == 11
