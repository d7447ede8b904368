"""A whole promotion in one timed quiz: everybody starts, answers and submits at once, some from two tabs."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Count
from django.utils import timezone

from lms.assessment import actions
from lms.assessment.models import Attempt, MarkLine, ServedQuestion
from lms.learning.models import Enrolment, ProgressEvent
from lms.people.models import User
from tests.factories.assessment import KINDS, right_response
from tests.factories.courses import QuestionFactory, QuizPageFactory, course_with
from tests.factories.people import UserFactory

QUESTIONS = 4
MINUTES = 30
# SQLite admits one writer at a time: there, the same walk with fewer people only shows that they wait for one another.
LEARNERS, LATE, THREADS = (200, 20, 24) if connection.vendor == "postgresql" else (16, 4, 4)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_promotion_in_one_timed_quiz_loses_no_answer_and_is_marked_once():
    kinds = [kind for kind in KINDS if kind not in ("essay", "file", "survey")]
    questions = [QuestionFactory(kind=kind) for kind in kinds[:QUESTIONS]]
    quiz = QuizPageFactory(parent=course_with(lessons=0, quiz=False), questions=questions, time_limit_minutes=MINUTES)
    enrolments = promotion(quiz.get_parent().specific, LEARNERS + LATE)
    now = timezone.now()
    in_time, late = enrolments[:LEARNERS], enrolments[LEARNERS:]
    for enrolment in late:
        begun = actions.start_attempt(enrolment, quiz, now - timedelta(minutes=MINUTES + 5))
        answer_all(begun, begun.started_at)

    def sit(enrolment):
        """One tab: start, answer, hand in, and every other time open the result; the second tab of someone who has passed
        meanwhile is refused."""
        try:
            attempt = actions.start_attempt(enrolment, quiz, now)
        except actions.QuizAlreadyPassed:
            return
        answer_all(attempt, timezone.now())
        actions.hand_in(attempt.pk, enrolment.person, timezone.now())
        if attempt.pk % 2:
            actions.settle(Attempt.objects.get(pk=attempt.pk), timezone.now())

    def close(_turn):
        return actions.settle_all(timezone.now())

    two_tabs = in_time[: LEARNERS // 3]
    acts = [(sit, one) for one in [*in_time, *two_tabs]] + [(close, turn) for turn in range(3)]
    random.Random(7).shuffle(acts)
    together(acts)
    close(None)

    assert Attempt.objects.filter(state="submitted", score_percent=100).count() == LEARNERS + LATE
    assert Attempt.objects.filter(is_expired=True).count() == LATE
    assert Attempt.objects.count() == LEARNERS + LATE
    assert not ServedQuestion.objects.filter(response__isnull=True).exists()
    lines = MarkLine.objects.values("question").annotate(times=Count("pk"))
    assert {line["times"] for line in lines} == {1}
    assert len(lines) == (LEARNERS + LATE) * QUESTIONS
    assert ProgressEvent.objects.filter(kind="passed").count() == LEARNERS + LATE


def promotion(course, count):
    """So many people enrolled in a course."""
    people = User.objects.bulk_create(UserFactory.build_batch(count, password="!"))
    return Enrolment.objects.bulk_create(
        Enrolment(person=person, course=course, enrolled_at=timezone.now(), item_count=1) for person in people
    )


def answer_all(attempt, now):
    """Save every right answer, the second twice; after the first comes one that was given before it."""
    for row in attempt.questions.select_related("version"):
        right = (right_response(row), now)
        saves = {1: [right, (None, now - timedelta(seconds=5))], 2: [right, right]}.get(row.position, [right])
        for response, given_at in saves:
            try:
                actions.save_answer(attempt.pk, row.position, response, now, given_at)
            except (actions.AnswerStale, actions.AttemptSubmitted):
                continue  # an older answer, or the other tab has submitted: both are refused, and said to be


def together(acts):
    """All the acts, by threads that take them as they come; whatever one raises is raised here."""

    def run(act):
        function, argument = act
        try:
            function(argument)
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(run, acts))
