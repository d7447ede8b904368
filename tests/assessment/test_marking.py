"""How each type of answer is marked."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.assessment.rules.marking import fold, mark, read_number

OPTIONS = [{"id": id, "text": f"Option {id}"} for id in "abcd"]
SINGLE = {"options": OPTIONS, "answer": "b"}
MULTIPLE = {"options": OPTIONS, "answer": ["a", "c"]}
MATCHING = {
    "left": [{"id": f"l{n}", "text": f"Gauche {n}"} for n in (1, 2, 3, 4)],
    "right": [{"id": f"r{n}", "text": f"Droite {n}"} for n in (1, 2, 3, 4)],
    "answer": {f"l{n}": f"r{n}" for n in (1, 2, 3, 4)},
}
ORDERING = {"items": [{"id": f"i{n}", "text": str(n)} for n in range(1, 6)], "answer": ["i1", "i2", "i3", "i4", "i5"]}
NUMERIC = {"answer": "76", "tolerance": "0", "unit": "adresses"}
SHORT = {"accepted": ["X-Road-Client"], "ignore_case": True, "ignore_accents": True}
CONTENTS = {
    "single": SINGLE,
    "multiple": MULTIPLE,
    "true_false": {"answer": True},
    "numeric": NUMERIC,
    "matching": MATCHING,
    "ordering": ORDERING,
    "short_text": SHORT,
}
RIGHT = {
    "single": "b",
    "multiple": ["c", "a"],
    "true_false": True,
    "numeric": "76",
    "matching": MATCHING["answer"],
    "ordering": {"i1": 0, "i2": 1, "i3": 2, "i4": 3, "i5": 4},
    "short_text": "x-road-client",
}

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["a", "b", "l1", "r1", "i1"]),
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.text() | st.sampled_from(["l1", "i1"]), inner),
    max_leaves=12,
)


@pytest.mark.parametrize("type", CONTENTS)
def test_a_right_answer_earns_all(type):
    assert mark(type, CONTENTS[type], RIGHT[type]) == 1


@pytest.mark.parametrize("type", CONTENTS)
def test_no_answer_earns_nothing(type):
    assert mark(type, CONTENTS[type], None) == 0


@given(type=st.sampled_from(sorted(CONTENTS)), response=json_values)
def test_whatever_comes_the_mark_stays_between_0_and_1(type, response):
    assert 0 <= mark(type, CONTENTS[type], response) <= 1


@pytest.mark.parametrize(
    ("picks", "share"),
    [
        (["a"], Decimal("0.5")),
        (["a", "b"], 0),
        (["a", "c", "b"], Decimal("0.5")),
        (["a", "a", "c"], 1),
        (["b", "d"], 0),
        (["a", "b", "c", "d"], 0),
        (["a", "c", "z"], 0),
        ("a", 0),
        ([], 0),
    ],
)
def test_multiple_takes_wrong_picks_off_right_ones(picks, share):
    assert mark("multiple", MULTIPLE, picks) == share


@pytest.mark.parametrize(("picks", "share"), [([], 1), (["a"], 0)])
def test_multiple_where_no_option_is_right(picks, share):
    assert mark("multiple", {"options": OPTIONS, "answer": []}, picks) == share


@given(st.sets(st.sampled_from("abcd")), st.sampled_from("bd"))
def test_multiple_one_more_wrong_pick_never_earns_more(picks, wrong):
    assert mark("multiple", MULTIPLE, sorted(picks | {wrong})) <= mark("multiple", MULTIPLE, sorted(picks))


@pytest.mark.parametrize(
    ("response", "share"),
    [
        ({"l1": "r1"}, Decimal("0.25")),
        ({"l1": "r2", "l2": "r1", "l3": "r3", "l4": "r4"}, Decimal("0.5")),
        ({"l1": "r9", "l2": ["r2"]}, 0),
        (["r1", "r2", "r3", "r4"], 0),
    ],
)
def test_matching_earns_the_share_of_right_pairs(response, share):
    assert mark("matching", MATCHING, response) == share


def test_matching_two_right_sides_of_the_same_text_are_worth_the_same():
    content = {
        "left": [{"id": "l1", "text": "Cotonou"}, {"id": "l2", "text": "Ouidah"}],
        "right": [{"id": "r1", "text": "commune"}, {"id": "r2", "text": "commune"}],
        "answer": {"l1": "r1", "l2": "r2"},
    }
    assert mark("matching", content, {"l1": "r2", "l2": "r1"}) == 1


@pytest.mark.parametrize(
    ("order", "share"),
    [
        (["i1", "i2", "i3", "i5", "i4"], Decimal("0.5")),
        (["i5", "i1", "i2", "i3", "i4"], Decimal("0.75")),
        (["i5", "i4", "i3", "i2", "i1"], 0),
    ],
)
def test_ordering_earns_the_share_of_neighbours_kept(order, share):
    assert mark("ordering", ORDERING, {item: rank for rank, item in enumerate(order)}) == share


@pytest.mark.parametrize(
    ("response", "share"),
    [
        ({"i1": 0, "i2": 1}, Decimal("0.25")),
        ({"i1": "0", "i2": "1"}, 0),
        ({"i1": False, "i2": True}, 0),
        (["i1", "i2", "i3", "i4", "i5"], 0),
    ],
)
def test_ordering_unfinished_or_misshapen(response, share):
    assert mark("ordering", ORDERING, response) == share


@given(st.permutations(["i1", "i2", "i3", "i4", "i5"]))
def test_ordering_only_the_right_order_earns_all(order):
    share = mark("ordering", ORDERING, {item: rank for rank, item in enumerate(order)})
    assert (share == 1) == (list(order) == ORDERING["answer"])


def test_ordering_of_one_item_is_always_right():
    assert mark("ordering", {"items": [{"id": "i1", "text": "x"}], "answer": ["i1"]}, {"i1": 0}) == 1


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("76", "76"),
        (" 76 ", "76"),
        ("76.", "76"),
        ("76 adresses", "76"),
        ("76 Adresse", "76"),
        ("1 234,5", "1234.5"),
        ("1\N{NARROW NO-BREAK SPACE}234,5", "1234.5"),
        ("1,234.5", "1234.5"),
        ("1.234,5", "1234.5"),
        ("1.234.567", "1234567"),
        ("0,5", "0.5"),
        (",5", "0.5"),
        ("+3", "3"),
        ("−3,25", "-3.25"),
        (76, "76"),
        (7.5, "7.5"),
    ],
)
def test_numbers_are_read_as_people_write_them(text, value):
    assert read_number(text, "adresses") == Decimal(value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "adresses",
        "76 communes",
        "7 6",
        "1,2,3",
        "1 23,4",
        "76 adresses 2",
        "--3",
        "9" * 600,
        True,
        None,
        [76],
        {},
        float("nan"),
    ],
)
def test_what_is_no_number_is_none(text):
    assert read_number(text, "adresses") is None


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9))
def test_a_number_is_read_back_in_french_and_in_english(value):
    french = f"{value:,}".replace(",", "\N{NO-BREAK SPACE}").replace(".", ",")
    assert read_number(f"{value:,}") == value == read_number(french)


@pytest.mark.parametrize(("text", "share"), [("9,8", 1), ("10,2", 1), ("10,21", 0), ("9,79", 0), ("dix", 0)])
def test_numeric_tolerance_is_inclusive(text, share):
    assert mark("numeric", {"answer": "10", "tolerance": "0.2", "unit": ""}, text) == share


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("  X-ROAD-client ", 1),
        ("x\N{NON-BREAKING HYPHEN}road\N{EN DASH}client", 1),
        ("x road client", 0),
        ("", 0),
        (" ", 0),
        ("x" * 501, 0),
        (12, 0),
    ],
)
def test_short_text_is_compared_without_case_or_ends(text, share):
    assert mark("short_text", SHORT, text) == share


@pytest.mark.parametrize(
    ("given_text", "content", "share"),
    [
        ("l'ecole", {"accepted": ["L’École"]}, 1),
        ("coeur", {"accepted": ["cœur"]}, 1),
        ("ɔdɔ", {"accepted": ["ɔ̀dɔ́"]}, 1),
        ("ecole", {"accepted": ["école"], "ignore_accents": False}, 0),
        ("École", {"accepted": ["école"], "ignore_case": False}, 0),
        ("école", {"accepted": ["e\N{COMBINING ACUTE ACCENT}cole"], "ignore_accents": False}, 1),
        ("deux", {"accepted": ["un", "deux"]}, 1),
    ],
)
def test_short_text_tolerates_what_its_author_chose(given_text, content, share):
    assert mark("short_text", content, given_text) == share


@given(st.text())
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)
