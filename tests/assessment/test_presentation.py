"""How a quiz is put: one question per page, drawn, shuffled, checked at once, told as its preset says."""

import datetime
from random import Random

import pytest
from django.utils import timezone

from courses.models import QuizDraw, QuizPage
from lms.assessment import actions
from lms.assessment.models import ServedQuestion
from lms.assessment.rules.serving import texts_in_order
from tests.assessment.test_views import at, form_of, text
from tests.factories.assessment import open_attempt, quiz_of_all_kinds, right_answers
from tests.factories.courses import QuestionFactory, QuizPageFactory
from tests.factories.learning import EnrolmentFactory

pytestmark = pytest.mark.django_db
NOON = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.UTC)
HOUR = datetime.timedelta(hours=1)


def signed_in(client, attempt):
    client.force_login(attempt.enrolment.person)
    return client


def two_questions(**rules):
    questions = [QuestionFactory(prompt="Première ?"), QuestionFactory(prompt="Seconde ?")]
    return open_attempt(quiz=QuizPageFactory(questions=questions, shuffle_questions=False, **rules))


# --- Draws


def quiz_with_draws(*draws, questions=(), **rules):
    quiz = QuizPageFactory(questions=list(questions), **rules)
    for draw in draws:
        quiz.draws.add(QuizDraw(**draw))
    quiz.save_revision().publish()
    return QuizPage.objects.get(pk=quiz.pk)


def served(attempt):
    return set(attempt.questions.values_list("version__question", flat=True))


def test_an_attempt_asks_fixed_questions_and_drawn_ones_with_their_points():
    fixed = QuestionFactory(level=2)
    pool = {question.pk for question in QuestionFactory.create_batch(3, level=2)}
    attempt = open_attempt(quiz=quiz_with_draws({"count": 2, "level": 2, "points": 3}, questions=[fixed]))
    assert fixed.pk in served(attempt)
    assert len(served(attempt) & pool) == 2
    assert (attempt.questions.count(), attempt.max_points) == (3, 7)


def test_draws_prefer_what_the_learner_has_not_seen():
    pool = {question.pk for question in QuestionFactory.create_batch(4, level=2)}
    quiz = quiz_with_draws({"count": 2, "level": 2}, max_attempts=0)
    enrolment = EnrolmentFactory(course=quiz.get_parent().specific)
    seen = set()
    for _attempt in range(2):
        seen |= served(actions.submit(actions.start_attempt(enrolment, quiz, NOON), NOON))
    assert seen == pool


def test_a_bank_that_no_longer_fills_a_draw_opens_no_attempt():
    QuestionFactory(level=2)
    quiz = quiz_with_draws({"count": 2, "level": 2})
    with pytest.raises(actions.QuizNotOpen):
        actions.start_attempt(EnrolmentFactory(course=quiz.get_parent().specific), quiz, NOON)
    assert not ServedQuestion.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_starting_costs_the_same_for_any_number_of_draws(count, django_assert_num_queries):
    QuestionFactory.create_batch(3, level=2)
    quiz = quiz_with_draws(*({"count": 1, "level": 2} for _ in range(count)))
    enrolment = EnrolmentFactory(course=quiz.get_parent().specific)
    with django_assert_num_queries(15):  # as without draws, and what was seen, the banks open to the quiz, the pools
        actions.start_attempt(enrolment, quiz, NOON)


# --- Order


def test_questions_and_options_stay_as_written_where_the_quiz_says_so():
    for seed in range(3):
        quiz = QuizPageFactory(
            questions=QuestionFactory.create_batch(4, kind="multiple"), shuffle_questions=False, shuffle_options=False
        )
        enrolment = EnrolmentFactory(course=quiz.get_parent().specific)
        attempt = actions.start_attempt(enrolment, quiz, NOON, Random(seed))
        rows = list(attempt.questions.select_related("version").order_by("position"))
        asked = list(quiz.quiz_questions.order_by("sort_order").values_list("question", flat=True))
        assert [row.version.question_id for row in rows] == asked
        assert [row.order["options"] for row in rows] == [
            [option["id"] for option in row.version.content["options"]] for row in rows
        ]


# --- Points


def test_all_or_nothing_and_negative_marks_are_those_of_the_start():
    quiz = quiz_of_all_kinds(partial_credit=False, penalty_percent=50)
    attempt = open_attempt(quiz=quiz)
    rows = {row.version.type: row for row in attempt.questions.select_related("version")}
    answers = right_answers(attempt)
    multiple, single, number = rows["multiple"], rows["single"], rows["numeric"]
    answers = {
        multiple.position: multiple.version.content["answer"][:1],
        single.position: next(
            option["id"]
            for option in single.version.content["options"]
            if option["id"] != single.version.content["answer"]
        ),
        number.position: answers[number.position],
    }
    actions.submit(attempt, NOON, answers)
    points = {row.version.type: row.awarded_points for row in attempt.questions.select_related("version")}
    assert (points["multiple"], points["single"], points["numeric"], points["matching"]) == (
        -multiple.points / 2,
        -single.points / 2,
        number.points,
        0,
    )


# --- One question per page


def test_one_question_per_page_saves_each_and_leads_to_the_others(client):
    attempt = two_questions(one_per_page=True)
    signed_in(client, attempt)
    first = text(client.get(at("attempt", attempt.pk)))
    assert ("Première ?" in first, "Seconde ?" in first) == (True, False)
    form = form_of(attempt)
    second = client.post(at("attempt", attempt.pk), {"question": 1, "go": 2, "q1": form["q1"]}, follow=True)
    assert second.redirect_chain[-1][0] == f"{at('attempt', attempt.pk)}?question=2"
    assert "Seconde ?" in text(second)
    assert "Questions répondues : 1 sur 2" in text(second)
    client.post(at("attempt", attempt.pk), {"question": 2, "action": "submit", "q2": form["q2"]})
    assert {row.position: row.response for row in attempt.questions.all()} == right_answers(attempt)


def test_a_page_leaves_the_answers_of_the_others_alone(client):
    attempt = two_questions(one_per_page=True)
    answers = right_answers(attempt)
    actions.save_answer(attempt.pk, 1, answers[1], timezone.now())
    signed_in(client, attempt).post(at("attempt", attempt.pk), {"question": 2, "action": "save"})
    signed_in(client, attempt).post(at("attempt", attempt.pk), {"action": "save"})
    assert attempt.questions.get(position=1).response == answers[1]


@pytest.mark.parametrize(("asked", "shown"), [("0", "Première ?"), ("9", "Seconde ?"), ("x", "Première ?")])
def test_a_question_that_is_not_there_shows_the_nearest(client, asked, shown):
    attempt = two_questions(one_per_page=True)
    assert shown in text(signed_in(client, attempt).get(at("attempt", attempt.pk), {"question": asked}))


def test_what_is_missing_leads_to_its_page(client):
    attempt = two_questions(one_per_page=True)
    page = signed_in(client, attempt).get(at("submit", attempt.pk)).content.decode()
    assert f"{at('attempt', attempt.pk)}?question=2#question-2" in page


# --- Practice


def test_in_practice_a_question_is_checked_at_once_and_its_answer_stands(client):
    attempt = two_questions(preset="practice")
    signed_in(client, attempt)
    form = form_of(attempt)
    assert "Vérifier ma réponse" in text(client.get(at("attempt", attempt.pk)))
    checked = client.post(at("attempt", attempt.pk), {"q1": form["q1"], "check": 1})
    assert checked.url == f"{at('attempt', attempt.pk)}#question-1"
    page = client.get(at("attempt", attempt.pk))
    explanations = [row.version.explanation for row in attempt.questions.select_related("version").order_by("position")]
    assert [explanation in text(page) for explanation in explanations] == [True, False]
    client.post(at("attempt", attempt.pk), {"action": "save"})
    assert client.post(at("answer", attempt.pk, 1), {}).json()["saved"] is False
    result = actions.submit(attempt, timezone.now(), {1: None})
    assert (attempt.questions.get(position=1).response, result.score_percent) == (right_answers(attempt)[1], 50)


def test_a_question_is_checked_in_practice_only(client):
    attempt = two_questions()
    with pytest.raises(actions.NotPractice):
        actions.check_question(attempt, 1, NOON)
    assert signed_in(client, attempt).post(at("attempt", attempt.pk), {"check": 1}).url == at("attempt", attempt.pk)
    assert [row.is_final for row in attempt.questions.all()] == [False, False]


def test_checking_again_changes_nothing_and_what_is_not_served_is_unknown():
    attempt = two_questions(preset="practice")
    first = actions.check_question(attempt, 1, NOON)
    assert actions.check_question(attempt, 1, NOON) == first
    with pytest.raises(actions.UnknownQuestion):
        actions.check_question(attempt, 3, NOON)
    actions.submit(attempt, NOON)
    with pytest.raises(actions.AttemptSubmitted):
        actions.check_question(attempt, 2, NOON)


@pytest.mark.parametrize("kind", ["essay", "survey"])
def test_what_a_person_marks_or_nobody_is_not_checked(client, kind):
    attempt = open_attempt(quiz=QuizPageFactory(questions=[QuestionFactory(kind=kind)], preset="practice"))
    with pytest.raises(actions.NotPractice):
        actions.check_question(attempt, 1, NOON)
    assert "Vérifier ma réponse" not in text(signed_in(client, attempt).get(at("attempt", attempt.pk)))


# --- What is told


def told(client, attempt, page="result"):
    """Which of the mark, the verdicts and the explanations the page tells."""
    shown = text(client.get(at(page, attempt.pk)))
    explanation = attempt.questions.select_related("version").first().version.explanation
    return ("soit 100 %" in shown, "Juste" in shown, explanation in shown)


@pytest.mark.parametrize(
    ("preset", "closes", "before", "after"),
    [
        ("practice", None, (True, True, True), None),
        ("formative", None, (True, True, True), None),
        ("summative", True, (True, True, False), (True, True, True)),
        ("exam", True, (False, False, False), (True, True, False)),
    ],
)
def test_the_result_tells_what_the_preset_says_and_when(client, preset, closes, before, after):
    rules = {"preset": preset, "closes_at": timezone.now() + HOUR if closes else None}
    attempt = open_attempt(quiz=QuizPageFactory(**rules))
    actions.submit(attempt, timezone.now(), right_answers(attempt))
    signed_in(client, attempt)
    assert told(client, attempt) == before
    quiz_page = text(client.get(at("quiz", attempt.quiz_id)))
    assert ("100 %" in quiz_page, "Vous avez réussi" in quiz_page) == (before[0], before[0])
    if after:
        attempt.refresh_from_db()
        attempt.rules["closes_at"] = (timezone.now() - HOUR).isoformat()
        attempt.save(update_fields=["rules"])
        assert told(client, attempt) == before  # the quiz itself is still open
        QuizPage.objects.filter(pk=attempt.quiz_id).update(closes_at=timezone.now() - HOUR)
        assert told(client, attempt) == after


def test_a_summative_quiz_tells_right_answers_once_nothing_is_left_to_gain(client):
    attempt = open_attempt(quiz=QuizPageFactory(preset="summative", max_attempts=2))
    signed_in(client, attempt)
    for is_told in (False, True):
        actions.submit(attempt, timezone.now())
        explanation = attempt.questions.select_related("version").get().version.explanation
        page = text(client.get(at("result", attempt.pk)))
        assert (explanation in page, "À revoir" in page) == (is_told, True)
        if not is_told:
            attempt = actions.start_attempt(attempt.enrolment, attempt.quiz, timezone.now())


def test_verdicts_without_right_answers_show_what_was_given_in_every_type(client):
    attempt = open_attempt(quiz=quiz_of_all_kinds(preset="summative", max_attempts=2))
    actions.submit(attempt, timezone.now(), {1: right_answers(attempt)[1]})
    page = text(signed_in(client, attempt).get(at("result", attempt.pk)))
    assert "Bonne réponse" not in page
    assert "Sans réponse complète" in page


@pytest.mark.parametrize("preset", ["exam", "summative"])
def test_where_answers_are_kept_an_order_is_told_by_no_list(client, preset):
    quiz = QuizPageFactory(questions=[QuestionFactory(kind="ordering")], preset=preset)
    attempt = open_attempt(quiz=quiz)
    row = attempt.questions.select_related("version").get()
    row.order["items"] = row.version.content["answer"][::-1]
    row.save()
    actions.submit(attempt, timezone.now(), {row.position: dict.fromkeys(row.order["items"], 1)})
    page = text(signed_in(client, attempt).get(at("result", attempt.pk)))
    served = texts_in_order(row.version.content, row.order)
    assert sorted(served, key=page.index) == served
