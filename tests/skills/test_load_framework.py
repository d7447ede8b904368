"""Loading a competence framework."""

from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from lms.core.datafiles import MalformedFile
from lms.core.models import AuditEntry
from lms.skills.actions import load_framework
from lms.skills.models import (
    Area,
    Competence,
    Framework,
    JobProfile,
    Level,
    LevelDescriptor,
    ProfileRequirement,
    Strand,
)
from tests.factories.skills import CompetenceFactory, JobProfileFactory

pytestmark = pytest.mark.django_db
FILE = settings.BASE_DIR / "data" / "framework.yaml"
ALL = [Framework, Level, Strand, Area, Competence, LevelDescriptor, JobProfile, ProfileRequirement]


def edited(tmp_path, old, new):
    text = FILE.read_text()
    assert old in text
    path = tmp_path / "framework.yaml"
    path.write_text(text.replace(old, new, 1))
    return path, text[: text.index(old)].count("\n") + 1


def test_load_framework_loads_everything():
    load_framework(FILE)
    assert [model.objects.count() for model in ALL] == [1, 5, 4, 6, 24, 120, 3, 72]
    area = Area.objects.get(code="SC")
    assert {strand.code for strand in area.strands.all()} == {"formation-rh", "acceleration-eservices"}
    competence = Competence.objects.get(code="CN1")
    assert competence.alignments["e_cf_4_0"] == ["C.1"]
    assert competence.descriptors.get(number=1).text.startswith("Distingue une adresse professionnelle")
    assert JobProfile.objects.get(code="dsi-ministeriel").requirements.get(competence__code="SC4").level == 5
    assert JobProfile.objects.get(code="agent-public").requirements.get(competence__code="DI3").level == 0


def test_load_framework_twice_changes_nothing():
    load_framework(FILE)
    before = [list(model.objects.values()) for model in ALL]
    report = load_framework(FILE)
    assert (report.created, report.updated, report.kept) == (0, 0, [])
    assert [list(model.objects.values()) for model in ALL] == before
    assert AuditEntry.objects.filter(verb="skills.load_framework").count() == 1


def test_load_framework_keeps_what_was_edited_unless_told():
    load_framework(FILE)
    Competence.objects.filter(code="CN1").update(name="Messagerie d’ici")
    ProfileRequirement.objects.filter(profile__code="agent-public", competence__code="CN1").update(level=5)
    area = Area.objects.get(code="SC")
    area.strands.set([])
    area.save()
    report = load_framework(FILE)
    assert (report.created, report.updated, len(report.kept)) == (0, 0, 3)
    assert "compétence CN1 – Messagerie d’ici (name)" in report.kept
    assert "--update" in "\n".join(report.lines())
    assert Competence.objects.get(code="CN1").name == "Messagerie d’ici"
    report = load_framework(FILE, update=True)
    assert (report.created, report.updated, report.kept) == (0, 3, [])
    assert Competence.objects.get(code="CN1").name == "Messagerie et communication professionnelle"
    assert Area.objects.get(code="SC").strands.count() == 2


def test_load_framework_completes_what_is_missing():
    load_framework(FILE)
    ProfileRequirement.objects.filter(competence__code="CN1").delete()
    Competence.objects.get(code="CN1").delete()
    report = load_framework(FILE)
    assert (report.created, report.updated) == (1 + 5 + 3, 0)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("      CN1: 3\n", "      CN1: 6\n", "« CN1 » doit être un nombre entier de 0 à 5."),
        ("      CN1: 3\n", "      CN1: oui\n", "« CN1 » doit être un nombre entier de 0 à 5."),
        ("      CN1: 3\n", "      ZZ9: 3\n", "la compétence « ZZ9 » n’est pas décrite sous « areas »."),
        ("    - code: CN2", "    - code: CN1", "la compétence « CN1 » est décrite deux fois."),
        ("  - level: 1\n", "  - level: 7\n", "« level » doit être un nombre entier de 1 à 5."),
        ("        2: Rédige un message", "        6: Rédige un message", "« 6 » n’est pas un niveau de 1 à 5."),
        ("        2: Rédige un message", "        1: Rédige un message", "« 1 » est écrit deux fois."),
        ("    - secteur-prive\n", "    - secteur-public\n", "l’axe « secteur-public » n’est pas décrit"),
        ("    name: Découverte\n", "    name: ''\n", "« name » est vide."),
        ("  version: 0.1.0-draft", "  versions: 0.1.0-draft", "« version » manque."),
        ("  areas:\n", "  areas: [1]\n  autres:\n", "« areas » doit être une liste de blocs de champs."),
        ("framework:\n", "frame: [\n", "ce n’est pas du YAML valide"),
        ("framework:\n", "frame:\n", "« framework » doit être un bloc de champs."),
    ],
)
def test_load_framework_refuses_a_malformed_file_as_a_whole(tmp_path, old, new, reason):
    path, line = edited(tmp_path, old, new)
    with pytest.raises(MalformedFile) as refusal:
        load_framework(path)
    assert reason in refusal.value.reason
    if (
        "strands" not in reason
        and "l’axe" not in reason
        and "version" not in reason
        and "YAML" not in reason
        and new != "frame:\n"
    ):
        assert refusal.value.line == line
    assert not Framework.objects.exists()


def test_load_framework_leaves_the_codes_of_other_frameworks(tmp_path):
    CompetenceFactory(code="CN1")
    with pytest.raises(MalformedFile, match="le code « CN1 » appartient déjà à un autre référentiel"):
        load_framework(FILE)
    Competence.objects.all().delete()
    JobProfileFactory(code="agent-public")
    with pytest.raises(MalformedFile, match="le profil « agent-public » appartient déjà"):
        load_framework(FILE)


@pytest.mark.parametrize(
    ("content", "reason"), [(b"- 1\n", "doit commencer par"), (b"a: \xff\n", "UTF-8"), (None, "n’existe pas")]
)
def test_load_framework_command_refuses_in_french(tmp_path, content, reason):
    path = tmp_path / "framework.yaml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CommandError, match=reason):
        call_command("load_framework", path, stdout=StringIO())


def test_load_framework_command_tells_what_it_did():
    out = StringIO()
    call_command("load_framework", stdout=out)
    assert out.getvalue() == "235 créés, 0 mis à jour, 0 inchangés\n"
