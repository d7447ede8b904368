"""Designs: which one applies, what is frozen at its first use, who may change which, and what is refused."""

import json
import subprocess

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from certificates import storage
from certificates.actions import reserve_certificate
from certificates.actions.designing import design_for, save_design, version_in_use
from certificates.design import DesignContent, default_content
from certificates.drawing.sheet import draw_certificate
from certificates.models import Certificate, Design, DesignSignatory, DesignVersion
from certificates.permissions import DESIGN, VIEW
from lms.core import append_only
from lms.core.append_only import Immutable
from lms.core.models import AuditEntry
from tests.certificates.makers import (
    make_certificate,
    make_completion,
    make_course,
    make_officer,
    make_unit,
    make_user,
    place,
)

pytestmark = pytest.mark.django_db

SVG = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20">
<rect width="40" height="20" fill="#008751"/><circle cx="20" cy="10" r="6" fill="gold"/></svg>"""
NOW = timezone.now()


@pytest.fixture
def boss():
    return make_user(is_superuser=True)


def make_design(by, **fields):
    design = Design(**{"name": f"Modèle {Design.objects.count()}", "is_in_service": True, **fields})
    return save_design(design, by)


def text_of(content):
    said = subprocess.run(["pdftotext", "-raw", "-", "-"], input=content, capture_output=True, check=True)
    return " ".join(said.stdout.decode().split())


def file_of(certificate):
    file = certificate.files.get()
    return storage.read(file.storage_name, file.sha256)


def test_a_design_of_each_kind_is_in_service_from_the_start():
    for kind in ("certificate", "attestation"):
        design = design_for(kind, make_course())
        assert design.content() == default_content(kind)


def test_the_most_precise_design_in_service_applies(boss):
    ministry = make_unit("M1")
    directorate, other = (ministry.add_child(code=code, name=code, kind="directorate") for code in ("D1", "D2"))
    course = make_course(producer=directorate)
    for unit in (other, make_unit("M2")):
        make_design(boss, unit=unit)
    make_design(boss, kind="attestation", unit=directorate)
    make_design(boss, unit=directorate, is_in_service=False)
    assert design_for("certificate", course).unit is None
    assert design_for("certificate", course) == Design.objects.get(name="Certificat de réussite")
    of_ministry = make_design(boss, unit=ministry)
    assert design_for("certificate", course) == of_ministry
    of_directorate = make_design(boss, unit=directorate)
    assert design_for("certificate", course) == of_directorate
    of_course = make_design(boss, course=course)
    assert design_for("certificate", course) == of_course
    assert design_for("certificate", make_course()) == Design.objects.get(name="Certificat de réussite")


def test_who_takes_service_takes_the_place_of_the_former(boss):
    former = Design.objects.get(name="Certificat de réussite")
    new = make_design(boss)
    former.refresh_from_db()
    assert not former.is_in_service
    assert Design.objects.get(kind="certificate", is_in_service=True) == new
    assert AuditEntry.objects.filter(verb="certificate.design_withdrawn").count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Design.objects.filter(pk=former.pk).update(is_in_service=True)


def test_documents_are_issued_without_any_design():
    Design.objects.all().delete()
    certificate = make_certificate()
    assert certificate.design_version is None
    assert "Certificat de réussite" in text_of(file_of(certificate))


def test_a_version_is_made_at_the_first_use_and_another_at_the_first_use_after_a_change(boss):
    design = Design.objects.get(name="Certificat de réussite")
    assert not design.versions.exists()
    first = [version_in_use(design, NOW) for _ in range(2)]
    assert first[0] == first[1]
    assert (first[0].number, first[0].drawn) == (1, design.content())
    design.title_fr = "Certificat de compétence"
    save_design(design, boss)
    assert design.versions.count() == 1
    assert version_in_use(design, NOW).number == 2
    design.title_fr = "Certificat de réussite"
    save_design(design, boss)
    assert version_in_use(design, NOW) == first[0]


def test_changing_the_design_changes_nothing_issued_nor_reserved(boss):
    issued = make_certificate()
    reserved = reserve_certificate(make_completion().enrolment_id, NOW)
    before = file_of(issued)
    design = Design.objects.get(name="Certificat de réussite")
    design.title_fr, design.main_colour = "Tout autre titre", "#000000"
    design.signatories.add(DesignSignatory(name="Nouvelle Directrice", title="Directrice"))
    save_design(design, boss)
    assert file_of(Certificate.objects.get(pk=issued.pk)) == before
    assert issued.files.count() == 1
    again = Certificate.objects.get(pk=reserved.pk)
    assert again.design.texts[0].title == "Certificat de réussite"
    new = make_certificate()
    text = text_of(file_of(new))
    assert "Tout autre titre" in text
    assert "Nouvelle Directrice" in text
    assert new.printed.signed_by[0].name == "Nouvelle Directrice"
    assert new.design_version != issued.design_version


def test_the_document_is_drawn_from_its_snapshot_and_its_version_alone(settings):
    certificate = Certificate.objects.get(pk=make_certificate().pk)
    drawn = draw_certificate(certificate.printed, settings.LMS_FONTS_DIR, True, certificate.design)
    Design.objects.update(title_fr="Changé")
    certificate.person.first_name = "Changée"
    certificate.person.save()
    certificate = Certificate.objects.get(pk=certificate.pk)
    assert draw_certificate(certificate.printed, settings.LMS_FONTS_DIR, True, certificate.design) == drawn


def test_a_used_version_is_never_changed_nor_removed(boss):
    certificate = make_certificate()
    version = certificate.design_version
    version.content = {}
    with pytest.raises(Immutable):
        version.save()
    with pytest.raises(Immutable):
        version.delete()
    with pytest.raises(Immutable):
        DesignVersion.objects.update(number=9)
    certificate.design_version = version_in_use(make_design(boss, title_fr="Autre"), NOW)
    with pytest.raises(Exception, match="design_version_id"):
        certificate.save()


def test_the_database_itself_refuses_to_change_a_version():
    version = version_in_use(Design.objects.get(name="Certificat de réussite"), NOW)
    if connection.vendor == "sqlite":  # taken away there, for tests that empty the tables
        append_only.install(connection, "certificates_designversion")
    for statement in ("UPDATE certificates_designversion SET number = 7", "DELETE FROM certificates_designversion"):
        with pytest.raises((DatabaseError, IntegrityError)), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    if connection.vendor == "sqlite":
        append_only.remove(connection, "certificates_designversion")
    version.refresh_from_db()
    assert version.number == 1


def test_content_of_a_version_reads_back_as_it_was():
    content = default_content("certificate", ("fr", "en"))
    assert DesignContent.from_json(json.loads(json.dumps(content.to_json()))) == content


# --- The back office


def office(name="index", *args):
    return reverse(f"certificate_designs:{name}", args=args)


def fields_of(design=None, **changes):
    """What the form posts."""
    given = {
        "name": "Modèle du Centre", "kind": "certificate", "languages": "fr-en", "title_fr": "Certificat du Centre",
        "main_colour": "#1a2350", "second_colour": "#0f6368", "accent_colour": "#9c3d24", "ground_colour": "#faf3e4",
        "is_in_service": "on",
        "signatories-TOTAL_FORMS": 1, "signatories-INITIAL_FORMS": 0, "signatories-MIN_NUM_FORMS": 0,
        "signatories-MAX_NUM_FORMS": 3, "signatories-0-name": "Ablawa Dossou", "signatories-0-title": "Directrice",
        "signatories-0-ORDER": 1, "signatories-0-id": "", "signatories-0-DELETE": "",
        "logos-TOTAL_FORMS": 1, "logos-INITIAL_FORMS": 0, "logos-MIN_NUM_FORMS": 0, "logos-MAX_NUM_FORMS": 3,
        "logos-0-alt": "Drapeau", "logos-0-svg": SimpleUploadedFile("logo.svg", SVG), "logos-0-ORDER": 1,
        "logos-0-id": "", "logos-0-DELETE": "",
    }  # fmt: skip
    return {**given, **changes}


@pytest.fixture
def officer():
    return make_officer(make_unit(), VIEW, *DESIGN)


def test_officer_writes_a_design_and_the_next_document_is_drawn_with_it(client, officer):
    client.force_login(officer)
    answer = client.post(office("add"), fields_of())
    assert answer.status_code == 302, answer.context["form"].errors
    design = Design.objects.get(name="Modèle du Centre")
    assert [row.name for row in design.signatories.all()] == ["Ablawa Dossou"]
    assert design.logos.get().drawing["width"] == 40
    certificate = make_certificate()
    text = text_of(file_of(certificate))
    for words in ("Certificat du Centre", "Certificate of Achievement", "Ablawa Dossou", "Directrice"):
        assert words in text
    assert certificate.design_version.design == design
    page = client.get(office("edit", design.pk)).content.decode()
    assert "Version 1, employée depuis le" in page


def test_preview_shows_a_real_document_as_typed_and_saves_nothing(client, officer):
    certificate, hidden = make_certificate(), make_certificate(make_user("Personne", "CACHÉE"))
    place(certificate.person, officer.roles.get().unit)
    client.force_login(officer)
    answer = client.post(office("add"), {**fields_of(), "preview": "1"})
    assert answer["Content-Type"] == "application/pdf"
    text = text_of(answer.content)
    for words in ("Certificat du Centre", certificate.printed.number, "APERÇU", "jamais scellé", "Ablawa Dossou"):
        assert words in text
    assert hidden.printed_name not in text
    assert b"/ByteRange" not in answer.content
    assert not Design.objects.filter(name="Modèle du Centre").exists()
    assert not DesignVersion.objects.filter(design__name="Modèle du Centre").exists()


def test_preview_without_any_document_draws_an_example(client, officer):
    make_certificate()  # of someone the officer may not see
    client.force_login(officer)
    for kind in ("certificate", "attestation"):
        text = text_of(client.post(office("add"), {**fields_of(kind=kind), "preview": "1"}).content)
        assert "EXEMPLE" in text


def test_preview_of_what_cannot_be_saved_says_why(client, officer):
    client.force_login(officer)
    page = client.post(office("add"), {**fields_of(main_colour="#ffee00"), "preview": "1"}).content.decode()
    assert "Trop clair" in page


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("main_colour", "#8899ff", "Trop clair"),
        ("ground_colour", "#333333", "Trop foncé"),
        ("accent_colour", "red", "Une couleur s’écrit"),
        ("logos-0-svg", SimpleUploadedFile("x.svg", b"<svg><script/></svg>"), "ne dit pas sa taille"),
        ("logos-0-svg", "", "Choisissez le fichier SVG"),
        ("logos-0-alt", "", "Champ requis"),
        ("name", "", "Champ requis"),
    ],
)
def test_form_says_what_to_do(client, officer, field, value, said):
    client.force_login(officer)
    form = client.post(office("add"), fields_of(**{field: value})).context["form"]
    assert said in str([form.errors, *(formset.errors for formset in form.formsets.values())])
    assert not Design.objects.filter(name="Modèle du Centre").exists()


def test_logo_is_kept_when_the_design_is_saved_again_without_its_file(client, officer):
    client.force_login(officer)
    client.post(office("add"), fields_of())
    design = Design.objects.get(name="Modèle du Centre")
    changes = {
        "logos-INITIAL_FORMS": 1, "logos-0-id": design.logos.get().pk, "logos-0-svg": "", "title_fr": "Autre titre",
        "signatories-INITIAL_FORMS": 1, "signatories-0-id": design.signatories.get().pk,
    }  # fmt: skip
    answer = client.post(office("edit", design.pk), fields_of(**changes))
    assert answer.status_code == 302
    design.refresh_from_db()
    assert design.title_fr == "Autre titre"
    assert design.logos.get().drawing["width"] == 40


def test_place_of_a_design_is_chosen_once(client, officer):
    client.force_login(officer)
    client.post(office("add"), fields_of())
    design = Design.objects.get(name="Modèle du Centre")
    changes = {"kind": "attestation", "logos-TOTAL_FORMS": 0, "signatories-TOTAL_FORMS": 0}
    client.post(office("edit", design.pk), fields_of(**changes))
    design.refresh_from_db()
    assert design.kind == "certificate"


def test_officer_of_one_unit_keeps_to_the_designs_of_that_unit(client):
    mine, other = make_unit("M1"), make_unit("M2")
    boss = make_user(is_superuser=True)
    theirs, ours = make_design(boss, unit=other), make_design(boss, unit=mine)
    everyone = Design.objects.get(name="Certificat de réussite")
    foreign, own = make_course(producer=other), make_course(producer=mine)
    client.force_login(make_officer(mine, VIEW, *DESIGN))
    page = client.get(office()).content.decode()
    assert ours.name in page
    assert theirs.name not in page
    assert everyone.name not in page
    for name in ("edit", "delete"):
        assert client.get(office(name, theirs.pk)).status_code == 404
        assert client.get(office(name, everyone.pk)).status_code == 404
    for where, said in (({}, "ne couvre pas toute"), ({"unit": other.pk}, "choix"), ({"course": foreign.pk}, "choix")):
        answer = client.post(office("add"), fields_of(**where))
        assert said in str(answer.context["form"].errors)
    assert not Design.objects.filter(name="Modèle du Centre").exists()
    both = client.post(office("add"), fields_of(unit=mine.pk, course=own.pk)).content.decode()
    assert "pas les deux" in both
    assert client.post(office("add"), fields_of(course=own.pk)).status_code == 302


def test_design_that_was_used_cannot_be_deleted(client, officer):
    make_certificate()
    used, unused = Design.objects.get(kind="certificate"), make_design(officer, unit=make_unit("M9"))
    client.force_login(make_user(is_superuser=True))
    client.post(office("delete", used.pk))
    client.post(office("delete", unused.pk))
    assert Design.objects.filter(pk=used.pk).exists()
    assert not Design.objects.filter(pk=unused.pk).exists()


def test_designs_are_closed_to_those_who_have_no_role_for_them(client):
    design = Design.objects.get(name="Certificat de réussite")
    client.force_login(make_officer(make_unit(), VIEW))
    assert client.get(office("edit", design.pk)).status_code in (302, 403, 404)
    assert client.post(office("add"), fields_of()).status_code in (302, 403)
    assert not Design.objects.filter(name="Modèle du Centre").exists()
    client.force_login(make_user())
    assert client.get(office()).status_code in (302, 403)


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_the_same_for_any_length(client, officer, count, django_assert_num_queries):
    for number in range(count):
        make_design(officer, unit=make_unit(f"U{number}"))
    client.force_login(make_user(is_superuser=True))
    client.get(office())
    with django_assert_num_queries(8):
        client.get(office())
