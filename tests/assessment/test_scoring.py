"""From shares to points and marks."""

from decimal import Decimal

import pytest

from lms.assessment.rules.scoring import attempts_left, is_pass, points_for, score_percent


@pytest.mark.parametrize(("share", "points", "awarded"), [("0", 2, "0.00"), ("1", 2, "2.00"), ("0.333333", 1, "0.33")])
def test_points_are_the_share_to_the_hundredth(share, points, awarded):
    assert points_for(Decimal(share), points) == Decimal(awarded)


@pytest.mark.parametrize(("awarded", "out_of", "score"), [("7", 10, "70"), ("2", 3, "66.67"), ("0", 0, "100")])
def test_score_is_a_percentage_to_the_hundredth(awarded, out_of, score):
    assert score_percent(Decimal(awarded), Decimal(out_of)) == Decimal(score)


@pytest.mark.parametrize(("score", "passed"), [("70", True), ("69.99", False), ("100", True)])
def test_the_pass_mark_itself_passes(score, passed):
    assert is_pass(Decimal(score), 70) is passed


@pytest.mark.parametrize(("allowed", "used", "left"), [(3, 0, 3), (3, 3, 0), (2, 3, 0), (0, 9, None)])
def test_attempts_left(allowed, used, left):
    assert attempts_left(allowed, used) == left
