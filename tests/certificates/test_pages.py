"""The holder's pages and public verification, as people see them."""

import hashlib

import pytest
from django.urls import reverse
from django.utils import timezone

from certificates import storage
from certificates.actions import revoke_certificate
from certificates.models import Certificate, CoursePolicy
from certificates.rules import new_public_code
from tests.certificates.dropping import drop_file
from tests.certificates.makers import (
    make_certificate,
    make_completion,
    make_course,
    make_officer,
    make_reserved,
    make_unit,
    make_user,
    place,
)

pytestmark = pytest.mark.django_db


def body(response):
    return response.content.decode()


def stored(certificate):
    file = certificate.files.get()
    return storage.read(file.storage_name, file.sha256)


@pytest.mark.parametrize("count", [1, 3])
def test_mine_costs_the_same_for_any_length(client, count, django_assert_num_queries):
    holder = make_user()
    shown = [make_certificate(holder) for _ in range(count)]
    waiting, hidden = make_reserved(holder), make_certificate()
    client.force_login(holder)
    client.get(reverse("certificates:mine"))
    with django_assert_num_queries(
        5
    ):  # session and user are cached: count, certificates, files, what is held, what changed
        page = body(client.get(reverse("certificates:mine")))
    assert all(certificate.printed_number in page for certificate in shown)
    assert waiting.printed_number in page
    assert "en cours de délivrance" in page
    assert hidden.printed_number not in page


@pytest.mark.parametrize("count", [1, 3])
def test_mine_says_what_certificates_wait_for_at_the_same_cost(client, count, django_assert_num_queries):
    holder = make_user()
    courses = [make_completion(holder, make_course(f"Formation {number}")).enrolment.course for number in range(count)]
    other = make_completion(course=make_course("Formation de quelqu’un d’autre")).enrolment.course
    for course in [*courses, other]:
        CoursePolicy.objects.create(course=course, mode=CoursePolicy.Mode.BATCH)
    client.force_login(holder)
    client.get(reverse("certificates:mine"))
    with django_assert_num_queries(7):  # count, what changed, completed, sittings, holds, stops, rules
        page = body(client.get(reverse("certificates:mine")))
    assert page.count("Votre certificat attend d’être approuvé") == count
    assert all(course.title in page for course in courses)
    assert other.title not in page
    assert "Pas encore de certificat" not in page


def test_certificate_page_and_download_serve_the_sealed_bytes(client):
    certificate = make_certificate()
    client.force_login(certificate.person)
    page = body(client.get(certificate.get_absolute_url()))
    assert certificate.printed_name in page
    assert certificate.printed_code in page
    assert "SPÉCIMEN" in page
    answer = client.get(reverse("certificates:download", args=[certificate.pk]))
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'attachment; filename="certificat-{certificate.printed_number}.pdf"'
    assert hashlib.sha256(answer.content).hexdigest() == certificate.files.get().sha256


def test_page_of_a_certificate_being_issued_says_so_and_has_nothing_to_download(client):
    certificate = make_reserved()
    client.force_login(certificate.person)
    assert "En cours de délivrance" in body(client.get(certificate.get_absolute_url()))
    assert client.get(reverse("certificates:download", args=[certificate.pk])).status_code == 404


@pytest.mark.parametrize("name", ["certificate", "download"])
def test_certificate_is_seen_by_its_holder_their_manager_and_officers_in_scope_only(client, name):
    unit, elsewhere = make_unit("S1"), make_unit("S2")
    certificate, manager = make_certificate(), make_user()
    place(certificate.person, unit, manager)
    officer = make_officer(unit, "certificates.view_certificate")
    seen = {
        certificate.person: 200,
        manager: 200,
        officer: 200,
        make_user(is_superuser=True): 200,
        make_officer(elsewhere, "certificates.view_certificate"): 404,
        make_officer(unit, "people.view_unit"): 404,
        make_user(): 404,
    }
    for user, status in seen.items():
        client.force_login(user)
        assert client.get(reverse(f"certificates:{name}", args=[certificate.pk])).status_code == status, user
    client.logout()
    assert client.get(reverse(f"certificates:{name}", args=[certificate.pk])).status_code == 302


def test_verification_shows_every_printed_field_to_anyone(client):
    certificate = make_certificate()
    answer = client.get(reverse("certificates:verify_code", args=[certificate.public_code]))
    page, printed = body(answer), certificate.printed
    assert answer.status_code == 200
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert "Ce certificat est authentique et valide" in page
    for text in (
        printed.printed_name,
        printed.course_title,
        printed.number,
        printed.competences[0].name,
        "niveau 2 sur 5 (Guidé)",
        "1\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}20",
        "N2, évaluation en ligne non surveillée",
        certificate.files.get().sha256,
    ):
        assert text in page
    assert certificate.person.email not in page


def test_verification_forgives_the_way_a_code_is_typed(client):
    certificate = make_certificate()
    typed = certificate.printed_code.lower().replace("1", "l").replace("0", "o").replace("-", " ")
    assert certificate.printed_number in body(client.get(reverse("certificates:verify"), {"code": typed}))


def test_verification_costs_five_queries(client, django_assert_num_queries):
    certificate = make_certificate()
    client.get(reverse("certificates:verify_code", args=[certificate.public_code]))
    with django_assert_num_queries(5):  # certificate, file, a newer version, compromised keys, one more check counted
        client.get(reverse("certificates:verify_code", args=[certificate.public_code]))


def test_unknown_malformed_unissued_and_hidden_codes_give_the_same_answer(client, django_assert_num_queries):
    unissued, hidden = make_reserved().public_code, make_certificate().public_code
    Certificate.objects.filter(public_code=hidden).update(visibility="link")
    client.get(reverse("certificates:verify_code", args=[new_public_code()]))
    answers = []
    for typed in (new_public_code(), "U" * 12, "x" * 300, unissued, hidden):
        with django_assert_num_queries(4):  # certificate, passport; then Wagtail’s redirects, as for any page not found
            answers.append(client.get(reverse("certificates:verify_code", args=[typed])))
    answers.append(client.get(reverse("certificates:verify_code", args=["n’importe quoi"])))
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert "Aucun certificat à montrer pour ce code" in body(answers[0])


def test_revoked_certificate_says_so_publicly_and_is_still_downloaded_by_its_holder(client):
    certificate = make_certificate()
    revoke_certificate(certificate, make_user(), "Fraude constatée", timezone.now())
    page = body(client.get(reverse("certificates:verify_code", args=[certificate.public_code])))
    assert "révoqué" in page
    assert "Fraude constatée" in page
    assert "authentique et valide" not in page
    client.force_login(certificate.person)
    assert client.get(reverse("certificates:download", args=[certificate.pk])).status_code == 200


def test_verification_is_limited_per_address(client):
    for _ in range(60):
        client.get(reverse("certificates:verify"))
    answer = client.get(reverse("certificates:verify_code", args=[new_public_code()]))
    assert answer.status_code == 429
    assert answer["Retry-After"] == "60"
    assert "429" in body(answer)
    assert client.get(reverse("certificates:verify"), REMOTE_ADDR="10.0.0.9").status_code == 200


def test_dropped_file_of_ours_is_recognised(client):
    certificate = make_certificate()
    page = body(drop_file(client, stored(certificate)))
    assert "Fichier intact : c’est, octet pour octet, celui que nous avons délivré." in page
    assert "Ce certificat est authentique et valide." in page
    assert certificate.printed_name in page


def test_dropped_file_with_one_byte_changed_is_refused(client):
    content = bytearray(stored(make_certificate()))
    at = content.index(b"/Title")
    content[at + 12] ^= 1
    page = body(drop_file(client, bytes(content)))
    assert "Fichier modifié" in page
    assert "octet pour octet" not in page


def test_dropped_file_that_was_added_to_is_refused(client):
    assert "Fichier modifié" in body(drop_file(client, stored(make_certificate()) + b"\n% more\n%%EOF\n"))


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"%PDF-1.7\n", b"%PDF-1.7\nxref\n0 1\ntrailer<</Root 1 0 R>>\n%%EOF"]
)
def test_dropped_file_that_is_no_pdf_is_no_accident(client, content):
    answer = drop_file(client, content)
    assert answer.status_code in (200, 422)
    assert "authentique" not in body(answer)


def test_dropped_file_beyond_a_megabyte_is_refused(client):
    answer = drop_file(client, b"%PDF" + bytes(1024 * 1024))
    assert answer.status_code == 422
    assert "1 Mo" in body(answer)


def test_file_of_an_unissued_certificate_is_unknown(client):
    """A file stored by a worker that was killed before publishing is not in the register."""
    certificate = make_certificate()
    Certificate.objects.filter(pk=certificate.pk).update(state="reserved")
    page = body(drop_file(client, stored(certificate)))
    assert "n’est pas dans le registre" in page
    assert certificate.printed_name not in page
