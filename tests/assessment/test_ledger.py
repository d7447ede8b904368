"""The ledger of marks: lines are only added, and what an attempt is worth follows from them."""

from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from lms.assessment import actions
from lms.assessment.models import MarkLine
from lms.assessment.rules.ledger import worth
from lms.core import append_only
from lms.core.append_only import Immutable
from tests.factories.assessment import open_attempt, quiz_of_all_kinds, right_answers
from tests.factories.people import UserFactory

ASKED = {1: 1, 2: 3}


def line(question, points, out_of=None):
    out_of = ASKED[question] if out_of is None else out_of
    return SimpleNamespace(question_id=question, points=Decimal(points), max_points=Decimal(out_of))


ANEW = SimpleNamespace(question_id=None, points=None, max_points=None)


@pytest.mark.parametrize(
    ("lines", "awarded", "possible", "is_passed"),
    [
        ([], 0, 4, None),
        ([line(1, 1)], 1, 4, None),  # the other waits for its mark
        ([line(1, 1), line(2, 3)], 4, 4, True),
        ([line(1, 1), line(2, 1)], 2, 4, False),
        ([line(1, 1), line(2, 1), line(2, 3)], 4, 4, True),  # the latest prevails
        ([line(1, 0), line(2, 2), line(1, 0, 0)], 2, 3, False),  # left out
        ([line(1, 0), line(2, 3), line(1, 0, 0)], 3, 3, True),
        ([line(1, 1), line(2, 3), line(2, 0)], 1, 4, True),  # what was passed stays passed
        ([line(1, 1), line(2, 1), ANEW, line(1, 0)], 0, 4, None),  # opened again, all is to be marked anew
        ([line(1, 1), line(2, 2), ANEW, line(2, 3), line(1, 0)], 3, 4, False),
        ([line(1, -2), line(2, 0)], 0, 4, False),  # never below 0
        ([line(1, 0, 0), line(2, 0, 0)], 0, 0, True),  # nothing is left that could be missed
    ],
)
def test_an_attempt_is_worth_what_its_lines_say(lines, awarded, possible, is_passed):
    found = worth(ASKED, lines, 80 if is_passed is False else 70)
    assert (found.awarded_points, found.max_points, found.is_passed) == (awarded, possible, is_passed)


def test_what_waits_for_its_mark_is_told():
    assert worth(ASKED, [line(1, 1)], 70).awaiting == {2}


@pytest.mark.django_db
def test_submitting_writes_one_line_a_question():
    attempt = open_attempt(quiz=quiz_of_all_kinds())
    answers = right_answers(attempt)
    answers[1] = None
    result = actions.submit(attempt, timezone.now(), answers)
    lines = list(MarkLine.objects.filter(attempt=attempt).values_list("question__position", "points", "max_points"))
    assert sorted(lines) == [(position, 0 if position == 1 else 1, 1) for position in range(1, 8)]
    assert result.awarded_points == sum(points for _position, points, _max in lines) == 6
    actions.submit(attempt, timezone.now())
    assert MarkLine.objects.count() == 7


@pytest.fixture
def submitted():
    return actions.submit(open_attempt(), timezone.now())


@pytest.mark.django_db
def test_python_refuses_to_change_or_remove_a_line(submitted):
    found = submitted.marks.get()
    for act in (
        found.save,
        found.delete,
        MarkLine.objects.all().delete,
        lambda: MarkLine.objects.update(points=1),
        lambda: MarkLine.objects.bulk_update([found], ["points"]),
    ):
        with pytest.raises(Immutable):
            act()
    assert submitted.marks.get().points == 0


@pytest.mark.django_db
@pytest.mark.parametrize("statement", ["UPDATE assessment_markline SET points = 1", "DELETE FROM assessment_markline"])
def test_the_database_refuses_too(submitted, statement):
    if connection.vendor == "sqlite":
        append_only.install(connection, "assessment_markline")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert submitted.marks.get().points == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "regrade", "points": 1, "max_points": 1, "reason": "Clé corrigée."},  # nobody signs it
        {"kind": "appeal", "points": 1, "max_points": 1, "signed": True},  # nothing justifies it
        {"kind": "manual", "points": 1, "signed": True},  # out of what?
    ],
)
def test_a_line_is_signed_justified_and_out_of_something(submitted, wrong):
    author = UserFactory() if wrong.pop("signed", False) else None
    values = {"attempt": submitted, "question": submitted.questions.get(), "created_at": timezone.now()}
    with pytest.raises(IntegrityError), transaction.atomic():
        MarkLine.objects.create(author=author, **values, **wrong)
