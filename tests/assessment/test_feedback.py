"""What a learner is shown, preset by preset: the table of the rule, line by line."""

from datetime import UTC, datetime, timedelta

import pytest

from lms.assessment.rules.feedback import EVERYTHING, NOTHING, Shown, latest, may_check, shown_after_submission

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
BEFORE, AFTER = NOW - timedelta(hours=1), NOW + timedelta(hours=1)
MARKED, CLOSED_EXAM = Shown(mark=True, verdicts=True), Shown(mark=True, verdicts=True)


@pytest.mark.parametrize(
    ("preset", "closes_at", "nothing_left", "shown"),
    [
        ("practice", None, False, EVERYTHING),
        ("practice", AFTER, False, EVERYTHING),
        ("formative", None, False, EVERYTHING),
        ("formative", AFTER, False, EVERYTHING),
        ("summative", None, False, MARKED),
        ("summative", None, True, EVERYTHING),
        ("summative", AFTER, True, MARKED),
        ("summative", BEFORE, False, EVERYTHING),
        ("exam", None, False, CLOSED_EXAM),
        ("exam", None, True, CLOSED_EXAM),
        ("exam", AFTER, True, NOTHING),
        ("exam", BEFORE, False, CLOSED_EXAM),
        ("unheard-of", None, True, NOTHING),
    ],
)
def test_what_is_shown_after_submission(preset, closes_at, nothing_left, shown):
    assert shown_after_submission(preset, closes_at, NOW, nothing_left) == shown


def test_only_practice_tells_before_submission():
    assert [preset for preset in ("practice", "formative", "summative", "exam") if may_check(preset, "single")] == [
        "practice"
    ]
    assert [type for type in ("essay", "file", "survey") if may_check("practice", type)] == []


@pytest.mark.parametrize(
    ("moments", "last"), [((), None), ((None, None), None), ((BEFORE, None), BEFORE), ((BEFORE, AFTER), AFTER)]
)
def test_a_quiz_kept_open_longer_keeps_its_answers_longer(moments, last):
    assert latest(*moments) == last
