"""Numbers, codes, states."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates import rules
from certificates.models import Certificate
from certificates.words import day_in_words, hours_in_words


def test_new_code_is_twelve_characters_of_crockford_and_never_the_same():
    codes = {rules.new_public_code() for _ in range(1000)}
    assert len(codes) == 1000
    assert all(len(code) == 12 and set(code) <= set(rules.ALPHABET) for code in codes)


@given(st.text(alphabet=rules.ALPHABET, min_size=12, max_size=12))
def test_code_is_read_back_from_its_print_in_any_case(code):
    assert rules.code_from(rules.printed_code(code)) == code
    assert rules.code_from(rules.printed_code(code).lower().replace("-", " ")) == code


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("7q4m-xk2p-9tra", "7Q4MXK2P9TRA"),
        (" 7Q4M – XK2P – 9TRA ", "7Q4MXK2P9TRA"),
        ("ilo0-IL0O-1111", "110011001111"),
        ("7Q4M-XK2P-9TRU", None),
        ("7Q4M-XK2P-9TR", None),
        ("", None),
        ("é" * 12, None),
        ("7Q4MXK2P9TRA" + " " * 40, None),
    ],
)
def test_code_from_what_was_typed(typed, code):
    assert rules.code_from(typed) == code


def test_printed_number():
    assert rules.printed_number("CTD", 2026, 123) == "CTD-2026-000123"


def test_composed_gives_one_form_of_a_name():
    assert rules.composed("  Ade\u0301bayo\u0300  KOUDJO ") == "Adébayò KOUDJO"


@pytest.mark.parametrize(
    ("state", "expires_on", "today", "told"),
    [
        ("valid", None, date(2026, 12, 1), "valid"),
        ("valid", date(2026, 12, 1), date(2026, 12, 1), "valid"),
        ("valid", date(2026, 12, 1), date(2026, 12, 2), "expired"),
        ("revoked", date(2026, 12, 1), date(2026, 12, 2), "revoked"),
        ("replaced", None, date(2026, 12, 2), "replaced"),
        ("suspended", date(2026, 12, 1), date(2026, 12, 2), "suspended"),
    ],
)
def test_public_state(state, expires_on, today, told):
    assert rules.public_state(state, expires_on, today) == told


@pytest.mark.parametrize(
    ("act", "states"),
    [
        ("suspend", {"valid"}),
        ("lift", {"suspended"}),
        ("revoke", {"valid", "suspended"}),
        ("replace", {"valid"}),
        ("void", {"reserved"}),
    ],
)
def test_each_act_is_done_from_its_states_and_never_without_a_reason(act, states):
    known = ("reserved", "valid", "suspended", "replaced", "revoked", "void")
    assert {state for state in known if rules.may_act(act, state, "Motif")} == states
    assert not any(rules.may_act(act, state, "  ") for state in known)


def test_every_state_has_its_words():
    assert set(rules.STATE_WORDS) == {*Certificate.State.values, "expired"}


def test_days_and_hours_as_french_writes_them():
    assert day_in_words(date(2027, 3, 1)) == "1er mars 2027"
    assert day_in_words(date(2026, 8, 22)) == "22 août 2026"
    assert [hours_in_words(minutes) for minutes in (45, 60, 80, 605)] == [
        "45\N{NO-BREAK SPACE}min",
        "1\N{NO-BREAK SPACE}h",
        "1\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}20",
        "10\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}05",
    ]


STARTS, ENDS = datetime(2026, 1, 1, tzinfo=UTC), datetime(2029, 1, 1, tzinfo=UTC)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


@pytest.mark.parametrize(
    ("now", "may"),
    [
        (STARTS - SECOND, False),
        (STARTS, True),
        (ENDS - DAY - SECOND, True),
        (ENDS - DAY, False),
        (ENDS, False),
    ],
)
def test_seal_serves_from_its_first_instant_to_the_day_before_its_last(now, may):
    assert rules.may_seal(STARTS, ENDS, now) == may


@pytest.mark.parametrize(
    ("days", "alarm"), [(91, None), (90, 90), (31, 90), (30, 30), (8, 30), (7, 7), (0, 7), (-1, 7)]
)
def test_seal_alarm_is_the_nearest_reached(days, alarm):
    assert rules.seal_alarm(ENDS, ENDS - days * DAY) == alarm
