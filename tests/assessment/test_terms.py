"""The rules that the record of an attempt keeps."""

from datetime import UTC, datetime

from lms.assessment.rules.terms import Terms


def test_an_attempt_older_than_the_rules_has_the_defaults():
    assert Terms.from_json({}) == Terms()


def test_dates_come_back_as_dates_and_what_is_unknown_is_left():
    terms = Terms.from_json(
        {"preset": "practice", "closes_at": "2026-11-26T09:00:00+00:00", "opens_at": None, "new": 1}
    )
    assert (terms.preset, terms.opens_at) == ("practice", None)
    assert terms.closes_at == datetime(2026, 11, 26, 9, tzinfo=UTC)
