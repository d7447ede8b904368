"""A whole promotion in one timed quiz: everybody starts, answers and submits at once over HTTP, some from two tabs."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Count
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lms.assessment import actions
from lms.assessment.models import Attempt, MarkLine, ServedQuestion
from lms.assessment.rules.serving import given_places
from lms.assessment.rules.timing import milliseconds
from lms.assessment.tasks import close_expired_attempts_task
from lms.learning.models import Enrolment, ProgressEvent
from lms.people.models import User
from tests.factories.assessment import KINDS, right_response
from tests.factories.courses import QuestionFactory, QuizPageFactory, course_with
from tests.factories.people import UserFactory

BACKEND = "django.contrib.auth.backends.ModelBackend"
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
    for enrolment in late:  # they answered in time, and never came back
        begun = actions.start_attempt(enrolment, quiz, now - timedelta(minutes=MINUTES + 5))
        for row in begun.questions.select_related("version"):
            actions.save_answer(begun.pk, row.position, right_response(row), begun.started_at)

    def sit(enrolment):
        """One tab: start, answer, hand in, and every other time open the result; the second tab of someone who has passed
        meanwhile is refused."""
        tab = Client()
        tab.force_login(enrolment.person, BACKEND)
        started = tab.post(reverse("assessment:quiz", args=[quiz.pk]))
        if started.url == reverse("assessment:quiz", args=[quiz.pk]):
            assert enrolment.attempts.get().is_passed
            return
        attempt = enrolment.attempts.get()
        assert started.url == reverse("assessment:attempt", args=[attempt.pk])
        answer_all(tab, attempt)
        handed_in = tab.post(reverse("assessment:submit", args=[attempt.pk]))
        assert handed_in.url == reverse("assessment:result", args=[attempt.pk])
        if attempt.pk % 2:
            assert tab.get(handed_in.url).status_code == 200

    def close(_turn):
        return close_expired_attempts_task()

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


def answer_all(tab, attempt):
    """Save every right answer, the second twice; after the first comes one that was given before it.

    The older answer is refused, and whatever comes once the other tab has handed in, and said to be.
    """
    for row in attempt.questions.select_related("version"):
        now = milliseconds(timezone.now())
        right = (fields_of(row), now)
        saves = {1: [right, ({}, now - 5_000)], 2: [right, right]}.get(row.position, [right])
        for fields, at in saves:
            said = tab.post(reverse("assessment:answer", args=[attempt.pk, row.position]), {**fields, "at": at})
            assert said.status_code in (200, 409), said.content
            if said.status_code == 200 and fields:
                assert said.json()["answered"]


def fields_of(row):
    """The right answer to a served question, as its form says it."""
    response, name = right_response(row), f"q{row.position}"
    if row.version.type in ("numeric", "short_text"):
        return {name: response}
    return {name: given_places(row.version.type, row.version.content, row.order, response)}


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
