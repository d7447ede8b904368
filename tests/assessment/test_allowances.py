"""Exceptions for one person: more time, one more attempt, an attempt opened again; justified, dated, visible."""

import datetime

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from courses.models import CoursePage
from lms.assessment import actions
from lms.assessment.actions.allowances import NotAllowable, grant_extra_attempt, grant_extra_time, reopen_attempt
from lms.assessment.models import Allowance, MarkLine
from lms.assessment.rules.allowances import Extra, extra
from lms.core.models import AuditEntry
from lms.learning.models import ProgressEvent
from tests.factories.assessment import open_attempt, right_answers
from tests.factories.courses import QuizPageFactory
from tests.factories.learning import EnrolmentFactory
from tests.factories.marking import trainer_of
from tests.factories.people import UserFactory

pytestmark = pytest.mark.django_db
LIST, GRANT = "assessment_allowances:index", "assessment_grant"
MINUTE, DAY = datetime.timedelta(minutes=1), datetime.timedelta(days=1)


def terms(now=None, reason="Coupure de courant."):
    now = now or timezone.now()
    return {"reason": reason, "author": UserFactory(), "now": now, "until": now + DAY}


def course_of(quiz):
    return CoursePage.objects.ancestor_of(quiz).get()


def test_exceptions_in_force_add_up():
    now = timezone.now()
    rows = [
        Allowance(kind="extra_time", minutes=10, expires_at=now),
        Allowance(kind="extra_time", minutes=5, expires_at=now),
        Allowance(kind="extra_attempt", expires_at=now + DAY),
        Allowance(kind="reopening", expires_at=now),
    ]
    found = extra(rows)
    assert found == Extra(minutes=15, attempts=1, until=now + DAY)
    assert (found.closes_at(now), found.closes_at(None), Extra().closes_at(now)) == (now + DAY, None, now)


def test_extra_time_lengthens_the_attempt_under_way_and_the_next_ones():
    quiz = QuizPageFactory(time_limit_minutes=30)
    attempt = open_attempt(quiz=quiz)
    due_at = attempt.due_at
    grant_extra_time(attempt.enrolment, quiz, 10, **terms())
    attempt.refresh_from_db()
    assert attempt.due_at == due_at + 10 * MINUTE
    actions.submit(attempt, timezone.now())
    following = actions.start_attempt(attempt.enrolment, quiz, timezone.now())
    assert following.due_at - following.started_at == 40 * MINUTE
    other = open_attempt(quiz=quiz)
    assert other.due_at - other.started_at == 30 * MINUTE


def test_an_extra_attempt_is_made_even_when_the_quiz_is_closed_and_expires():
    quiz = QuizPageFactory(max_attempts=1, wait_minutes=60)
    attempt = actions.submit(open_attempt(quiz=quiz), timezone.now())
    with pytest.raises(actions.NoAttemptLeft):
        actions.start_attempt(attempt.enrolment, quiz, timezone.now())
    quiz.closes_at = timezone.now() - MINUTE
    granted = grant_extra_attempt(attempt.enrolment, quiz, **terms())
    with pytest.raises(actions.QuizClosed):
        actions.start_attempt(attempt.enrolment, quiz, granted.expires_at + MINUTE)
    following = actions.start_attempt(attempt.enrolment, quiz, timezone.now())
    assert (following.number, following.due_at) == (2, granted.expires_at)
    actions.submit(following, timezone.now())
    with pytest.raises(actions.NoAttemptLeft):
        actions.start_attempt(attempt.enrolment, quiz, timezone.now())


def test_a_reopened_attempt_keeps_its_answers_and_is_marked_anew():
    attempt = open_attempt()
    answers = right_answers(attempt)
    actions.submit(attempt, timezone.now(), {1: "faux"})
    granted = reopen_attempt(attempt, **terms())
    attempt.refresh_from_db()
    assert (attempt.state, attempt.score_percent, attempt.due_at) == ("open", None, granted.expires_at)
    assert attempt.questions.get().response == "faux"
    actions.save_answer(attempt.pk, 1, answers[1], timezone.now())
    result = actions.submit(attempt, timezone.now())
    assert (result.score_percent, result.is_passed, result.number) == (100, True, 1)
    assert list(attempt.marks.values_list("kind", flat=True)) == ["automatic", "exception", "automatic"]
    assert list(ProgressEvent.objects.order_by("pk").values_list("kind", flat=True)) == ["failed", "passed"]
    assert AuditEntry.objects.get(verb="assessment.reopening").details["reason"] == granted.reason


def test_a_passed_or_open_attempt_is_not_reopened():
    passed = open_attempt()
    actions.submit(passed, timezone.now(), right_answers(passed))
    for attempt in (passed, open_attempt()):
        with pytest.raises(NotAllowable):
            reopen_attempt(attempt, **terms())
    assert not MarkLine.objects.filter(kind="exception").exists()


def test_an_exception_has_a_reason_an_end_and_minutes():
    attempt = open_attempt()
    with pytest.raises(NotAllowable):
        grant_extra_attempt(attempt.enrolment, attempt.quiz, **terms(reason=" "))
    with pytest.raises(NotAllowable):
        grant_extra_attempt(attempt.enrolment, attempt.quiz, **(terms() | {"until": timezone.now() - DAY}))
    with pytest.raises(NotAllowable):
        grant_extra_time(attempt.enrolment, attempt.quiz, 0, **terms())
    assert not Allowance.objects.exists()


# --- The pages


def form(attempt, **more):
    return {
        "quiz": attempt.quiz_id,
        "email": attempt.enrolment.person.email.upper(),
        "kind": "extra_attempt",
        "until": (timezone.localdate() + DAY).isoformat(),
        "reason": "Coupure de courant.",
        **more,
    }


def test_a_trainer_grants_and_the_learner_reads_it(client, run_jobs, django_capture_on_commit_callbacks):
    attempt = actions.submit(open_attempt(quiz=QuizPageFactory(max_attempts=1)), timezone.now())
    trainer = trainer_of(course_of(attempt.quiz))
    client.force_login(trainer)
    with django_capture_on_commit_callbacks():
        assert client.post(reverse(GRANT), form(attempt)).url == reverse(LIST)
    assert Allowance.objects.get().author == trainer
    assert "Coupure de courant." in client.get(reverse(LIST)).content.decode()
    run_jobs("assessment.tell_allowance")
    assert "Coupure de courant." in mail.outbox[0].body
    client.force_login(attempt.enrolment.person)
    page = client.get(reverse("assessment:quiz", args=[attempt.quiz_id])).content.decode()
    assert "Il vous est accordé une tentative de plus." in page
    assert "Commencer une nouvelle tentative" in page


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": ""},
        {"until": "2020-01-01"},
        {"kind": "extra_time"},
        {"email": "personne@ailleurs.example"},
        {"kind": "reopening"},  # it is under way
    ],
)
def test_a_form_that_grants_nothing_says_why(client, wrong):
    attempt = open_attempt()
    client.force_login(trainer_of(course_of(attempt.quiz)))
    assert "error-message" in client.post(reverse(GRANT), form(attempt, **wrong)).content.decode()
    assert not Allowance.objects.exists()


@pytest.mark.parametrize("who", ["other trainer", "learner", "oneself"])
def test_others_grant_nothing(client, who):
    attempt = open_attempt()
    person = attempt.enrolment.person
    if who == "other trainer":
        person = trainer_of(course_of(QuizPageFactory()))
    elif who == "oneself":
        person = trainer_of(course_of(attempt.quiz))
        attempt.enrolment.person = person
        attempt.enrolment.save(update_fields=["person"])
    client.force_login(person)
    client.post(reverse(GRANT), form(attempt))
    assert not Allowance.objects.exists()


def test_the_list_costs_the_same_for_one_row_and_for_three(client):
    quiz = QuizPageFactory()
    client.force_login(trainer_of(course_of(quiz)))
    counts = []
    for more in (1, 2):
        for _ in range(more):
            grant_extra_attempt(EnrolmentFactory(course=course_of(quiz)), quiz, **terms())
        client.get(reverse(LIST))
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse(LIST))
        counts.append(len(queries))
    assert counts[0] == counts[1]
