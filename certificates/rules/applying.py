"""Rules of N4, pure: whose certificate may be confirmed as applied at work, and what a confirmation may say."""

from datetime import date

TESTED = ("N2", "N3")  # a level that was tested, and not confirmed yet
SHORTEST_STATEMENT = 40  # signs: « J’utilise les filtres du tableau chaque semaine »


def may_ask(assurance: str, state: str, is_erased: bool, is_confirmed: bool, has_open_request: bool) -> bool:
    """Whether the holder of a certificate, in this `state` today, may ask for a confirmation: one at a time, and once."""
    return state == "valid" and assurance in TESTED and not is_erased and not is_confirmed and not has_open_request


def is_observable(observed_on: date, completed_on: date, today: date) -> bool:
    """What is applied is seen after it was learnt, and before it is confirmed; both days included."""
    return completed_on <= observed_on <= today
