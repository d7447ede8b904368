"""Of two saves of one answer the one given later stands, whatever device, tab or page it comes from."""

import datetime
from datetime import timedelta

import pytest
from django.utils import timezone

from lms.assessment import actions
from lms.assessment.rules.timing import milliseconds
from tests.assessment.test_views import at, form_of, text
from tests.factories.assessment import open_attempt, quiz_of_all_kinds, right_answers

pytestmark = pytest.mark.django_db
NOON = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.UTC)
SECOND = timedelta(seconds=1)


def test_a_save_that_arrives_late_does_not_overwrite_one_given_since():
    attempt = open_attempt()
    actions.save_answer(attempt.pk, 1, "new", NOON + SECOND, NOON + SECOND)
    with pytest.raises(actions.AnswerStale):
        actions.save_answer(attempt.pk, 1, "old", NOON + 2 * SECOND, NOON)
    actions.save_answer(attempt.pk, 1, "new", NOON + 3 * SECOND, NOON + SECOND)  # sent again: the same
    row = attempt.questions.get()
    assert (row.response, row.given_at) == ("new", NOON + SECOND)


def test_an_answer_taken_back_stays_taken_back():
    attempt = open_attempt()
    actions.save_answer(attempt.pk, 1, None, NOON + SECOND, NOON + SECOND)
    with pytest.raises(actions.AnswerStale):
        actions.save_answer(attempt.pk, 1, "old", NOON + 2 * SECOND, NOON)
    assert attempt.questions.get().response is None


def test_two_devices_whose_saves_cross(client):
    """The telephone was offline: what it sends at last is older than what was answered at the desk."""
    attempt = open_attempt()
    client.force_login(attempt.enrolment.person)
    form, now = form_of(attempt), timezone.now()
    desk = client.post(at("answer", attempt.pk, 1), {"at": milliseconds(now)})
    telephone = client.post(at("answer", attempt.pk, 1), form | {"at": milliseconds(now - 60 * SECOND)})
    assert (desk.json()["saved"], telephone.json()["saved"]) == (True, False)
    assert attempt.questions.get().response is None


@pytest.mark.parametrize("claimed", ["", "-5", "soon", "9" * 30])
def test_a_claim_that_is_no_time_is_now(client, claimed):
    attempt = open_attempt()
    client.force_login(attempt.enrolment.person)
    assert client.post(at("answer", attempt.pk, 1), form_of(attempt) | {"at": claimed}).json()["saved"]


def test_an_older_page_keeps_what_was_given_since_and_says_so(client):
    """Without JavaScript: the first page was left open, a second saved, the first is sent."""
    attempt = open_attempt(quiz=quiz_of_all_kinds())
    client.force_login(attempt.enrolment.person)
    served_at = milliseconds(timezone.now() - 60 * SECOND)
    attempt.started_at = timezone.now() - 120 * SECOND
    attempt.save(update_fields=["started_at"])
    actions.save_answer(attempt.pk, 1, right_answers(attempt)[1], timezone.now())
    form = {name: value for name, value in form_of(attempt).items() if not name.startswith("q1")}
    page = client.post(at("attempt", attempt.pk), form | {"served_at": served_at}, follow=True)
    assert "Question 1 : une réponse plus récente, donnée sur une autre page, a été gardée." in text(page)
    saved = {row.position: row.response for row in attempt.questions.all()}
    assert saved[1] == right_answers(attempt)[1]
    assert None not in saved.values()


def test_a_page_that_is_sent_twice_is_no_conflict(client):
    attempt = open_attempt()
    client.force_login(attempt.enrolment.person)
    page = client.get(at("attempt", attempt.pk))
    form = form_of(attempt) | {"served_at": page.context["now_milliseconds"]}
    for _time in range(2):
        answered = client.post(at("attempt", attempt.pk), form, follow=True)
        assert "plus récente" not in text(answered)
