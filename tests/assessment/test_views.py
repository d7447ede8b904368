"""What a learner sees and does with a quiz, and what nobody else can."""

import json
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from courses.models import QuizPage
from lms.assessment import actions
from lms.assessment.models import Attempt
from lms.assessment.rules.serving import given_places
from lms.people.rules import Role
from tests.factories.assessment import open_attempt, quiz_of_all_kinds, right_answers, right_response
from tests.factories.courses import QuestionFactory, QuizPageFactory
from tests.factories.learning import EnrolmentFactory
from tests.factories.people import PostFactory, UnitFactory, UserFactory, give_role

pytestmark = pytest.mark.django_db


@pytest.fixture
def attempt():
    return open_attempt()


@pytest.fixture
def learner(client, attempt):
    """The client, signed in as the attempt's learner."""
    client.force_login(attempt.enrolment.person)
    return client


def at(name, *args):
    return reverse(f"assessment:{name}", args=args)


def text(response):
    """The page as read: tags out, spaces as one."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def form_of(attempt):
    """The form of a page that answers everything right."""
    form = {}
    for row in attempt.questions.select_related("version"):
        type, content, response = row.version.type, row.version.content, right_response(row)
        places = given_places(type, content, row.order, response)
        if type in ("matching", "ordering"):
            form |= {f"q{row.position}-{line}": place for line, place in enumerate(places)}
        else:
            form[f"q{row.position}"] = places or response
    return form


# --- The rules of the quiz


def test_the_quiz_page_tells_its_rules_and_starts_an_attempt(client):
    enrolment = EnrolmentFactory()
    quiz = QuizPage.objects.child_of(enrolment.course).get()
    client.force_login(enrolment.person)
    page = text(client.get(at("quiz", quiz.pk)))
    assert "1 question" in page
    assert "Réussie à partir de 70 %" in page
    assert "Il vous reste 3 tentatives." in page
    response = client.post(at("quiz", quiz.pk))
    assert response.url == at("attempt", Attempt.objects.get().pk)


def test_the_quiz_page_resumes_an_open_attempt(learner, attempt):
    page = learner.get(at("quiz", attempt.quiz_id)).content.decode()
    assert at("attempt", attempt.pk) in page
    assert "Commencer" not in page
    assert learner.post(at("quiz", attempt.quiz_id)).url == at("attempt", attempt.pk)


def test_the_quiz_page_shows_past_attempts_and_no_start_once_passed(learner, attempt):
    actions.submit(attempt, timezone.now(), right_answers(attempt))
    page = text(learner.get(at("quiz", attempt.quiz_id)))
    assert "Vous avez réussi cette évaluation" in page
    assert "100 %" in page
    response = learner.post(at("quiz", attempt.quiz_id), follow=True)
    assert "Vous avez déjà réussi cette évaluation." in text(response)
    assert Attempt.objects.count() == 1


def test_the_quiz_page_says_when_no_attempt_is_left(client):
    quiz = QuizPageFactory(max_attempts=1)
    attempt = open_attempt(quiz=quiz)
    actions.submit(attempt, timezone.now())
    client.force_login(attempt.enrolment.person)
    assert "Vous avez utilisé toutes vos tentatives" in text(client.get(at("quiz", quiz.pk)))


def test_the_quiz_page_sends_who_is_not_enrolled_to_the_course(client):
    quiz = QuizPageFactory()
    client.force_login(UserFactory())
    for method in (client.get, client.post):
        response = method(at("quiz", quiz.pk))
        assert response.url == reverse("learning:course", args=[quiz.get_parent().slug])
    assert not Attempt.objects.exists()


# --- The attempt


def test_the_page_of_an_attempt_carries_no_id_and_no_answer(client):
    attempt = open_attempt(quiz=quiz_of_all_kinds())
    client.force_login(attempt.enrolment.person)
    page = client.get(at("attempt", attempt.pk)).content.decode()
    rows = attempt.questions.select_related("version")
    for row in rows:
        content = row.version.content
        ids = [entry["id"] for part in ("options", "left", "right", "items") for entry in content.get(part, [])]
        assert row.version.prompt in page
        assert [id for id in ids if re.search(rf'"{re.escape(id)}"', page)] == []
        assert row.version.explanation not in page
    assert [word for word in ("hameçonnage", "phishing", "is_correct", "checked", "selected") if word in page] == []


def test_the_same_answers_are_not_at_the_same_places_in_every_attempt():
    orders = {str(open_attempt_order(seed)) for seed in range(6)}
    assert len(orders) > 1


def open_attempt_order(seed):
    from random import Random

    from lms.assessment.rules.serving import shuffled_order

    content = {"options": [{"id": id, "text": id} for id in "abcd"]}
    return shuffled_order("single", content, Random(seed))


def in_no_order(answer):
    """Boxes ticked come in the order in which they were shown, which says nothing."""
    return sorted(answer) if isinstance(answer, list) else answer


def test_answers_saved_are_shown_again(client):
    attempt = open_attempt(quiz=quiz_of_all_kinds())
    client.force_login(attempt.enrolment.person)
    response = client.post(at("attempt", attempt.pk), form_of(attempt) | {"action": "save"}, follow=True)
    page = response.content.decode()
    assert "Vos réponses sont enregistrées." in page
    assert (page.count(" checked"), page.count(" selected")) == (4, 5)
    assert 'value="76"' in page
    assert {row.position: in_no_order(row.response) for row in attempt.questions.all()} == {
        position: in_no_order(answer) for position, answer in right_answers(attempt).items()
    }


def test_without_javascript_submitting_goes_by_a_page_that_names_what_is_missing(client):
    attempt = open_attempt(quiz=quiz_of_all_kinds())
    client.force_login(attempt.enrolment.person)
    form = form_of(attempt)
    last = attempt.questions.select_related("version").get(position=7)
    form = {name: value for name, value in form.items() if not re.match(r"q7(-|$)", name)}
    page = client.post(at("attempt", attempt.pk), form | {"action": "submit"}, follow=True)
    assert page.redirect_chain[-1][0] == at("submit", attempt.pk)
    assert "Il reste 1 question sans réponse complète" in text(page)
    assert f"Question 7 : {last.version.prompt}" in text(page)
    result = client.post(at("submit", attempt.pk), follow=True)
    assert result.redirect_chain[-1][0] == at("result", attempt.pk)
    assert "85,71 %" in text(result)


def test_the_confirmation_says_when_all_is_answered(learner, attempt):
    learner.post(at("attempt", attempt.pk), form_of(attempt))
    assert "Vous avez répondu à la question." in text(learner.get(at("submit", attempt.pk)))


def test_a_submitted_attempt_leads_to_its_result(learner, attempt):
    actions.submit(attempt, timezone.now())
    for response in (
        learner.get(at("attempt", attempt.pk)),
        learner.post(at("attempt", attempt.pk), form_of(attempt)),
        learner.get(at("submit", attempt.pk)),
        learner.post(at("submit", attempt.pk)),
    ):
        assert response.url == at("result", attempt.pk)
    assert attempt.questions.get().response is None


def test_an_attempt_of_a_course_given_up_is_not_submitted(learner, attempt):
    from lms.learning.actions import withdraw

    withdraw(attempt.enrolment)
    response = learner.post(at("submit", attempt.pk))
    assert response.url == at("quiz", attempt.quiz_id)
    attempt.refresh_from_db()
    assert attempt.state == "open"


# --- Saving one answer


def told(response):
    """What a save answers, but the time."""
    return {key: value for key, value in json.loads(response.content).items() if key != "now"}


def test_an_answer_is_saved_as_it_is_given(learner, attempt):
    response = learner.post(at("answer", attempt.pk, 1), form_of(attempt))
    assert (response.status_code, told(response)) == (200, {"saved": True, "answered": True})
    assert attempt.questions.get().response == right_answers(attempt)[1]


def test_an_answer_given_after_submission_is_refused(learner, attempt):
    actions.submit(attempt, timezone.now())
    response = learner.post(at("answer", attempt.pk, 1), form_of(attempt))
    assert (response.status_code, json.loads(response.content)["result"]) == (409, at("result", attempt.pk))
    assert attempt.questions.get().response is None


@pytest.mark.parametrize("body", [b"", b"q1=99", b"q1=zz&q1=", b"q1-0=1", b"\xff\xfe=\x00", b"q1=%00"])
def test_a_misshapen_answer_is_no_answer(learner, attempt, body):
    url = at("answer", attempt.pk, 1)
    response = learner.post(url, body, content_type="application/x-www-form-urlencoded")
    assert told(response) == {"saved": True, "answered": False}
    assert attempt.questions.get().response is None


def test_an_answer_in_no_form_is_refused_and_erases_nothing(learner, attempt):
    learner.post(at("answer", attempt.pk, 1), form_of(attempt))
    response = learner.post(at("answer", attempt.pk, 1), {"q1": "0"}, content_type="application/json")
    assert (response.status_code, json.loads(response.content)) == (415, {"saved": False})
    assert attempt.questions.get().response == right_answers(attempt)[1]


def test_saving_is_a_post_to_a_question_served(learner, attempt):
    assert learner.get(at("answer", attempt.pk, 1)).status_code == 405
    assert learner.post(at("answer", attempt.pk, 2)).status_code == 404
    assert learner.post(at("answer", attempt.pk + 1, 1)).status_code == 404


def test_saving_an_answer_costs_one_query_two_when_cold(learner, attempt, django_assert_num_queries):
    form = form_of(attempt)
    learner.get(at("quiz", attempt.quiz_id))
    for count in (2, 1):  # the questions of one's own attempt, once; the update
        with django_assert_num_queries(count):
            learner.post(at("answer", attempt.pk, 1), form)


# --- The result


def test_the_result_explains_each_question(client):
    quiz = quiz_of_all_kinds()
    attempt = open_attempt(quiz=quiz)
    client.force_login(attempt.enrolment.person)
    assert client.get(at("result", attempt.pk)).url == at("attempt", attempt.pk)
    actions.submit(attempt, timezone.now(), dict.fromkeys(range(1, 8)))
    page = text(client.get(at("result", attempt.pk)))
    assert "Points obtenus : 0 sur 7, soit 0 %. Il fallait 70 %." in page
    assert "Il vous reste 2 tentatives." in page
    for row in attempt.questions.select_related("version"):
        assert row.version.explanation in page
    assert "76\N{NO-BREAK SPACE}adresses (à 0,5 près)".replace("\N{NO-BREAK SPACE}", " ") in page
    assert "hameçonnage" in page


def test_the_result_of_a_pass_says_what_comes_next(learner, attempt):
    actions.submit(attempt, timezone.now(), right_answers(attempt))
    page = text(learner.get(at("result", attempt.pk)))
    assert "Évaluation réussie" in page
    assert "Il vous reste à terminer" in page


def test_the_result_that_completes_the_course_announces_the_certificate(client):
    attempt = open_attempt(quiz=QuizPageFactory())
    actions.submit(attempt, timezone.now(), right_answers(attempt))
    client.force_login(attempt.enrolment.person)
    page = client.get(at("result", attempt.pk))
    assert "votre certificat se prépare" in text(page)
    assert reverse("learning:progress", args=[attempt.enrolment_id]) in page.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_pages_cost_the_same_for_any_number_of_questions(client, count, django_assert_num_queries):
    attempt = open_attempt(quiz=QuizPageFactory(questions=[QuestionFactory() for _ in range(count)]))
    client.force_login(attempt.enrolment.person)
    client.get(at("attempt", attempt.pk))
    with django_assert_num_queries(2):  # attempt, questions
        client.get(at("attempt", attempt.pk))
    actions.submit(attempt, timezone.now())
    client.get(at("result", attempt.pk))
    with django_assert_num_queries(7):  # attempt, others, place in the course, allowances, ledger, appeals, questions
        client.get(at("result", attempt.pk))


# --- Who may


def everyone_else(attempt):
    """By role, people who are not the learner; all are above the learner's unit."""
    state = UnitFactory()
    unit = UnitFactory(parent=state)
    manager = UserFactory()
    PostFactory(person=attempt.enrolment.person, unit=unit, manager=manager)
    people = {
        "colleague": PostFactory(unit=unit).person,
        "manager": manager,
        "superuser": UserFactory(is_superuser=True),
    }
    for role in Role:
        people[role.name] = UserFactory(is_staff=True)
        give_role(people[role.name], role, state)
    return people


@pytest.mark.parametrize("is_submitted", [False, True])
def test_nobody_else_sees_or_touches_an_attempt(client, attempt, is_submitted):
    if is_submitted:
        actions.submit(attempt, timezone.now())
    for who, person in everyone_else(attempt).items():
        client.force_login(person)
        for name, args in [("attempt", []), ("answer", [1]), ("submit", []), ("result", [])]:
            url = at(name, attempt.pk, *args)
            assert (who, name, client.post(url).status_code) == (who, name, 405 if name == "result" else 404)
            assert (who, name, client.get(url).status_code) == (who, name, 405 if name == "answer" else 404)
    assert attempt.questions.get().response is None


def test_strangers_are_asked_to_log_in(client, attempt):
    for url in (at("quiz", attempt.quiz_id), at("attempt", attempt.pk), at("result", attempt.pk)):
        assert client.get(url).url == f"{reverse('account_login')}?next={url}"
