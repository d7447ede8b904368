"""The back office's lists of enrolments and attempts: who sees which rows, and that nothing can be written there."""

import pytest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from lms.assessment import actions
from lms.people.rules import Role
from tests.factories.assessment import open_attempt, right_answers
from tests.factories.people import PostFactory, UnitFactory, UserFactory, give_role

pytestmark = pytest.mark.django_db
LISTS = ["learning_enrolments", "assessment_attempts"]
SEERS = {Role.TRAINER, Role.HR, Role.ADMINISTRATOR}


@pytest.fixture
def attempts():
    """One attempt in the unit looked at, one elsewhere."""
    here, elsewhere = UnitFactory(), UnitFactory()
    found = open_attempt(), open_attempt()
    for attempt, unit in zip(found, (here, elsewhere), strict=True):
        PostFactory(person=attempt.enrolment.person, unit=unit)
        actions.submit(attempt, timezone.now(), right_answers(attempt))
    return here, *found


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("role", Role)
def test_a_role_sees_the_rows_of_its_scope_or_no_list(client, attempts, name, role):
    here, mine, other = attempts
    person = UserFactory(is_staff=True)
    give_role(person, role, here)
    client.force_login(person)
    response = client.get(reverse(f"{name}:index"))
    page = response.content.decode() if response.status_code == 200 else ""
    shown = [str(attempt.enrolment.person) in page for attempt in (mine, other)]
    assert shown == [role in SEERS, False]


@pytest.mark.parametrize("name", LISTS)
def test_an_export_keeps_to_the_scope_and_holds_no_answer(client, attempts, name):
    here, mine, other = attempts
    person = UserFactory(is_staff=True)
    give_role(person, Role.HR, here)
    client.force_login(person)
    response = client.get(reverse(f"{name}:index"), {"export": "csv"})
    text = b"".join(response.streaming_content).decode()
    assert mine.enrolment.person.email in text
    assert other.enrolment.person.email not in text
    assert mine.questions.get().response not in text


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("act", ["add", "edit", "delete"])
def test_nothing_is_written_by_hand(name, act):
    with pytest.raises(NoReverseMatch):
        reverse(f"{name}:{act}", args=[] if act == "add" else [1])
