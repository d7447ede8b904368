"""The rules of supervised sittings: codes that live ten minutes at most, and what was supervised from end to end."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from lms.assessment.rules import supervision
from lms.assessment.rules.supervision import Watched, code_changes_at, entry_code, is_code_right, is_open

NOON, MINUTE = datetime(2026, 11, 26, 12, tzinfo=UTC), timedelta(minutes=1)


def test_code_is_six_digits_taken_until_the_end_of_the_next_period():
    code = entry_code("secret", NOON)
    assert (len(code), code.isdecimal()) == (6, True)
    assert entry_code("secret", NOON + 4 * MINUTE) == code
    assert entry_code("secret", NOON + 5 * MINUTE) != code
    assert code_changes_at(NOON + MINUTE) == NOON + 5 * MINUTE
    ages = (0, 4, 9, 10, -1)
    assert [is_code_right("secret", code, NOON + age * MINUTE) for age in ages] == [True, True, True, False, False]


@pytest.mark.parametrize("typed", ["", "12345", "œœœœœœ", "0" * 400])
def test_what_is_no_code_is_wrong(typed):
    assert not is_code_right("secret", typed, NOON)


def test_code_is_read_with_its_spaces_and_belongs_to_one_sitting():
    code = entry_code("secret", NOON)
    assert is_code_right("secret", f" {code[:3]} {code[3:]} ", NOON)
    assert not is_code_right("another", code, NOON)


@pytest.mark.parametrize(
    ("minutes", "is_closed", "told"), [(-1, False, False), (0, False, True), (59, False, True), (60, False, False), (5, True, False)]
)  # fmt: skip
def test_learners_begin_between_the_hours_until_it_is_closed(minutes, is_closed, told):
    assert is_open(NOON, NOON + 60 * MINUTE, is_closed, NOON + minutes * MINUTE) is told


def test_only_a_quiz_that_says_n3_needs_supervision():
    assert [supervision.needs_supervision(level) for level in ("N1", "N2", "N3", "N4")] == [False, False, True, False]


PROVED = Watched(
    learner=1,
    entered_at=NOON,
    submitted_at=NOON + 30 * MINUTE,
    ends_at=NOON + 60 * MINUTE,
    closed_at=NOON + 70 * MINUTE,
    checked_by=2,
    checked_at=NOON + 5 * MINUTE,
    is_excluded=False,
)


@pytest.mark.parametrize(
    ("fact", "told"),
    [
        ({}, True),
        ({"submitted_at": NOON + 60 * MINUTE}, True),
        ({"checked_at": NOON + 70 * MINUTE}, True),
        ({"closed_at": None}, False),
        ({"submitted_at": None}, False),
        ({"checked_at": None, "checked_by": None}, False),
        ({"submitted_at": NOON - MINUTE}, False),
        ({"submitted_at": NOON + 61 * MINUTE}, False),
        ({"closed_at": NOON + 29 * MINUTE}, False),
        ({"checked_at": NOON + 71 * MINUTE}, False),
        ({"checked_by": 1}, False),
        ({"is_excluded": True}, False),
    ],
)
def test_supervised_means_from_end_to_end_by_someone_else(fact, told):
    assert supervision.proves_supervised(replace(PROVED, **fact)) is told
