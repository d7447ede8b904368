"""Handing in: one UPDATE that stands, then the marks, with the page of the result or without anybody."""

import datetime

import pytest
from django.utils import timezone

from lms.assessment import actions
from lms.assessment.models import Attempt, MarkLine
from lms.assessment.tasks import close_expired_attempts_task
from lms.learning.actions import enrol, withdraw
from lms.learning.models import Completion, Enrolment, ProgressEvent
from tests.assessment.test_actions import at_once
from tests.assessment.test_views import at, form_of, text
from tests.factories.assessment import open_attempt, quiz_of_all_kinds, right_answers
from tests.factories.courses import QuestionFactory, QuizPageFactory, course_with
from tests.factories.learning import EnrolmentFactory
from tests.factories.people import UserFactory

pytestmark = pytest.mark.django_db
HOUR = datetime.timedelta(hours=1)


def answered(**kwargs):
    """An open attempt, every answer right."""
    attempt = open_attempt(**kwargs)
    actions.save_answers(attempt, right_answers(attempt), timezone.now())
    return attempt


def state_of(attempt):
    attempt.refresh_from_db()
    return attempt.state, attempt.is_passed


@pytest.mark.parametrize("count", [1, 3])
def test_handing_in_is_one_query_for_any_number_of_questions(client, count, django_assert_num_queries):
    attempt = answered(quiz=QuizPageFactory(questions=[QuestionFactory() for _ in range(count)]))
    client.force_login(attempt.enrolment.person)
    client.get(at("submit", attempt.pk))  # warm caches
    with django_assert_num_queries(1):
        response = client.post(at("submit", attempt.pk))
    assert response.url == at("result", attempt.pk)
    assert state_of(attempt) == ("handed_in", None)
    assert not MarkLine.objects.exists()


def test_the_page_of_the_result_marks_what_was_handed_in(client):
    attempt = answered(quiz=quiz_of_all_kinds())
    client.force_login(attempt.enrolment.person)
    page = text(client.post(at("submit", attempt.pk), follow=True))
    assert "Points obtenus : 7 sur 7, soit 100 %." in page
    assert "votre certificat se prépare" in page
    assert state_of(attempt) == ("submitted", True)
    assert MarkLine.objects.count() == 7
    client.post(at("submit", attempt.pk), follow=True)
    assert MarkLine.objects.count() == 7


# What marking asks, bracketed by a savepoint: the attempt with its enrolment and the questions, all locked; decisions that
# stand; marks, lines of the ledger, the attempt; what is done of the course, the fact. Where that changes the learner's
# place in the course: the progress on the quiz, the enrolment.
MARKING, PLACE = 10, 2
# Besides: the attempt with its quiz, the learner's other attempts, the exceptions granted.
PAGE = 3


@pytest.mark.parametrize("number", [1, 2, 3])
@pytest.mark.parametrize("count", [1, 3])
def test_the_page_that_marks_costs_the_same_for_any_number_of_questions(
    client, count, number, django_assert_num_queries
):
    quiz = QuizPageFactory(questions=[QuestionFactory() for _ in range(count)], max_attempts=0)
    others = open_attempt(quiz=quiz)
    client.force_login(others.enrolment.person)
    actions.submit(others, timezone.now())
    client.get(at("result", others.pk))  # warm caches
    enrolment = EnrolmentFactory(course=others.enrolment.course)
    for _ in range(number):
        attempt = open_attempt(quiz=quiz, enrolment=enrolment)
        actions.hand_in(attempt.pk, enrolment.person, timezone.now())
        if attempt.number < number:
            actions.settle_all(timezone.now())
    client.force_login(enrolment.person)
    client.get(at("result", others.pk))  # the session
    with django_assert_num_queries(MARKING + PAGE + (PLACE if number == 1 else 0)):
        page = text(client.get(at("result", attempt.pk)))
    assert f"Points obtenus : 0 sur {count}, soit 0 %." in page
    assert page.count("Contester cette note") == count
    assert state_of(attempt) == ("submitted", False)


@pytest.mark.parametrize("count", [1, 3])
def test_the_same_page_is_read_again_for_as_little(client, count, django_assert_num_queries):
    attempt = answered(quiz=QuizPageFactory(questions=[QuestionFactory() for _ in range(count)]))
    client.force_login(attempt.enrolment.person)
    first = client.post(at("submit", attempt.pk), follow=True)
    # attempt with its quiz, the others, the place in the course, exceptions; ledger, appeals, questions
    with django_assert_num_queries(7):
        again = client.get(at("result", attempt.pk))
    assert text(again) == text(first)


def test_nobody_need_open_the_result_for_the_course_to_be_completed():
    attempt = answered(enrolment=EnrolmentFactory(course=course_with(lessons=0)))
    assert actions.hand_in(attempt.pk, attempt.enrolment.person, timezone.now())
    assert not ProgressEvent.objects.exists()
    close_expired_attempts_task()
    close_expired_attempts_task()
    handed_in_at = Attempt.objects.get().submitted_at
    assert state_of(attempt) == ("submitted", True)
    assert ProgressEvent.objects.get().occurred_at == handed_in_at
    assert Completion.objects.get().completed_at == handed_in_at


def test_handing_in_again_changes_nothing():
    attempt = answered()
    person, now = attempt.enrolment.person, timezone.now()
    assert [actions.hand_in(attempt.pk, person, now), actions.hand_in(attempt.pk, person, now + HOUR)] == [True, False]
    attempt.refresh_from_db()
    assert attempt.submitted_at == now
    assert actions.submit(attempt, now + HOUR, {1: None}).score_percent == 100
    assert not actions.hand_in(attempt.pk, person, now + HOUR)


def test_nobody_hands_in_for_another(client):
    attempt = answered()
    stranger = UserFactory()
    assert not actions.hand_in(attempt.pk, stranger, timezone.now())
    client.force_login(stranger)
    assert client.post(at("submit", attempt.pk)).status_code == 404
    assert state_of(attempt) == ("open", None)


def test_no_answer_is_taken_once_handed_in(client):
    attempt = open_attempt()
    client.force_login(attempt.enrolment.person)
    actions.hand_in(attempt.pk, attempt.enrolment.person, timezone.now())
    assert client.post(at("answer", attempt.pk, 1), form_of(attempt)).status_code == 409
    with pytest.raises(actions.AttemptSubmitted):
        actions.save_answers(attempt, right_answers(attempt), timezone.now())
    assert actions.settle(Attempt.objects.get(), timezone.now()).score_percent == 0


def test_what_is_handed_in_within_the_grace_counts_at_the_deadline():
    attempt = answered(quiz=QuizPageFactory(time_limit_minutes=30))
    person, due_at = attempt.enrolment.person, attempt.due_at
    assert not actions.hand_in(attempt.pk, person, due_at + datetime.timedelta(seconds=31))
    assert actions.hand_in(attempt.pk, person, due_at + datetime.timedelta(seconds=29))
    marked = actions.settle(Attempt.objects.get(), due_at + HOUR)
    assert (marked.submitted_at, marked.is_expired, marked.is_passed) == (due_at, False, True)


def test_another_attempt_begins_only_once_the_last_is_marked():
    attempt = open_attempt()
    actions.hand_in(attempt.pk, attempt.enrolment.person, timezone.now())
    again = actions.start_attempt(attempt.enrolment, attempt.quiz, timezone.now())
    assert (again.number, state_of(attempt)) == (2, ("submitted", False))


def test_what_was_handed_in_before_a_course_was_given_up_counts_when_it_is_taken_up_again():
    attempt = answered(enrolment=EnrolmentFactory(course=course_with(lessons=0)))
    actions.hand_in(attempt.pk, attempt.enrolment.person, timezone.now())
    withdraw(attempt.enrolment)
    close_expired_attempts_task()
    assert state_of(attempt) == ("submitted", True)
    assert not Completion.objects.exists()
    enrol(attempt.enrolment.person, attempt.enrolment.course, timezone.now())
    assert Enrolment.objects.get().state == "completed"


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_answers_hand_ins_and_marks_that_meet_lose_nothing_and_mark_once():
    """Two tabs save and hand in while the server marks: the answer is marked as it stands, once."""
    attempt = open_attempt(enrolment=EnrolmentFactory(course=course_with(lessons=0)))
    person, answer = attempt.enrolment.person, right_answers(attempt)[1]
    turns = iter(["save", "hand in", "settle"] * 2)

    def run():
        turn, now = next(turns), timezone.now()
        if turn == "hand in":
            return actions.hand_in(attempt.pk, person, now)
        if turn == "settle":
            return actions.settle(Attempt.objects.get(), now)
        try:
            return actions.save_answer(attempt.pk, 1, answer, now)
        except (actions.AttemptSubmitted, actions.AnswerFinal):
            return None

    at_once(run, times=6)
    actions.settle_all(timezone.now())
    row = attempt.questions.get()
    assert (row.response, row.awarded_points) in [(answer, 1), (None, 0)]
    assert (MarkLine.objects.count(), ProgressEvent.objects.count()) == (1, 1)
