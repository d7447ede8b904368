"""What holds of marking whatever the question and the answer, type by type: bounds, all for what is right, no luck of order."""

from dataclasses import dataclass
from decimal import Decimal
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from lms.assessment.rules.ledger import worth
from lms.assessment.rules.marking import mark
from lms.assessment.rules.rubric import criteria_of, rubric_points
from lms.assessment.rules.scoring import points_for, score_percent
from tests.assessment.test_marking import json_values

ids = st.lists(st.integers(0, 99).map(lambda n: f"i{n}"), min_size=2, max_size=7, unique=True)
words = st.text("abcdéœ -'", min_size=1, max_size=12).filter(str.strip)
numbers = st.decimals(-1000, 1000, places=2).map(str)
shares = st.fractions(0, 1).map(lambda part: Decimal(part.numerator) / part.denominator)


@dataclass(frozen=True)
class Asked:
    """A question, and the one answer that is wholly right."""

    type: str
    content: dict
    right: object


def named(some):
    return [{"id": id, "text": f"texte de {id}"} for id in some]


@st.composite
def singles(draw):
    options = draw(ids)
    answer = draw(st.sampled_from(options))
    return Asked("single", {"options": named(options), "answer": answer}, answer)


@st.composite
def multiples(draw):
    options = draw(ids)
    answer = draw(st.lists(st.sampled_from(options), min_size=1, unique=True))
    return Asked("multiple", {"options": named(options), "answer": answer}, answer)


@st.composite
def matchings(draw):
    left, right = draw(ids), draw(ids.filter(lambda sides: len(sides) >= 3))
    answer = {side: draw(st.sampled_from(right)) for side in left}
    return Asked("matching", {"left": named(left), "right": named(right), "answer": answer}, answer)


@st.composite
def orderings(draw):
    items = draw(ids)
    right = {item: rank for rank, item in enumerate(items)}
    return Asked("ordering", {"items": named(sorted(items)), "answer": items}, right)


true_falses = st.booleans().map(lambda answer: Asked("true_false", {"answer": answer}, answer))
numerics = st.tuples(numbers, st.sampled_from(["0", "0.5"])).map(
    lambda drawn: Asked("numeric", {"answer": drawn[0], "tolerance": drawn[1], "unit": ""}, drawn[0])
)
short_texts = words.map(lambda text: Asked("short_text", {"accepted": [text]}, text))


@st.composite
def gap_fills(draw):
    gaps = draw(st.lists(st.one_of(singles(), numerics, short_texts), min_size=1, max_size=5))
    rows = {f"g{place}": gap for place, gap in enumerate(gaps)}
    content = {"gaps": [{"id": id, "type": gap.type, **gap.content} for id, gap in rows.items()]}
    return Asked("gap_fill", content, {id: gap.right for id, gap in rows.items()})


IN_PARTS = st.one_of(multiples(), matchings(), gap_fills())
ANY = st.one_of(singles(), true_falses, numerics, short_texts, orderings(), IN_PARTS)


@given(ANY, json_values)
def test_an_answer_earns_from_nothing_to_all_and_the_right_one_all(asked, response):
    assert mark(asked.type, asked.content, asked.right) == 1
    assert mark(asked.type, asked.content, None) == 0
    assert 0 <= mark(asked.type, asked.content, response) <= 1


@given(ANY, st.randoms(use_true_random=False))
def test_the_order_of_what_is_shown_and_of_what_is_picked_changes_nothing(asked, random):
    content = {
        name: shuffled(part, random) if name in ("options", "left", "right", "items", "gaps") else part
        for name, part in asked.content.items()
    }
    response = asked.right
    if isinstance(response, list):
        response = shuffled(response, random)
    elif isinstance(response, dict):
        response = dict(shuffled(response.items(), random))
    assert mark(asked.type, content, response) == 1


@given(IN_PARTS, st.data())
def test_each_part_put_right_earns_more_and_each_part_taken_away_less(asked, data):
    """From nothing to the right answer by parts, in any order: it never goes down, and ends at all."""
    parts = list(asked.right.items()) if isinstance(asked.right, dict) else asked.right
    earned = [Decimal(0)]
    given_so_far = []
    for part in data.draw(st.permutations(parts)):
        given_so_far.append(part)
        response = dict(given_so_far) if isinstance(asked.right, dict) else list(given_so_far)
        earned.append(mark(asked.type, asked.content, response))
    assert earned == sorted(earned)
    assert len(set(earned)) == len(earned)
    assert earned[-1] == 1


@given(multiples(), st.data())
def test_ticking_everything_never_earns_more_than_answering_right(asked, data):
    options = [option["id"] for option in asked.content["options"]]
    picks = data.draw(st.lists(st.sampled_from(options), unique=True))
    wrong = [pick for pick in options if pick not in asked.right]
    assert mark("multiple", asked.content, options) <= max(0, 1 - Decimal(len(wrong)) / len(asked.right))
    if set(picks) != set(asked.right):
        assert mark("multiple", asked.content, picks) < 1


@given(shares, shares, st.integers(0, 20), st.booleans(), st.integers(0, 100))
def test_points_stay_between_the_penalty_and_all_and_follow_the_share(one, other, points, partial, penalty):
    least = (-Decimal(penalty) * points / 100).quantize(Decimal("0.01"))
    low, high = (points_for(share, points, partial, penalty) for share in sorted([one, other]))
    assert least <= low <= high <= points
    assert points_for(Decimal(1), points, partial, penalty) == points
    if not partial:
        assert {low, high} <= {least, Decimal(points)}
    assert points_for(one, points) >= 0  # no negative marks unless asked for


@dataclass(frozen=True)
class Line:
    question_id: int
    points: Decimal
    max_points: Decimal


@given(
    st.lists(st.tuples(st.integers(1, 10), shares, st.integers(0, 100)), min_size=1, max_size=12), st.integers(1, 100)
)
def test_an_attempt_is_worth_from_0_to_100_whatever_negative_marks_come_to(marked, pass_mark):
    asked = {id: points for id, (points, _share, _penalty) in enumerate(marked)}
    lines = [
        Line(id, points_for(share, points, True, penalty), Decimal(points))
        for id, (points, share, penalty) in enumerate(marked)
    ]
    found = worth(asked, lines, pass_mark)
    assert 0 <= found.awarded_points <= found.max_points == sum(asked.values())
    assert found.score_percent == score_percent(found.awarded_points, found.max_points)
    assert 0 <= found.score_percent <= 100
    assert found.is_passed == (found.score_percent >= pass_mark)
    assert worth(asked, lines[:-1], pass_mark).awaiting == {len(marked) - 1}


@given(st.lists(st.integers(1, 20), min_size=1, max_size=6), st.data(), st.integers(1, 20))
def test_points_of_a_rubric_never_exceed_the_question_and_rise_with_each_criterion(most, data, points):
    criteria = criteria_of({"rubric": [{"id": n, "text": "x", "points": each} for n, each in enumerate(most)]}, points)
    marks = {each.id: data.draw(st.decimals(0, each.points, places=2)) for each in criteria}
    full = {each.id: each.points for each in criteria}
    assert 0 <= rubric_points(criteria, marks, points) <= rubric_points(criteria, full, points) == points
    raised = data.draw(st.sampled_from(criteria)).id
    assert rubric_points(criteria, marks | {raised: full[raised]}, points) >= rubric_points(criteria, marks, points)


def shuffled(some, random: Random) -> list:
    some = list(some)
    random.shuffle(some)
    return some
