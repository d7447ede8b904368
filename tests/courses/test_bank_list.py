"""The bank is searched, sorted into tags by the dozen, and shown as learners see it."""

from html import unescape

import pytest
from django.urls import reverse
from django.utils.html import strip_tags
from wagtail.test.utils.form_data import rich_text

from courses.actions.tag_questions import tag_questions
from courses.models import Question, QuestionTag
from lms.assessment.templatetags.assessment import question_as_learner
from lms.people.actions import ensure_groups
from lms.people.rules import Role
from tests.courses.test_back_office import question_form
from tests.factories.courses import ANSWERS, QuestionFactory, make_trainer
from tests.factories.people import UserFactory

pytestmark = pytest.mark.django_db
LIST = "wagtailsnippets_courses_question:list"


@pytest.fixture
def trainer():
    return make_trainer()


@pytest.fixture
def back_office(client, trainer):
    client.force_login(trainer)
    return client


def names(question) -> set[str]:
    return {tag.name for tag in question.tags.all()}


def test_bank_is_filtered_by_author_and_difficulty(back_office, trainer):
    back_office.post(reverse("wagtailsnippets_courses_question:add"), question_form())
    QuestionFactory(prompt="D’un autre ?", author=UserFactory(), difficulty="hard")
    assert Question.objects.get(code="nouvelle").author == trainer
    html = back_office.get(reverse(LIST), {"author": trainer.pk}).content.decode()
    assert "Est-ce clair ?" in html
    assert "D’un autre ?" not in html
    html = back_office.get(reverse(LIST), {"difficulty": "hard"}).content.decode()
    assert "D’un autre ?" in html
    assert "Est-ce clair ?" not in html


def test_many_questions_are_tagged_at_once(back_office):
    questions = QuestionFactory.create_batch(3)
    questions[0].tags.add("Ancienne", "Réseau")
    address = reverse("wagtail_bulk_action", args=["courses", "question", "tag"])
    chosen = f"{address}?id={questions[0].pk}&id={questions[1].pk}"
    assert questions[1].plain_prompt in back_office.get(chosen).content.decode()
    page = back_office.post(chosen, {"added": "", "removed": ""})
    assert "Donnez au moins une étiquette" in page.content.decode()
    back_office.post(chosen, {"added": "réseau, Neuve", "removed": "ancienne"})
    assert [names(question) for question in questions] == [{"Réseau", "Neuve"}, {"Réseau", "Neuve"}, set()]
    assert "Étiqueter" in back_office.get(reverse(LIST)).content.decode()


def test_tagging_again_changes_nothing():
    question = QuestionFactory()
    for _time in range(2):
        tag_questions([question], ["Une", "une"], ["Inconnue"], Question.objects.all())
    assert names(question) == {"Une"}
    assert QuestionTag.objects.count() == 1


def test_tagging_is_for_those_who_may_change_questions(client):
    question = QuestionFactory()
    officer = UserFactory()
    officer.groups.add(ensure_groups()[Role.HR])
    client.force_login(officer)
    address = reverse("wagtail_bulk_action", args=["courses", "question", "tag"])
    client.post(f"{address}?id={question.pk}", {"added": "x", "removed": ""})
    assert names(question) == set()


# What the preview with right answers tells of each type, in order.
KEYS = {
    "single": ["Juste", "Bonne réponse"],
    "multiple": ["Juste aussi", "Bonne réponse"],
    "true_false": ["Vrai", "Bonne réponse", "Faux"],
    "numeric": ["76\N{NO-BREAK SPACE}adresses (à 0,5 près)", "Bonne réponse"],
    "matching": ["À :", "Agir", "Cc :", "Suivre"],
    "ordering": ["1.", "Isoler", "2.", "Alerter", "3.", "Réparer"],
    "short_text": ["hameçonnage", "Bonne réponse", "Sont acceptés aussi :", "phishing"],
    "gap_fill": ["compte", "biens", "registre"],
    "survey": ["inutile", "très utile", "il n’est pas noté"],
    "essay": ["Le risque est nommé", "2 points"],
    "file": ["La fiche est complète", "1 point"],
}


@pytest.mark.parametrize("kind", ANSWERS)
def test_preview_with_right_answers_tells_them_in_every_type(kind):
    said = unescape(strip_tags(question_as_learner(QuestionFactory(kind=kind), is_corrected=True)))
    places = [said.find(word) for word in KEYS[kind]]
    assert -1 not in places
    if kind not in ("single", "multiple"):  # shuffled
        assert places == sorted(places)


@pytest.mark.parametrize("kind", ANSWERS)
def test_question_of_each_type_is_previewed_as_learners_see_it(kind, rf, trainer):
    question = QuestionFactory(kind=kind, prompt="<p>Que <b>voit</b>-on ?</p>", explanation="Parce que.")
    for mode in ("", "corrected"):
        request = rf.get("/")
        request.user = trainer
        page = question.make_preview_request(request, mode)
        html = page.content.decode()
        assert page.status_code == 200
        assert "Que <b>voit</b>-on ?" in html
        assert ("Parce que." in html) is (mode == "corrected")
        assert [
            word for word in ("À revoir", "Sans réponse", "sur 1 point", "Votre réponse, juste") if word in html
        ] == []


def test_draft_is_previewed_before_it_is_saved(back_office):
    question = QuestionFactory()
    address = reverse("wagtailsnippets_courses_question:preview_on_edit", args=[question.pk])
    form = question_form(code=question.code, prompt=rich_text("<p>Autre <b>texte</b> ?</p>"))
    assert back_office.post(address, form).json() == {"is_valid": True, "is_available": True}
    html = back_office.get(address).content.decode()
    assert "Autre <b>texte</b> ?" in html
    assert Question.objects.get().plain_prompt == question.plain_prompt


def test_use_count_leads_to_the_quizzes(back_office):
    question = QuestionFactory()
    usage = reverse("wagtailsnippets_courses_question:usage", args=[question.pk])
    assert f'href="{usage}"' in back_office.get(reverse(LIST)).content.decode()
