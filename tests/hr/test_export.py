"""The spreadsheet holds what the screen shows, no more; nothing in it runs; the trail knows who took it."""

import csv
from io import BytesIO, StringIO

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from lms.core.models import AuditEntry
from lms.core.spreadsheets import neutral
from tests.factories.hr import colleague
from tests.factories.people import UserFactory

HEADINGS = [
    "Nom", "Prénom", "Adresse électronique", "Matricule", "Structure", "Profil de poste",
    "Niveaux atteints", "Niveaux attendus", "Écart total",
]  # fmt: skip


def read_csv(response):
    content = b"".join(response.streaming_content).decode("utf-8")
    assert content.startswith("\ufeff")
    return list(csv.reader(StringIO(content[1:]), delimiter=";"))


def read_xlsx(response):
    sheet = load_workbook(BytesIO(b"".join(response.streaming_content))).active
    return [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]


READERS = {"csv": read_csv, "xlsx": read_xlsx}


def rows_expected(m):
    return [
        HEADINGS,
        ["Adjovi", "Ama", m.ama.email, "A12", "Carrières", m.profile.name, "0", "2", "3"],
        ["Bako", "Bio", m.bio.email, "", "Systèmes", m.profile.name, "1", "2", "1"],
        ["Rh", "Rita", m.hr.email, "", "", "", "", "", ""],
        ["Zinsou", "Kofi", m.head.email, "", "Carrières", "", "", "", ""],
    ]


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_export_holds_the_people_in_scope_and_nobody_else(client, ministry, file_format):
    client.force_login(ministry.hr)
    response = client.get(f"/equipe/export.{file_format}")
    assert READERS[file_format](response) == rows_expected(ministry)
    assert response["Content-Disposition"] == (
        f'attachment; filename="competences-{timezone.localdate().isoformat()}.{file_format}"'
    )


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_export_follows_filters_and_order(client, ministry, file_format):
    client.force_login(ministry.hr)
    response = client.get(f"/equipe/export.{file_format}", {"profil": ministry.profile.pk, "tri": "-nom"})
    assert [row[1] for row in READERS[file_format](response)] == ["Prénom", "Bio", "Ama"]


def test_export_of_what_cannot_be_chosen_is_empty(client, ministry):
    client.force_login(ministry.hr)
    assert read_csv(client.get("/equipe/export.csv", {"structure": ministry.health.pk})) == [HEADINGS]


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_a_name_is_never_a_formula(client, ministry, file_format):
    colleague(ministry.work, first_name="=2+5", last_name="@SUM(A1)", matricule="-1+2")
    client.force_login(ministry.hr)
    rows = READERS[file_format](client.get(f"/equipe/export.{file_format}", {"q": "@sum"}))
    assert rows[1][:4] == ["'@SUM(A1)", "'=2+5", rows[1][2], "'-1+2"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("=1+1", "'=1+1"),
        ("+229", "'+229"),
        ("-x", "'-x"),
        ("@x", "'@x"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("\n=x", "'\n=x"),
        ("  =x", "'  =x"),
        ("＝x", "'＝x"),
        ("Ọlábísí", "Ọlábísí"),
        ("a=b", "a=b"),
        ("", ""),
        (-3, -3),
    ],
)
def test_text_that_would_run_is_led_by_an_apostrophe(value, expected):
    assert neutral(value) == expected


def test_the_trail_says_who_took_how_many(client, ministry):
    client.force_login(ministry.hr)
    read_csv(client.get("/equipe/export.csv", {"q": "ama"}))
    entry = AuditEntry.objects.get(verb="hr.people_export")
    assert entry.actor_pk == str(ministry.hr.pk)
    assert entry.details == {"format": "csv", "people": 1, "filters": "q=ama"}


@pytest.mark.parametrize("count", [1, 3])
def test_export_costs_the_same_for_any_length(client, ministry, count, django_assert_num_queries):
    for _rank in range(count):
        colleague(ministry.work, ministry.profile)
    client.force_login(UserFactory(is_superuser=True))
    with django_assert_num_queries(4):  # session and user, count, trail, people
        read_csv(client.get("/equipe/export.csv"))
