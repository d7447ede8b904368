"""Time in an attempt, decided on values alone."""

from datetime import UTC, datetime, timedelta

import pytest

from lms.assessment.rules import timing

NINE = datetime(2026, 11, 26, 9, tzinfo=UTC)


def at(minutes):
    return NINE + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("limit", "closes", "extra", "due"),
    [
        (0, None, 0, None),
        (0, None, 15, None),
        (30, None, 0, 30),
        (30, None, 15, 45),
        (30, 20, 0, 20),
        (30, 20, 15, 35),
        (30, 60, 0, 30),
        (0, 60, 0, 60),
        (0, 60, 15, 75),
    ],
)
def test_the_deadline_is_the_limit_or_the_closing_date_whichever_comes_first(limit, closes, extra, due):
    closes_at = None if closes is None else at(closes)
    assert timing.deadline(NINE, limit, closes_at, extra) == (None if due is None else at(due))


@pytest.mark.parametrize(("seconds", "is_over"), [(-1, False), (0, False), (30, False), (31, True)])
def test_an_attempt_is_over_once_the_grace_is_past(seconds, is_over):
    assert timing.is_over(NINE, NINE + timedelta(seconds=seconds)) is is_over


def test_without_deadline_nothing_is_ever_over():
    assert not timing.is_over(None, NINE)


@pytest.mark.parametrize(("due", "closing"), [(None, 10), (20, 10), (5, 5)])
def test_an_attempt_counts_as_submitted_at_its_deadline_at_the_latest(due, closing):
    assert timing.closing_time(None if due is None else at(due), at(10)) == at(closing)


@pytest.mark.parametrize(("last", "wait", "next_at"), [(None, 60, None), (0, 0, None), (0, 60, 60)])
def test_the_wait_runs_from_the_last_submission(last, wait, next_at):
    found = timing.next_start_at(None if last is None else at(last), wait)
    assert found == (None if next_at is None else at(next_at))


@pytest.mark.parametrize(("claimed", "believed"), [(None, 10), (5, 5), (-3, 0), (99, 10)])
def test_a_device_orders_its_saves_within_the_attempt_only(claimed, believed):
    milliseconds = None if claimed is None else timing.milliseconds(at(claimed))
    assert timing.given_at(milliseconds, NINE, at(10)) == at(believed)


def test_an_absurd_claim_is_brought_back():
    assert timing.given_at(10**15 - 1, NINE, at(10)) == at(10)
    assert timing.given_at(0, NINE, at(10)) == NINE


def test_milliseconds_are_rounded_up():
    assert timing.milliseconds(NINE + timedelta(microseconds=1)) == timing.milliseconds(NINE) + 1
