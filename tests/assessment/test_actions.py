"""Attempts: begun, answered, submitted; two at once included."""

import datetime
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import pytest
from django.db import connection
from django.db.models import ProtectedError
from django.utils import timezone

from courses.models import LessonPage, QuestionVersion, QuizPage
from lms.assessment import actions
from lms.assessment.models import Attempt, ServedQuestion
from lms.learning.actions import EnrolmentWithdrawn, withdraw
from lms.learning.models import Completion, Enrolment, ItemProgress, ProgressEvent
from tests.factories.assessment import KINDS, open_attempt, quiz_of_all_kinds, right_answers
from tests.factories.courses import QuestionFactory, QuizPageFactory, course_with
from tests.factories.learning import EnrolmentFactory

NOON = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.UTC)

pytestmark = pytest.mark.django_db


def at_once(function, times=2):
    """Call a function in several threads that start together; what each returned."""
    barrier = Barrier(times)

    def run(_):
        barrier.wait()
        try:
            return function()
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))


def enrolled_in(quiz):
    return EnrolmentFactory(course=quiz.get_parent().specific)


# --- Start


def test_an_attempt_freezes_what_it_serves():
    quiz = quiz_of_all_kinds(pass_mark_percent=60)
    attempt = actions.start_attempt(enrolled_in(quiz), quiz, NOON)
    assert (attempt.number, attempt.state, attempt.pass_mark_percent, attempt.max_points) == (1, "open", 60, 7)
    assert (attempt.started_at, attempt.quiz_revision_id) == (NOON, quiz.live_revision_id)
    rows = attempt.questions.order_by("position")
    assert [row.position for row in rows] == [1, 2, 3, 4, 5, 6, 7]
    assert sorted(row.version.type for row in rows) == sorted(KINDS)


def test_an_attempt_serves_the_latest_version_and_keeps_it():
    question = QuestionFactory()
    quiz = QuizPageFactory(questions=[question])
    question.prompt = "Énoncé corrigé ?"
    question.save()
    attempt = actions.start_attempt(enrolled_in(quiz), quiz, NOON)
    question.prompt = "Énoncé encore changé ?"
    question.save()
    assert QuestionVersion.objects.filter(question=question).count() == 3
    assert [row.version.prompt for row in attempt.questions.all()] == ["Énoncé corrigé ?"]


def test_starting_again_finds_the_open_attempt():
    attempt = open_attempt()
    assert actions.start_attempt(attempt.enrolment, attempt.quiz, timezone.now()) == attempt


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_tabs_starting_at_once_open_one_attempt():
    enrolment = EnrolmentFactory()
    quiz = QuizPage.objects.child_of(enrolment.course).get()
    found = at_once(lambda: actions.start_attempt(enrolment, quiz, NOON).pk, times=4)
    assert found == [Attempt.objects.get().pk] * 4
    assert ServedQuestion.objects.count() == 1


def test_attempts_are_counted_and_refused_beyond_their_number():
    quiz = QuizPageFactory(max_attempts=2)
    enrolment = enrolled_in(quiz)
    for number in (1, 2):
        attempt = actions.submit(actions.start_attempt(enrolment, quiz, NOON), NOON)
        assert (attempt.number, attempt.is_passed) == (number, False)
    with pytest.raises(actions.NoAttemptLeft):
        actions.start_attempt(enrolment, quiz, NOON)


def test_attempts_without_limit():
    quiz = QuizPageFactory(max_attempts=0)
    enrolment = enrolled_in(quiz)
    for _number in range(5):
        actions.submit(actions.start_attempt(enrolment, quiz, NOON), NOON)
    assert actions.start_attempt(enrolment, quiz, NOON).number == 6


def test_a_quiz_passed_is_not_passed_again():
    attempt = open_attempt()
    actions.submit(attempt, NOON, right_answers(attempt))
    with pytest.raises(actions.QuizAlreadyPassed):
        actions.start_attempt(attempt.enrolment, attempt.quiz, NOON)


def test_giving_the_course_up_and_enrolling_again_gives_no_new_attempt():
    from lms.learning.actions import enrol

    quiz = QuizPageFactory(max_attempts=1)
    enrolment = enrolled_in(quiz)
    actions.submit(actions.start_attempt(enrolment, quiz, NOON), NOON)
    withdraw(enrolment)
    with pytest.raises(actions.NotEnrolled):
        actions.start_attempt(enrolment, quiz, NOON)
    with pytest.raises(actions.NoAttemptLeft):
        actions.start_attempt(enrol(enrolment.person, enrolment.course, NOON), quiz, NOON)


def test_a_quiz_that_is_not_published_or_asks_nothing_is_not_open():
    draft, empty = QuizPageFactory(live=False), QuizPageFactory(questions=[])
    for quiz in (draft, empty):
        with pytest.raises(actions.QuizNotOpen):
            actions.start_attempt(enrolled_in(quiz), quiz, NOON)
    assert not Attempt.objects.exists()


# --- Answer


def test_an_answer_is_saved_then_replaced_then_taken_back():
    attempt = open_attempt()
    answer = right_answers(attempt)[1]
    row = attempt.questions.get()
    for response, answered_at in [("x", NOON), (answer, NOON), (None, None)]:
        actions.save_answer(attempt.pk, 1, response, NOON)
        row.refresh_from_db()
        assert (row.response, row.answered_at) == (response, answered_at)


def test_saving_an_answer_is_one_query(django_assert_num_queries):
    attempt = open_attempt()
    with django_assert_num_queries(1):
        actions.save_answer(attempt.pk, 1, "x", NOON)


def test_a_submitted_attempt_refuses_answers():
    attempt = open_attempt()
    actions.submit(attempt, NOON)
    with pytest.raises(actions.AttemptSubmitted):
        actions.save_answer(attempt.pk, 1, right_answers(attempt)[1], NOON)
    with pytest.raises(actions.AttemptSubmitted):
        actions.save_answers(attempt, right_answers(attempt), NOON)
    assert [row.response for row in attempt.questions.all()] == [None]


def test_a_question_that_is_not_served_is_unknown():
    with pytest.raises(actions.UnknownQuestion):
        actions.save_answer(open_attempt().pk, 2, "x", NOON)


def test_a_page_of_answers_is_saved_at_once_and_the_rest_left_alone():
    quiz = quiz_of_all_kinds()
    attempt = open_attempt(quiz=quiz)
    answers = right_answers(attempt)
    actions.save_answer(attempt.pk, 7, answers[7], NOON)
    later = timezone.now()
    actions.save_answers(attempt, {position: answers[position] for position in (1, 2)} | {7: answers[7]}, later)
    saved = {row.position: row.answered_at for row in attempt.questions.all() if row.response == answers[row.position]}
    assert saved == {1: later, 2: later, 7: NOON}


# --- Submit


def test_right_answers_of_every_type_score_100():
    attempt = open_attempt(quiz=quiz_of_all_kinds())
    result = actions.submit(attempt, NOON, right_answers(attempt))
    assert (result.score_percent, result.awarded_points, result.is_passed) == (100, 7, True)
    assert (result.state, result.submitted_at) == ("submitted", NOON)
    assert [row.awarded_points for row in attempt.questions.all()] == [1] * 7


def test_nothing_answered_scores_0():
    result = actions.submit(open_attempt(quiz=quiz_of_all_kinds()), NOON)
    assert (result.score_percent, result.is_passed) == (0, False)


def test_what_was_saved_is_what_is_marked():
    attempt = open_attempt(quiz=quiz_of_all_kinds())
    for position, response in list(right_answers(attempt).items())[:5]:
        actions.save_answer(attempt.pk, position, response, NOON)
    assert actions.submit(attempt, NOON).score_percent == Decimal("71.43")


def test_submitting_tells_the_progress_of_the_course():
    attempt = open_attempt()
    actions.submit(attempt, NOON, right_answers(attempt))
    event, progress = ProgressEvent.objects.get(), ItemProgress.objects.get()
    assert (event.kind, event.source_key) == ("passed", f"attempt:{attempt.pk}")
    assert event.value == {"score_percent": "100.00", "attempt": 1}
    assert (progress.success, progress.score_percent) == ("passed", 100)


def test_submitting_twice_gives_the_same_result():
    attempt = open_attempt()
    first = actions.submit(attempt, NOON)
    second = actions.submit(attempt, timezone.now(), right_answers(attempt))
    assert (second.score_percent, second.submitted_at) == (first.score_percent, NOON)
    assert ProgressEvent.objects.count() == 1


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_submissions_at_once_give_one_result_and_one_completion():
    attempt = open_attempt(enrolment=EnrolmentFactory(course=course_with(lessons=0)))
    answers = right_answers(attempt)
    found = at_once(lambda: actions.submit(attempt, timezone.now(), answers).submitted_at, times=4)
    assert len(set(found)) == 1
    assert (ProgressEvent.objects.count(), Completion.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_an_answer_that_meets_a_submission_is_marked_or_refused():
    attempt = open_attempt()
    answer = right_answers(attempt)[1]
    turns = iter(["save", "submit"] * 2)

    def run():
        if next(turns) == "submit":
            return actions.submit(attempt, NOON)
        try:
            return actions.save_answer(attempt.pk, 1, answer, NOON)
        except actions.AttemptSubmitted:
            return None

    at_once(run, times=4)
    row = attempt.questions.get()
    assert (row.response, row.awarded_points) in [(answer, 1), (None, 0)]


def test_passing_last_completes_the_course():
    attempt = open_attempt(enrolment=EnrolmentFactory(course=course_with(lessons=0)))
    actions.submit(attempt, NOON, right_answers(attempt))
    assert Enrolment.objects.get().state == "completed"


def test_an_attempt_at_a_course_given_up_waits_for_its_learner():
    attempt = open_attempt()
    withdraw(attempt.enrolment)
    with pytest.raises(EnrolmentWithdrawn):
        actions.submit(attempt, NOON, right_answers(attempt))
    attempt.refresh_from_db()
    assert (attempt.state, attempt.questions.get().response) == ("open", None)


@pytest.mark.parametrize("count", [1, 7])
def test_starting_and_submitting_cost_the_same_for_any_number_of_questions(count, django_assert_num_queries):
    quiz = QuizPageFactory(questions=[QuestionFactory() for _ in range(count)])
    enrolment = enrolled_in(quiz)
    actions.submit(actions.start_attempt(EnrolmentFactory(course=enrolment.course), quiz, NOON), NOON)  # warm caches
    with django_assert_num_queries(
        11
    ):  # savepoints 2, enrolment, attempts, allowances, points, draws, decisions, versions, attempt, questions
        attempt = actions.start_attempt(enrolment, quiz, NOON)
    with django_assert_num_queries(
        12
    ):  # savepoints 2, attempt with enrolment, questions, decisions, marks, lines, attempt,
        # place in the course, fact, progress, enrolment
        actions.submit(attempt, NOON, {})


# --- Kept


@pytest.mark.parametrize("what", ["quiz", "question", "enrolment"])
def test_what_has_attempts_cannot_be_deleted(what):
    attempt = open_attempt()
    doomed = {
        "quiz": attempt.quiz,
        "question": attempt.questions.get().version.question,
        "enrolment": attempt.enrolment,
    }[what]
    with pytest.raises(ProtectedError):
        doomed.delete()


def test_rows_say_what_they_are():
    attempt = open_attempt()
    assert str(attempt) == f"{attempt.enrolment} – {attempt.quiz} n° 1"
    assert str(attempt.questions.get()) == f"{attempt.pk} / 1"


def test_lessons_of_the_course_are_left_as_they_were():
    attempt = open_attempt()
    actions.submit(attempt, NOON, right_answers(attempt))
    lessons = LessonPage.objects.child_of(attempt.enrolment.course).values("pk")
    assert not ItemProgress.objects.filter(item__in=lessons).exists()
