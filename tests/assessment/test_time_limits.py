"""Attempts in time: deadlines kept by the server, whoever asks and however late."""

import datetime

import pytest
from django.utils import timezone

from lms.assessment import actions
from lms.assessment.models import Attempt
from lms.assessment.rules.timing import milliseconds
from lms.assessment.tasks import close_expired_attempts_task
from lms.learning.actions import withdraw
from lms.learning.models import ProgressEvent
from tests.assessment.test_views import at, form_of, text
from tests.factories.assessment import open_attempt, right_answers
from tests.factories.courses import QuizPageFactory
from tests.factories.learning import EnrolmentFactory

pytestmark = pytest.mark.django_db
NOON = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.UTC)


def minutes(count):
    return datetime.timedelta(minutes=count)


def timed(now=NOON, **rules):
    """An attempt at a quiz of one question in thirty minutes, begun at `now`."""
    quiz = QuizPageFactory(**{"time_limit_minutes": 30} | rules)
    return actions.start_attempt(EnrolmentFactory(course=quiz.get_parent().specific), quiz, now)


def expired(**rules):
    """One begun an hour ago, answered right in time."""
    attempt = timed(timezone.now() - minutes(60), **rules)
    actions.save_answer(attempt.pk, 1, right_answers(attempt)[1], attempt.started_at)
    return attempt


def test_the_deadline_and_the_rules_are_frozen_at_the_start():
    attempt = timed(closes_at=NOON + minutes(20), penalty_percent=25)
    quiz = attempt.quiz
    quiz.time_limit_minutes, quiz.penalty_percent, quiz.closes_at, quiz.preset = 5, 0, None, "exam"
    quiz.save_revision().publish()
    attempt = Attempt.objects.get()
    assert attempt.due_at == NOON + minutes(20)
    assert (attempt.terms.time_limit_minutes, attempt.terms.penalty_percent, attempt.terms.preset) == (
        *(30, 25),
        "formative",
    )


def test_an_answer_is_taken_until_the_grace_is_past():
    attempt = timed()
    answer = right_answers(attempt)[1]
    with pytest.raises(actions.AttemptSubmitted):
        actions.save_answer(attempt.pk, 1, answer, NOON + minutes(31))
    with pytest.raises(actions.AttemptSubmitted):
        actions.save_answers(attempt, {1: answer}, NOON + minutes(31))
    assert attempt.questions.get().response is None
    actions.save_answer(attempt.pk, 1, answer, NOON + minutes(30) + datetime.timedelta(seconds=29))
    assert attempt.questions.get().response == answer


def test_answers_sent_with_a_late_submission_do_not_count():
    attempt = timed()
    result = actions.submit(attempt, NOON + minutes(31), right_answers(attempt))
    assert (result.score_percent, result.is_expired, result.submitted_at) == (0, True, NOON + minutes(30))


def test_the_task_closes_what_is_past_and_marks_what_was_saved():
    late, running, free = expired(), timed(timezone.now()), open_attempt()
    close_expired_attempts_task()
    close_expired_attempts_task()
    for attempt in (late, running, free):
        attempt.refresh_from_db()
    assert (late.state, late.score_percent, late.is_expired, late.is_passed) == ("submitted", 100, True, True)
    assert late.submitted_at == late.due_at
    event = ProgressEvent.objects.get()
    assert (event.kind, event.occurred_at) == ("passed", late.due_at)
    assert [running.state, free.state] == ["open", "open"]


def test_the_task_leaves_the_attempts_of_courses_given_up():
    attempt = expired()
    withdraw(attempt.enrolment)
    assert actions.settle_all(timezone.now()) == 0
    assert actions.settle(attempt, timezone.now()).state == "open"


@pytest.mark.parametrize("name", ["attempt", "submit", "result"])
def test_whoever_opens_an_expired_attempt_finds_it_submitted(client, name):
    attempt = expired()
    client.force_login(attempt.enrolment.person)
    assert "Le temps était écoulé" in text(client.get(at(name, attempt.pk), follow=True))
    attempt.refresh_from_db()
    assert (attempt.state, attempt.score_percent) == ("submitted", 100)


def test_a_page_sent_too_late_changes_nothing_and_says_so(client):
    attempt = timed(timezone.now() - minutes(60))
    client.force_login(attempt.enrolment.person)
    page = client.post(at("attempt", attempt.pk), form_of(attempt), follow=True)
    assert "Le temps est écoulé : ce qui était enregistré a été remis." in text(page)
    attempt.refresh_from_db()
    assert (attempt.score_percent, attempt.questions.get().response) == (0, None)


def test_an_answer_sent_too_late_is_refused(client):
    attempt = timed(timezone.now() - minutes(60))
    client.force_login(attempt.enrolment.person)
    response = client.post(at("answer", attempt.pk, 1), form_of(attempt))
    assert (response.status_code, response.json()["result"]) == (409, at("result", attempt.pk))


def test_the_page_of_an_expired_attempt_in_a_course_given_up_leads_back(client):
    attempt = expired()
    withdraw(attempt.enrolment)
    client.force_login(attempt.enrolment.person)
    assert client.get(at("attempt", attempt.pk)).url == at("quiz", attempt.quiz_id)


def test_the_quiz_page_closes_what_expired_and_a_new_attempt_begins(client):
    attempt = timed(timezone.now() - minutes(60), max_attempts=2)
    client.force_login(attempt.enrolment.person)
    assert "Il vous reste 1 tentative." in text(client.get(at("quiz", attempt.quiz_id)))
    again = actions.start_attempt(attempt.enrolment, attempt.quiz, timezone.now() - minutes(60))
    third = client.post(at("quiz", attempt.quiz_id), follow=True)
    again.refresh_from_db()
    assert (again.number, again.state) == (2, "submitted")
    assert "Vous avez utilisé toutes vos tentatives." in text(third)


def test_starting_after_an_expired_attempt_begins_the_next():
    attempt = timed()
    again = actions.start_attempt(attempt.enrolment, attempt.quiz, NOON + minutes(31))
    attempt.refresh_from_db()
    assert (attempt.state, again.number) == ("submitted", 2)


def test_extra_minutes_move_the_deadline_of_an_open_attempt_only():
    attempt = timed()
    assert actions.set_deadline(attempt, 15).due_at == NOON + minutes(45)
    assert actions.set_deadline(attempt, 0).due_at == NOON + minutes(30)
    actions.submit(attempt, NOON)
    assert actions.set_deadline(attempt, 15).due_at == NOON + minutes(30)


@pytest.mark.parametrize(
    ("rules", "refusal", "words"),
    [
        ({"opens_at": NOON + minutes(1)}, actions.QuizNotOpenYet, "Cette évaluation ouvre le"),
        ({"closes_at": NOON}, actions.QuizClosed, "Cette évaluation est close."),
        ({"opens_at": NOON, "closes_at": NOON + minutes(1)}, None, "Commencer"),
    ],
)
def test_a_quiz_begins_between_its_dates(client, rules, refusal, words):
    shift = timezone.now() - NOON
    quiz = QuizPageFactory(**{name: moment + shift for name, moment in rules.items()})
    enrolment = EnrolmentFactory(course=quiz.get_parent().specific)
    client.force_login(enrolment.person)
    assert words in text(client.get(at("quiz", quiz.pk)))
    if refusal:
        with pytest.raises(refusal):
            actions.start_attempt(enrolment, quiz, NOON + shift)
        assert words in text(client.post(at("quiz", quiz.pk), follow=True))


def test_the_next_attempt_waits_as_long_as_the_quiz_says(client):
    quiz = QuizPageFactory(wait_minutes=60)
    attempt = open_attempt(quiz=quiz)
    actions.submit(attempt, NOON)
    with pytest.raises(actions.TooSoon) as refused:
        actions.start_attempt(attempt.enrolment, quiz, NOON + minutes(59))
    assert refused.value.until == NOON + minutes(60)
    assert actions.start_attempt(attempt.enrolment, quiz, NOON + minutes(60)).number == 2


def test_the_result_says_from_when_another_attempt_may_begin(client):
    attempt = open_attempt(quiz=QuizPageFactory(wait_minutes=60))
    actions.submit(attempt, timezone.now())
    client.force_login(attempt.enrolment.person)
    assert "Vous pourrez recommencer à partir du" in text(client.get(at("result", attempt.pk)))


def test_the_page_says_until_when_and_tells_scripts_the_same(client):
    attempt = timed(timezone.now())
    client.force_login(attempt.enrolment.person)
    page = client.get(at("attempt", attempt.pk)).content.decode()
    assert "À remettre avant" in page
    assert f'data-due="{milliseconds(attempt.due_at)}"' in page
    assert "data-quiz-finish" in page


def test_the_page_of_a_timed_quiz_says_how_long_before_it_begins(client):
    quiz = QuizPageFactory(time_limit_minutes=30, wait_minutes=60)
    client.force_login(EnrolmentFactory(course=quiz.get_parent().specific).person)
    page = text(client.get(at("quiz", quiz.pk)))
    assert "Vous avez 30 min dès que vous commencez." in page
    assert "Entre deux tentatives, il faut attendre 1 h." in page
