"""Admitted domains, names and matricules."""

import pytest

from lms.people.rules import email_domain, may_open_account, plain_matricule, plain_name

DOMAINS = {
    "gouv.bj": True,
    "asin.bj": True,
    "closed.bj": False,
    "stagiaires.gouv.bj": False,
    "dsi.stagiaires.gouv.bj": True,
}


@pytest.mark.parametrize(
    "email",
    [
        "afi@gouv.bj",
        "AFI@GOUV.BJ",
        " afi@gouv.bj ",
        "afi@finances.gouv.bj",
        "afi@a.b.gouv.bj",
        "afi@asin.bj",
        "afi+test@asin.bj",
        "afi@dsi.stagiaires.gouv.bj",
    ],
)
def test_may_open_account_from_admitted_domain(email):
    assert may_open_account(email, DOMAINS)


@pytest.mark.parametrize(
    "email",
    [
        "afi@gouv.bj.evil.com",
        "afi@evilgouv.bj",
        "afi@evil-gouv.bj",
        "afi@gouv.bj@evil.com",
        '"afi@gouv.bj"@evil.com',
        "afi@evil.com#gouv.bj",
        "afi@evil.com/.gouv.bj",
        "afi@gouv.bj.",
        "afi@.gouv.bj",
        "afi@a..gouv.bj",
        "afi@gouv.bj\n.evil.com",
        "afi@gоuv.bj",  # a Cyrillic o
        "afi@ｇouv.bj",  # a full-width g, which some software takes for g
        "afi@gouv。bj",  # an ideographic stop, which some software takes for a dot
        "afi@xn--guv-tmc.bj",  # the same Cyrillic, encoded
        "afi@-a.gouv.bj",
        "afi@bj",
        "afi@closed.bj",
        "afi@stagiaires.gouv.bj",
        "afi@x.stagiaires.gouv.bj",
        "gouv.bj",
        "",
    ],
)
def test_may_open_account_from_nowhere_else(email):
    assert not may_open_account(email, DOMAINS)


def test_may_open_account_when_no_domain_is_known():
    assert not may_open_account("afi@gouv.bj", {})


def test_email_domain_is_in_lower_case():
    assert email_domain("Afi@Finances.GOUV.bj") == "finances.gouv.bj"


def test_plain_matricule_drops_spaces_and_case():
    assert plain_matricule(" ab 12 c ") == "AB12C"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Dossou   Afi ", "Dossou Afi"),
        ("Ɖɔsú-Ayìɖótɛ́ N’Koué", "Ɖɔsú-Ayìɖótɛ́ N’Koué"),
        ("Dos\x01sou\x0bAfi", "Dossou Afi"),
        ("\u202eifA uossoD\u200b", "ifA uossoD"),
    ],
)
def test_plain_name_keeps_what_shows(typed, kept):
    assert plain_name(typed) == kept
