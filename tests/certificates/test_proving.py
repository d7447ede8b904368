"""What a completion proves, whatever the sheet of its course claims; and what is said of it."""

import json
import subprocess
import uuid
from datetime import date

import pytest
from django.conf import settings as django_settings
from django.utils import timezone

from certificates.actions import reserve_certificate
from certificates.credentials.open_badge import Badge
from certificates.drawing.sheet import draw_certificate
from certificates.facts import printed_facts
from certificates.rules import assurance_proved
from certificates.snapshot import HeldSitting, Signatory, Snapshot
from lms.learning.models import Completion, Enrolment
from tests.certificates.makers import a_snapshot, make_completion, make_course, make_passed_test, make_user


@pytest.mark.parametrize(
    ("stated", "is_tested", "is_supervised", "proved"),
    [
        *((stated, False, False, "N1") for stated in ("N1", "N2", "N3", "N4")),
        ("N1", True, False, "N1"), ("N1", True, True, "N1"),
        *((stated, True, False, "N2") for stated in ("N2", "N3", "N4")),
        *((stated, True, True, "N3") for stated in ("N2", "N3", "N4")),
    ],
)  # fmt: skip
def test_assurance_follows_the_facts_not_the_claim(stated, is_tested, is_supervised, proved):
    assert assurance_proved(stated, is_tested, is_supervised) == proved


def printed(completion) -> Snapshot:
    return reserve_certificate(completion.enrolment_id, timezone.now()).printed


@pytest.mark.django_db
def test_course_that_was_only_followed_gives_an_attestation_without_levels():
    snapshot = printed(make_completion(course=make_course(assurance="N4", in_person_minutes=90), is_tested=False))
    assert (snapshot.assurance, snapshot.kind) == ("N1", "attestation")
    assert (snapshot.competences, snapshot.pass_mark_percent) == ((), None)
    assert len(snapshot.covered) == 1
    assert "Compétence" in snapshot.covered[0]
    assert snapshot.in_person_minutes == 90


@pytest.mark.django_db
@pytest.mark.parametrize("stated", ["N2", "N3", "N4"])
def test_course_whose_test_was_passed_gives_a_certificate_n2(stated):
    snapshot = printed(make_completion(course=make_course(assurance=stated)))
    assert (snapshot.assurance, snapshot.kind, snapshot.covered) == ("N2", "certificate", ())
    assert [row.level for row in snapshot.competences] == [2]
    assert snapshot.pass_mark_percent == 70


@pytest.mark.django_db
@pytest.mark.parametrize(
    "attempt",
    [
        {"rules": {"preset": "practice"}},
        {"rules": {"preset": "exam", "assurance": "N1"}},
        {"is_passed": False},
        {"is_passed": None},
        {"max_points": 0},
        {"pass_mark_percent": 0},
    ],
    ids=["practice", "said-to-prove-nothing", "failed", "to-be-marked", "survey", "cannot-be-failed"],
)
def test_what_is_no_test_proves_no_level(attempt):
    completion = make_completion(is_tested=False)
    completion.conditions = [make_passed_test(completion.enrolment, **attempt)]
    completion.save()
    assert printed(completion).assurance == "N1"


@pytest.mark.django_db
def test_test_of_someone_else_or_outside_the_course_completed_proves_nothing():
    course = make_course()
    make_completion(course=course)
    now = timezone.now()
    enrolment = Enrolment.objects.create(person=make_user(), course=course, state="completed", enrolled_at=now)
    make_passed_test(enrolment)  # unpublished since: not among the conditions
    completion = Completion.objects.create(
        enrolment=enrolment, completed_at=now, content_version=1, conditions=[{"code": "lesson:12", "is_met": True}]
    )
    assert printed(completion).assurance == "N1"


def test_snapshot_frozen_before_a_field_existed_still_reads():
    fields = a_snapshot().to_json()
    later = (
        "in_person_minutes",
        "covered",
        "pass_mark_percent",
        "expires_on",
        "signatories",
        "sittings",
        "confirmed_on",
    )
    for name in later:
        del fields[name]
    snapshot = Snapshot.from_json(fields)
    assert snapshot.signed_by == (Signatory("La direction du Centre", "Centre de transformation digitale, ASIN"),)
    assert (snapshot.expires_on, snapshot.in_person_minutes) == (None, 0)
    assert draw_certificate(snapshot, django_settings.LMS_FONTS_DIR, True)


def read(snapshot: Snapshot, design=None) -> str:
    """What the document drawn from it says, with plain spaces."""
    content = draw_certificate(snapshot, django_settings.LMS_FONTS_DIR, False, design)
    command = ["pdftotext", "-raw", "-", "-"]
    said = subprocess.run(command, input=content, capture_output=True, check=True).stdout.decode()
    return " ".join(said.split())


PARAKOU = HeldSitting(date(2026, 11, 26), "Parakou")
SUPERVISED = "évaluation surveillée le 26 novembre 2026, à Parakou, réussie à partir de 70 %"


@pytest.mark.parametrize(
    ("fields", "mode", "words"),
    [
        ({"assurance": "N3", "sittings": (PARAKOU,)}, SUPERVISED, "devant un surveillant qui a contrôlé son identité"),
        (
            {"assurance": "N3", "sittings": (PARAKOU, HeldSitting(date(2026, 12, 1), "Cotonou"))},
            "évaluation surveillée le 26 novembre 2026, à Parakou et le 1er décembre 2026, à Cotonou, "
            "réussie à partir de 70 %",
            "Ce document ne prouve pas qu’elle applique au travail ce qu’elle sait.",
        ),
        (
            {"assurance": "N4", "sittings": (PARAKOU,), "confirmed_on": date(2027, 3, 1)},
            f"{SUPERVISED} ; application au travail confirmée le 1er mars 2027 par la hiérarchie",
            "Personne d’autre n’a vérifié ce constat.",
        ),
        (
            {"assurance": "N4", "confirmed_on": date(2027, 3, 1)},
            "épreuve notée, passée en ligne, réussie à partir de 70 % ; "
            "application au travail confirmée le 1er mars 2027 par la hiérarchie",
            "sa hiérarchie l’a constaté",
        ),
    ],
    ids=["supervised", "in-two-places", "applied", "applied-after-an-online-test"],
)
def test_document_page_badge_and_interface_say_how_a_level_was_proved(fields, mode, words):
    snapshot = a_snapshot(**fields)
    assert Snapshot.from_json(json.loads(json.dumps(snapshot.to_json()))) == snapshot
    text = read(snapshot)
    assert mode in text
    assert words in text
    facts = dict(printed_facts(snapshot))
    assert (facts["Mode d’évaluation"].replace("\N{NO-BREAK SPACE}", " "), words in facts["Ce que cela prouve"]) == (
        mode,
        True,
    )
    badge = Badge(snapshot, uuid.uuid4(), "https://academie.example.bj", 1, 1)
    assert badge.narrative.endswith(f" Mode d’évaluation : {mode}.")


def test_attestation_says_what_it_does_not_prove():
    snapshot = a_snapshot(assurance="N1", competences=(), covered=("CN1 · Outils numériques",), pass_mark_percent=None)
    text = read(snapshot)
    for words in (
        "Attestation de suivi",
        "Compétences abordées, sans niveau attesté",
        "CN1 · Outils numériques",
        "aucune épreuve : toutes les leçons suivies",
        "N1",
        "La personne a suivi toute la formation. Ce document ne prouve pas un niveau.",
    ):
        assert words in text
    for words in ("Certificat", "réussi", "niveau 2", "attestées"):
        assert words not in text
