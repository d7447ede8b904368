"""Loading the organisation tree."""

import shutil
from decimal import Decimal
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from lms.core.datafiles import MalformedFile
from lms.core.models import AuditEntry
from lms.people.actions import load_organisations
from lms.people.models import EmailDomain, Unit

pytestmark = pytest.mark.django_db
DATA = settings.BASE_DIR / "data"


@pytest.fixture
def folder(tmp_path):
    for name in ("organisations.yaml", "departements.csv", "communes.csv"):
        shutil.copy(DATA / name, tmp_path)
    return tmp_path


def edit(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    return text[: text.index(old)].count("\n") + 1


def test_load_organisations_builds_the_tree():
    load_organisations(DATA)
    kinds = Unit.objects.order_by().values_list("kind", flat=True)
    assert [list(kinds).count(kind) for kind in ("state", "department", "commune")] == [1, 12, 77]
    commune = Unit.objects.get(code="BJ0101")
    assert [unit.name for unit in commune.get_ancestors()] == ["République du Bénin", "Alibori"]
    assert (commune.latitude, commune.longitude) == (Decimal("11.29845"), Decimal("2.43856"))
    assert Unit.objects.get(code="BJ0104").latitude == Decimal("11.95551")  # no town known: the centre
    assert not Unit.objects.filter(kind="commune", latitude=None).exists()
    assert Unit.objects.get(code="MCVT").starts_on.isoformat() == "2023-04-17"
    assert Unit.objects.get(code="ASIN").kind == Unit.Kind.AGENCY
    assert Unit.find_problems() == ([], [], [], [], [])
    assert set(EmailDomain.objects.values_list("domain", flat=True)) == {"gouv.bj", "asin.bj"}


def test_load_organisations_twice_changes_nothing():
    load_organisations(DATA)
    before = list(Unit.objects.values()), list(EmailDomain.objects.values())
    report = load_organisations(DATA)
    assert (report.created, report.updated, report.kept) == (0, 0, [])
    assert (list(Unit.objects.values()), list(EmailDomain.objects.values())) == before
    assert AuditEntry.objects.filter(verb="people.load_organisations").count() == 1


def test_load_organisations_keeps_what_was_edited_unless_told():
    load_organisations(DATA)
    Unit.objects.filter(code="MND").update(name="Ministère renommé")
    EmailDomain.objects.filter(domain="gouv.bj").update(is_active=False)
    Unit.objects.get(code="ASIN").move(Unit.objects.get(code="MND"), "last-child")
    report = load_organisations(DATA)
    assert report.kept == ["structure Ministère renommé (name)"]
    assert Unit.objects.get(code="MND").name == "Ministère renommé"
    load_organisations(DATA, update=True)
    assert Unit.objects.get(code="MND").name == "Ministère du Numérique et de la Digitalisation"
    assert Unit.objects.get(code="ASIN").get_parent().code == "MND"
    assert not EmailDomain.objects.get(domain="gouv.bj").is_active


@pytest.mark.parametrize(
    ("name", "old", "new", "reason"),
    [
        ("organisations.yaml", "type: agence", "type: agense", "« agense » n’est pas une nature de structure"),
        ("organisations.yaml", "code: ASIN, ", "", "« code » manque."),
        ("organisations.yaml", 'since: "2023-04-17"', 'since: "17/04/2023"', "« since » doit être une date"),
        ("organisations.yaml", "domain: gouv.bj", "domain: gouv", "« gouv » n’est pas un nom de domaine."),
        ("organisations.yaml", "{code: PR,", "{code: [PR],", "« code » doit être un texte."),
        ("organisations.yaml", "organisations:", "organisation:", "« organisations » doit être une liste."),
        ("organisations.yaml", "etat: {", "etat: {{", "ce n’est pas du YAML valide"),
        ("communes.csv", ",01,Alibori", ",99,Alibori", "le département « 99 » n’existe pas."),
        ("communes.csv", "11.29845", "onze", "la latitude et la longitude doivent être des nombres."),
        ("communes.csv", "11.29845", "111", "la latitude ou la longitude n’existe pas sur Terre."),
        ("communes.csv", "town_lat", "latitude", "il manque la colonne « town_lat »."),
        ("communes.csv", ",2395317", "", "cette ligne n’a pas autant de colonnes que la première."),
    ],
)
def test_load_organisations_refuses_a_malformed_file_as_a_whole(folder, name, old, new, reason):
    line = edit(folder / name, old, new)
    with pytest.raises(MalformedFile) as refusal:
        load_organisations(folder)
    assert reason in refusal.value.reason
    assert refusal.value.path == folder / name
    if old in new or old in {"organisations:", "etat: {"}:  # the line is where the want was noticed
        assert refusal.value.line > 0
    else:
        assert refusal.value.line == line
    assert not Unit.objects.exists()


def test_load_organisations_command_refuses_in_french(folder):
    (folder / "departements.csv").unlink()
    with pytest.raises(CommandError, match="ce fichier n’existe pas"):
        call_command("load_organisations", folder, stdout=StringIO())


def test_load_organisations_command_tells_what_it_did():
    out = StringIO()
    call_command("load_organisations", stdout=out)
    assert out.getvalue() == "123 créés, 0 mis à jour, 0 inchangés\n"
    assert EmailDomain.objects.filter(domain="demo.example").exists()  # tests are a demo
