"""How a question goes to the page and comes back: places in a shuffled order, never the ids of the content."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.assessment.rules.serving import given_places, is_answered, read_response, shuffled_order, texts_in_order
from tests.assessment.test_marking import CONTENTS, RIGHT


def form_for(type, content, order, response):
    """The form a browser would send for this answer to question 3."""
    places = given_places(type, content, order, response)
    if type in ("matching", "ordering"):
        return {f"q3-{line}": [str(place)] for line, place in enumerate(places) if place >= 0}
    return {"q3": [str(place) for place in places] or [response]}


@pytest.mark.parametrize("type", CONTENTS)
@given(seed=st.integers(0, 50))
def test_an_answer_goes_through_the_form_unchanged(type, seed):
    content, response = CONTENTS[type], RIGHT[type]
    order = shuffled_order(type, content, Random(seed))
    back = read_response(type, content, order, 3, form_for(type, content, order, response))
    assert back == (sorted(response) if type == "multiple" else response)


@pytest.mark.parametrize("type", CONTENTS)
def test_an_empty_form_is_no_answer(type):
    order = shuffled_order(type, CONTENTS[type], Random(1))
    response = read_response(type, CONTENTS[type], order, 3, {})
    assert (response, is_answered(type, CONTENTS[type], response)) == (None, False)


@pytest.mark.parametrize("type", CONTENTS)
@given(values=st.lists(st.text(max_size=8), max_size=4))
def test_a_meddled_form_never_raises(type, values):
    order = shuffled_order(type, CONTENTS[type], Random(1))
    read_response(type, CONTENTS[type], order, 3, {"q3": values, "q3-0": values, "q3-1": []})


@pytest.mark.parametrize("place", ["4", "-1", "²", "٣", "0x1", "9999999999", ""])
def test_a_place_that_was_not_proposed_is_no_answer(place):
    order = shuffled_order("single", CONTENTS["single"], Random(1))
    assert read_response("single", CONTENTS["single"], order, 3, {"q3": [place]}) is None


def test_a_text_loses_its_null_characters_and_its_excess():
    assert read_response("short_text", {}, {}, 1, {"q1": [" a\x00b "]}) == "ab"
    assert len(read_response("short_text", {}, {}, 1, {"q1": ["x" * 900]})) == 500


@pytest.mark.parametrize("type", ["single", "multiple", "matching", "ordering"])
def test_the_order_served_holds_everything_once(type):
    content = CONTENTS[type]
    order = shuffled_order(type, content, Random(7))
    (part,) = order
    assert sorted(order[part]) == sorted(entry["id"] for entry in content[part])
    assert sorted(texts_in_order(content, order)) == sorted(entry["text"] for entry in content[part])


def test_what_has_no_options_has_no_order():
    assert shuffled_order("numeric", CONTENTS["numeric"], Random(1)) == {}
    assert texts_in_order(CONTENTS["numeric"], {}) == []


@pytest.mark.parametrize(
    ("type", "places"),
    [
        ("single", []),
        ("multiple", []),
        ("true_false", []),
        ("matching", [-1] * 4),
        ("ordering", [-1] * 5),
        ("numeric", []),
    ],
)
def test_without_an_answer_nothing_is_shown_as_given(type, places):
    order = shuffled_order(type, CONTENTS[type], Random(1))
    assert given_places(type, CONTENTS[type], order, None) == places


def test_an_unfinished_line_is_kept_and_counts_as_unanswered():
    order = shuffled_order("matching", CONTENTS["matching"], Random(1))
    response = read_response("matching", CONTENTS["matching"], order, 1, {"q1-2": ["0"]})
    assert list(response) == ["l3"]
    assert not is_answered("matching", CONTENTS["matching"], response)


def test_an_ordering_with_the_same_rank_twice_is_unanswered():
    ranks = {"i1": 0, "i2": 0, "i3": 2, "i4": 3, "i5": 4}
    assert not is_answered("ordering", CONTENTS["ordering"], ranks)
