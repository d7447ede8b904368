"""The rules of evidence, gaps and their sums, to the last branch."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.hr import rules

DAY = date(2026, 11, 22)


@dataclass
class Proof:
    """What the rules read of evidence."""

    level: int
    obtained_on: date = date(2026, 1, 1)
    expires_on: date | None = None
    pk: int = 1


@pytest.mark.parametrize(
    ("obtained_on", "expires_on", "expected"),
    [
        (date(2026, 11, 22), None, True),
        (date(2026, 11, 23), None, False),
        (date(2026, 1, 1), date(2026, 11, 22), True),
        (date(2026, 1, 1), date(2026, 11, 21), False),
        (date(2026, 11, 22), date(2026, 11, 22), True),
    ],
)
def test_evidence_counts_from_its_first_day_to_its_last(obtained_on, expires_on, expected):
    assert rules.is_current(obtained_on, expires_on, DAY) is expected


@pytest.mark.parametrize(("assurance", "expected"), [("N1", False), ("N2", True), ("N3", True), ("N4", True)])
def test_an_attestation_proves_no_level(assurance, expected):
    assert rules.proves_levels(assurance) is expected


def test_best_evidence_is_the_highest_level_whatever_its_age():
    old, new = Proof(4, date(2020, 1, 1)), Proof(2, date(2026, 1, 1))
    assert rules.best_evidence([new, old], DAY) is old


def test_best_evidence_among_equals_lasts_longest_then_is_newest_then_last_recorded():
    ends, lasts = Proof(3, expires_on=date(2027, 1, 1)), Proof(3)
    newer = Proof(3, obtained_on=date(2026, 2, 1))
    recorded_later = Proof(3, obtained_on=date(2026, 2, 1), pk=2)
    assert rules.best_evidence([ends, lasts], DAY) is lasts
    assert rules.best_evidence([newer, lasts], DAY) is newer
    assert rules.best_evidence([recorded_later, newer], DAY) is recorded_later


def test_expired_and_future_evidence_give_way():
    expired, future, modest = Proof(5, expires_on=date(2026, 11, 21)), Proof(5, obtained_on=date(2027, 1, 1)), Proof(1)
    assert rules.best_evidence([expired, modest, future], DAY) is modest
    assert rules.best_evidence([expired, future], DAY) is None


def test_held_level_is_0_without_evidence():
    assert rules.held_level([], DAY) == 0
    assert rules.held_level([Proof(2), Proof(3)], DAY) == 3


@pytest.mark.parametrize(("required", "held", "expected"), [(3, 1, 2), (3, 3, 0), (3, 5, 0), (0, 0, 0)])
def test_gap_is_never_negative(required, held, expected):
    assert rules.gap(required, held) == expected


def test_summary_leaves_out_what_is_not_required_and_does_not_let_strength_make_up_for_weakness():
    summary = rules.summary_of_gaps([(3, 1), (2, 5), (0, 4), (1, 1)])
    assert summary == rules.GapSummary(required_count=3, reached_count=2, required_levels=6, total_gap=2)
    assert summary.reached_percent == 67


def test_nothing_required_is_wholly_reached():
    assert rules.summary_of_gaps([(0, 2)]).reached_percent == 100


levels = st.integers(0, 5)


@given(st.lists(st.tuples(levels, levels)))
def test_summary_has_a_gap_exactly_when_a_requirement_is_not_reached(pairs):
    summary = rules.summary_of_gaps(pairs)
    assert (summary.total_gap == 0) is (summary.reached_count == summary.required_count)
    assert 0 <= summary.reached_percent <= 100


@pytest.mark.parametrize(
    ("required", "held", "gained", "expected"),
    [(3, 1, 2, 1), (3, 1, 5, 2), (3, 2, 1, 0), (3, 3, 4, 0), (0, 0, 2, 0)],
)
def test_a_course_closes_only_missing_levels(required, held, gained, expected):
    assert rules.levels_closed(required, held, gained) == expected


@pytest.mark.parametrize(
    ("until", "expected"),
    [
        (None, False),
        (date(2026, 11, 21), False),
        (date(2026, 11, 22), True),
        (date(2027, 2, 20), True),
        (date(2027, 2, 21), False),
    ],
)
def test_a_level_expires_soon_in_its_last_ninety_days(until, expected):
    assert rules.is_expiring_soon(until, DAY) is expected


@pytest.mark.parametrize(
    ("missing", "pairs", "expected"),
    [(0, 0, None), (0, 4, Decimal("0.0")), (5, 4, Decimal("1.3")), (1, 3, Decimal("0.3"))],
)
def test_mean_gap_is_over_required_pairs(missing, pairs, expected):
    assert rules.mean_gap(missing, pairs) == expected


@pytest.mark.parametrize(
    ("mean", "shade"), [("0.0", 0), ("0.1", 1), ("0.5", 1), ("0.6", 2), ("1.1", 3), ("1.6", 4), ("2.0", 4), ("2.1", 5)]
)
def test_shades_darken_with_the_gap(mean, shade):
    assert rules.gap_shade(Decimal(mean)) == shade


@pytest.mark.parametrize(
    ("path", "other", "depth"),
    [
        ("0001", "0001", 1),
        ("00010002", "00010003", 1),
        ("0001", "00010002", 1),
        ("0001", "0002", 0),
        ("00010012", "00010013", 1),
    ],
)
def test_depth_in_common_counts_whole_steps(path, other, depth):
    assert rules.depth_in_common(path, other, 4) == depth
