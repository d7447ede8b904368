"""What independent judges say of the documents at every level: veraPDF, one JVM for all of them, and their weight."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.conf import settings as django_settings
from pyhanko.pdf_utils.reader import PdfFileReader

from certificates.design import default_content
from certificates.drawing.attachments import Attachment
from certificates.drawing.passport import draw_passport
from certificates.drawing.sheet import draw_certificate, draw_preview
from certificates.snapshot import CoursePart, Signatory
from tests.certificates.documents import CODE_TEXT, FOUR_COMPETENCES, LONG, a_passport, heavy_logo, open_badge
from tests.certificates.makers import a_snapshot
from tests.certificates.verapdf import broken_rules
from tests.certificates.workshop import Workshop

pytestmark = pytest.mark.slow

NOW = datetime(2026, 12, 1, 8, 30, tzinfo=UTC)
BILINGUAL = ("fr", "en")
FULL = a_snapshot(
    competences=FOUR_COMPETENCES,
    in_person_minutes=360,
    expires_on=date(2029, 11, 30),
    signatories=(Signatory("Koffi Aïvodji", "Directeur général"), Signatory("Ablawa Dossou-Gbété", "Directrice")),
)
FOLLOWED = a_snapshot(assurance="N1", competences=(), covered=("CN1 · Outils numériques",), pass_mark_percent=None)

# More courses and competences than the sheet holds.
PROGRAMME = a_snapshot(
    course_title="Agent public numérique : services en ligne, sécurité et accompagnement des usagers",
    content_version=0,
    pass_mark_percent=None,
    expires_on=date(2029, 11, 30),
    competences=tuple(replace(row, code=f"{row.code}{n}") for n in range(5) for row in FOUR_COMPETENCES),
    parts=tuple(
        CoursePart(
            f"cours-{n}",
            "Interopérabilité : raccorder les registres de base de l’administration au nœud national",
            3,
            date(2026, 11, n),
            f"CTD-2026-{n:06}",
            "N2",
        )
        for n in range(1, 12)
    ),
)


@pytest.fixture(scope="module")
def workshop(tmp_path_factory):
    return Workshop(tmp_path_factory.mktemp("conformance"), NOW)


@pytest.fixture(scope="module")
def documents(workshop):
    """Every kind, language and level, by name; each carries a badge."""
    drawn = {
        "certificat": draw(FULL),
        "certificat-spécimen": draw(FULL, is_specimen=True),
        "certificat-anglais": draw(FULL, ("en",)),
        "certificat-bilingue": draw(FULL, BILINGUAL),
        "attestation": draw(FOLLOWED),
        "parcours": draw(PROGRAMME, BILINGUAL),
        "extrêmes": draw(LONG, BILINGUAL, is_specimen=True, logos=(heavy_logo(),)),
    }
    made = {}
    for name, content in drawn.items():
        workshop.drawn = content
        made[f"{name}-b-b"] = workshop.sealed(None).content
        sealed = workshop.sealed()
        made[f"{name}-b-t"] = sealed.content
        made[f"{name}-b-lta"] = workshop.archived(sealed)
    workshop.drawn = draw_passport(a_passport(12), django_settings.LMS_FONTS_DIR, True)
    made["passeport-b-t"] = workshop.sealed().content
    made["aperçu"] = draw_preview(FULL, django_settings.LMS_FONTS_DIR, default_content("certificate", BILINGUAL))
    return made


def draw(snapshot, languages=("fr",), is_specimen=False, logos=()):
    design = replace(default_content(snapshot.kind, languages), logos=logos)
    attachments = (open_badge(snapshot),)
    return draw_certificate(snapshot, django_settings.LMS_FONTS_DIR, is_specimen, design, attachments, CODE_TEXT)


def test_documents_are_pdf_a_3a_and_pdf_ua_1_at_every_level(documents, tmp_path):
    files = []
    for name, content in documents.items():
        files.append(tmp_path / f"{name}.pdf")
        files[-1].write_bytes(content)
    assert broken_rules(files) == {file.name: {"3a": [], "ua1": []} for file in files}


def test_the_judge_sees_what_is_broken(documents, tmp_path):
    """Else its silence would prove nothing."""
    content = documents["certificat-b-b"]
    file = tmp_path / "sans-langue.pdf"
    file.write_bytes(content.replace(b"/Lang (fr-BJ)", b"/Gnal (fr-BJ)").replace(b"conformance>A<", b"conformance>U<"))
    verdict = broken_rules([file])["sans-langue.pdf"]
    assert verdict["3a"]
    assert verdict["ua1"]


def test_documents_are_light_with_their_badge(documents):
    sizes = {name: len(content) for name, content in documents.items()}
    assert {name: size for name, size in sizes.items() if name.endswith("-lta") and size > 100_000} == {}
    heavier = sizes.pop("passeport-b-t")  # of three pages
    assert {name: size for name, size in sizes.items() if not name.endswith("-lta") and size > 75_000} == {}
    assert heavier < 100_000


def test_badge_is_found_in_the_document_byte_for_byte(documents, tmp_path):
    file = tmp_path / "certificat.pdf"
    file.write_bytes(documents["certificat-b-lta"])
    with file.open("rb") as opened:
        root = PdfFileReader(opened).root
        associated = root["/AF"][0]
        assert associated["/AFRelationship"] == "/Data"
        assert associated["/UF"] == "badge.json"
        embedded = associated["/EF"]["/F"]
        assert embedded["/Subtype"] == "/application/vc+ld+json"
        assert embedded.data == open_badge(FULL).content
        assert root["/Names"]["/EmbeddedFiles"]["/Names"][0] == "badge.json"
    assert json.loads(open_badge(FULL).content)["type"]


def test_several_files_are_listed_in_order():
    files = tuple(Attachment(name, "text/plain", name.encode(), name) for name in ("b.txt", "a.txt"))
    content = draw_certificate(FULL, django_settings.LMS_FONTS_DIR, False, attachments=files)
    assert content.index(b"(a.txt)") < content.index(b"(b.txt)")
