"""The passport: asked for once, made once, seen by its holder alone, checked by anyone, erased with the name."""

import hashlib
import os
import re
import subprocess
import unicodedata
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.core.files.storage import storages
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from certificates import storage
from certificates.actions import erase_name, revoke_certificate
from certificates.actions.passports import JOB, ask_for_passport, publish_passport
from certificates.actions.stopping import resume_issuing, stop_issuing
from certificates.drawing.passport import draw_passport
from certificates.lasting.signature import SealedDocument
from certificates.models import Certificate, KeptForever, Passport
from certificates.passports.content import PassportContent
from certificates.tasks.signing import make_passport
from certificates.verifying.checking import check_pdf
from certificates.verifying.trust import time_roots, trusted_roots
from certificates.verifying.verdicts import Verdict
from certificates.words import moment_in_words
from lms.core.jobs import run_job
from lms.core.models import AuditEntry, Job
from tests.certificates.documents import a_passport
from tests.certificates.dropping import drop_file
from tests.certificates.killed import kill_at
from tests.certificates.makers import Payload, make_certificate, make_reserved, make_unit, make_user, place

pytestmark = pytest.mark.django_db
PAGE = "/mes-certificats/passeport/"


@pytest.fixture
def certificate():
    return make_certificate()


def make_made(person, with_kept=True):
    """A passport asked for and made."""
    passport = ask_for_passport(person, with_kept, timezone.now())
    make_passport(Payload(passport=passport.pk))
    passport.refresh_from_db()
    return passport


def content_of(passport):
    return storage.read(passport.storage_name, passport.sha256)


def text_of(content):
    said = subprocess.run(["pdftotext", "-raw", "-", "-"], input=content, capture_output=True, check=True)
    return unicodedata.normalize("NFC", " ".join(said.stdout.decode().split()))


def page_of(client, path=PAGE, **options):
    return client.get(path, **options).content.decode()


def drop(client, content):
    answer = drop_file(client, content)
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def choose(certificate, visibility):
    Certificate.objects.filter(pk=certificate.pk).update(visibility=visibility)


def stored_files():
    root = storages["private"].path("certificates")
    return {name.removesuffix(".pdf") for _, _, names in os.walk(root) for name in names}


def test_holder_asks_and_downloads_the_sealed_list_of_what_they_hold(
    client, certificate, run_jobs, django_capture_on_commit_callbacks
):
    followed = make_certificate(certificate.person, is_tested=False)
    reserved, hidden = make_reserved(certificate.person), make_certificate()
    client.force_login(certificate.person)
    assert "Mon passeport" in page_of(client, reverse("certificates:mine"))
    assert "Il listera vos 2 documents." in page_of(client)
    page = page_of_post(client)
    assert "Passeport en préparation…" in page
    assert "Voir où il en est" in page  # the way on without JavaScript
    assert "Préparer mon passeport" not in page
    assert [job.state for job in run_jobs(JOB)] == ["done"]
    page = page_of(client)
    assert "en préparation" not in page
    passport = Passport.objects.get()
    link = reverse("certificates:passport_download", args=[passport.pk])
    assert link in page
    answer = client.get(link)
    assert answer["Content-Type"] == "application/pdf"
    assert hashlib.sha256(answer.content).hexdigest() == passport.sha256
    verdict = check_pdf(answer.content, trusted_roots(), time_roots())
    assert verdict.verdict == Verdict.INTACT
    assert verdict.proven_at is not None  # time-stamped
    text = text_of(answer.content)
    for said in (
        f"Photographie du {moment_in_words(timezone.localtime(passport.asked_at))}".replace("\N{NO-BREAK SPACE}", " "),
        "de ses 2 documents",
        f"Certificat {certificate.printed_number}",
        f"Attestation de suivi {followed.printed_number}",
        "niveau 2 sur 5 (Guidé)",
        "N1, suivi de la formation",
        f"/c/{certificate.public_code}/",
        passport.printed_code,
        "Page 1 sur 1",
        "SPÉCIMEN",
    ):
        assert said in text, said
    assert reserved.printed_number not in text
    assert hidden.printed_number not in text


def page_of_post(client, **fields):
    return client.post(PAGE, {"with_kept": "on", **fields}, follow=True).content.decode()


def test_double_click_is_one_passport_and_one_job(client, certificate):
    client.force_login(certificate.person)
    page_of_post(client)
    page_of_post(client)
    assert Passport.objects.count() == 1
    assert Job.objects.filter(name=JOB).count() == 1
    assert AuditEntry.objects.filter(verb="passport.ask").count() == 1


def test_database_keeps_one_in_preparation(certificate):
    passport = ask_for_passport(certificate.person, True, timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Passport.objects.create(
            person=certificate.person, public_code="X", content=passport.content, asked_at=timezone.now()
        )


def test_each_asking_is_a_new_picture_and_a_day_has_its_measure(client, certificate, settings):
    settings.LMS_PASSPORTS_PER_DAY = 2
    first = make_made(certificate.person)
    revoke_certificate(certificate, make_user(), "Fraude établie", timezone.now())
    second = make_made(certificate.person)
    assert "Valide" in text_of(content_of(first))
    assert "Révoqué" in text_of(content_of(second))
    client.force_login(certificate.person)
    assert "Vous avez demandé 2 passeports aujourd’hui" in page_of_post(client)
    Passport.objects.update(asked_at=timezone.now() - timedelta(days=1))
    assert "en préparation" in page_of_post(client)


KILLED_AT = {
    "before drawing": "certificates.tasks.signing.draw_passport",
    "between drawing and sealing": "certificates.lasting.signature.seal_documents",
    "between sealing and storing": "certificates.tasks.signing.publish_passport",
    "between storing and recording": "certificates.actions.passports.storage.fingerprint",
}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("step", KILLED_AT)
def test_worker_killed_at_a_step_leaves_one_passport_once_the_job_is_taken_up_again(step, tmp_path, settings):
    settings.LMS_TSA_URL = "http://127.0.0.1:9/"  # without a time-stamp, the same passport gives the same file
    asked = ask_for_passport(make_certificate().person, True, timezone.now())
    others, job = stored_files(), Job.objects.get(name=JOB)
    kill_at(KILLED_AT[step], job, tmp_path, LMS_TSA_URL=settings.LMS_TSA_URL)
    assert Passport.objects.get().state == "asked"
    assert run_job(job.pk)
    passport = Passport.objects.get()
    assert (passport.pk, passport.state) == (asked.pk, "made")
    assert stored_files() - others == {passport.sha256}
    assert make_passport(Payload(passport=passport.pk)) is None  # delivered twice
    assert Passport.objects.get().made_at == passport.made_at


def test_slower_of_two_workers_leaves_no_file(certificate):
    passport = ask_for_passport(certificate.person, True, timezone.now())
    assert publish_passport(passport, SealedDocument(b"first", "0" * 64, True), timezone.now())
    assert not publish_passport(passport, SealedDocument(b"second", "0" * 64, True), timezone.now())
    passport.refresh_from_db()
    assert content_of(passport) == b"first"
    assert storage.fingerprint(b"second") not in stored_files()


def test_the_same_file_published_twice_is_kept(certificate):
    """As after a worker killed between its file and the row of its job."""
    passport = ask_for_passport(certificate.person, True, timezone.now())
    for _ in range(2):
        publish_passport(passport, SealedDocument(b"same", "0" * 64, True), timezone.now())
    passport.refresh_from_db()
    assert content_of(passport) == b"same"


@pytest.mark.django_db
def test_stop_of_issuing_holds_passports_too(certificate, run_jobs, django_capture_on_commit_callbacks):
    officer = make_user(is_superuser=True)
    stop = stop_issuing(officer, "Clé douteuse", timezone.now())
    ask_for_passport(certificate.person, True, timezone.now())
    assert [job.state for job in run_jobs(JOB)] == ["waiting"]
    resume_issuing(stop, officer, "Levée", timezone.now())
    assert [job.state for job in run_jobs(JOB)] == ["done"]
    assert Passport.objects.get().state == "made"


def test_what_nobody_will_make_is_said_and_asked_for_again(client, certificate):
    ask_for_passport(certificate.person, True, timezone.now())
    Job.objects.filter(name=JOB).update(state=Job.State.FAILED, finished_at=timezone.now())
    client.force_login(certificate.person)
    assert "n’a pas pu être préparé" in page_of(client)
    assert "en préparation…" in page_of_post(client)
    assert list(Passport.objects.order_by("pk").values_list("state", flat=True)) == ["failed", "asked"]


def test_passport_is_its_holders_alone(client, certificate):
    passport, manager = make_made(certificate.person), make_user()
    place(certificate.person, make_unit(), manager)
    path = reverse("certificates:passport_download", args=[passport.pk])
    statuses = {certificate.person: 200, manager: 404, make_user(is_superuser=True): 404, make_user(): 404}
    for user, status in statuses.items():
        client.force_login(user)
        assert client.get(path).status_code == status
        assert (passport.printed_code in page_of(client)) == (status == 200)
    client.logout()
    assert client.get(path).status_code == 302
    assert client.get(PAGE).status_code == 302


def test_passport_in_preparation_has_nothing_to_download_nor_to_show(client, certificate):
    passport = ask_for_passport(certificate.person, True, timezone.now())
    client.force_login(certificate.person)
    assert client.get(reverse("certificates:passport_download", args=[passport.pk])).status_code == 404
    assert client.get(passport.public_path).status_code == 404


def test_who_holds_nothing_is_told_what_to_do(client):
    client.force_login(make_user())
    assert "Rien à mettre dans un passeport" in page_of(client)
    assert "Il n’y a rien à mettre dans un passeport pour le moment." in page_of_post(client)
    assert not Passport.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_page_costs_the_same_for_any_length(client, count, django_assert_num_queries):
    person = make_certificate().person
    for _ in range(count):
        make_made(person)
    client.force_login(person)
    client.get(PAGE)
    with django_assert_num_queries(3):  # passports, how many documents, whether some are kept
        assert page_of(client).count("Passeport du") == count


def test_dropped_file_is_known_and_tells_today(client, certificate):
    other = make_certificate(certificate.person)
    content = content_of(make_made(certificate.person))
    text = drop(client, content)
    assert "Fichier intact : c’est, octet pour octet" in text
    assert "Délivré par nous : c’est un passeport, établi le" in text
    assert "Valide aujourd’hui : oui, tous les documents de ce passeport." in text
    assert certificate.printed_name in text
    revoke_certificate(certificate, make_user(), "Fraude établie", timezone.now())
    text = drop(client, content)
    assert "1 document de ce passeport n’est pas valide." in text
    assert f"{certificate.printed_number} valide révoqué" in text
    assert f"{other.printed_number} valide valide" in text


def test_what_came_later_is_not_told(client, certificate):
    passport = make_made(certificate.person)
    later = make_certificate(certificate.person)
    assert later.printed_number not in drop(client, content_of(passport))
    assert later.printed_number not in page_of(client, passport.public_path)


def test_altered_file_is_refused(client, certificate):
    content = content_of(make_made(certificate.person))
    at = content.index(b"/Title")
    text = drop(client, content[: at + 8] + bytes([content[at + 8] ^ 1]) + content[at + 9 :])
    assert "Fichier modifié" in text
    assert certificate.printed_number not in text


def test_file_with_something_added_is_refused(client, certificate):
    assert "Fichier modifié" in drop(client, content_of(make_made(certificate.person)) + b"\n%%EOF\n")


def test_kept_document_is_told_only_to_whom_the_passport_gives_its_link(client, certificate):
    choose(certificate, Certificate.Visibility.LINK)
    passport = make_made(certificate.person)
    content = content_of(passport)
    assert f"{certificate.printed_number} valide valide" in drop(client, content)
    assert certificate.printed_number not in page_of(client, passport.public_path)
    Certificate.objects.filter(pk=certificate.pk).update(link_key="NEWKEYNEWKEY")
    text = drop(client, content)
    assert f"{certificate.printed_number} valide réservé par son titulaire" in text
    assert "NEWKEYNEWKEY" not in text
    assert "sauf ce que son titulaire réserve" in text


def test_kept_document_is_left_out_when_its_holder_says_so(client, certificate):
    kept = make_certificate(certificate.person)
    choose(kept, Certificate.Visibility.LINK)
    client.force_login(certificate.person)
    assert "que je réserve aux personnes qui ont mon lien" in page_of(client)
    client.post(PAGE, {})
    assert [line.number for line in Passport.objects.get().printed.lines] == [certificate.printed_number]


def test_page_of_the_code_shows_the_name_only_when_nothing_is_masked(client, certificate):
    passport = make_made(certificate.person)
    path = passport.public_path
    assert path == f"/p/{passport.public_code}/"
    page = page_of(client, path)
    assert certificate.printed_name in page
    assert certificate.printed_number in page
    assert client.get(path)["X-Robots-Tag"] == "noindex, nofollow"
    choose(certificate, Certificate.Visibility.MASKED)
    page = page_of(client, path)
    assert certificate.printed_name not in page
    assert "masqué par son titulaire" in page


def test_code_typed_where_codes_are_typed_leads_to_the_passport(client, certificate):
    passport = make_made(certificate.person)
    typed = passport.printed_code.lower()
    answer = client.get(reverse("certificates:verify"), {"code": typed})
    assert answer.headers["Location"] == passport.public_path
    assert client.get("/p/0000-0000-0000/").status_code == 404


def test_replaced_and_erased_documents_are_not_listed(certificate):
    erased = make_certificate(certificate.person)
    replaced = make_certificate(certificate.person)
    Certificate.objects.filter(pk=replaced.pk).update(state="replaced", state_reason="Nom corrigé.")
    erase_name(erased, None, "Demande", timezone.now())
    passport = ask_for_passport(certificate.person, True, timezone.now())
    assert [line.number for line in passport.printed.lines] == [certificate.printed_number]


def test_erasing_a_name_erases_passports(client, certificate, django_capture_on_commit_callbacks):
    passport = make_made(certificate.person)
    content, name = content_of(passport), certificate.printed_name
    asked = ask_for_passport(certificate.person, True, timezone.now())
    with django_capture_on_commit_callbacks(execute=True):
        erase_name(certificate, None, "Demande du titulaire", timezone.now())
    assert passport.sha256 not in stored_files()
    assert name not in str(list(Passport.objects.values()))
    make_passport(Payload(passport=asked.pk))  # too late
    assert {one.state for one in Passport.objects.all()} == {"erased"}
    client.force_login(certificate.person)
    assert client.get(reverse("certificates:passport_download", args=[passport.pk])).status_code == 404
    assert passport.printed_code not in page_of(client)
    text = drop(client, content)  # whoever kept the file still proves it
    assert "Délivré par nous : c’est un passeport" in text
    assert "effacé du registre à sa demande" in text
    assert name not in text


def test_passport_is_never_deleted(certificate):
    passport = ask_for_passport(certificate.person, True, timezone.now())
    with pytest.raises(KeptForever):
        passport.delete()
    with pytest.raises(KeptForever):
        Passport.objects.all().delete()


def test_content_reads_as_it_was_written():
    content = a_passport(4)
    assert PassportContent.from_json(content.to_json()) == content


@pytest.mark.parametrize(("count", "pages"), [(1, 1), (12, 3), (40, 7)])
def test_long_passports_have_pages_and_lose_nothing(count, pages):
    content = a_passport(count)
    drawn = draw_passport(content, django_settings.LMS_FONTS_DIR, False)
    assert draw_passport(content, django_settings.LMS_FONTS_DIR, False) == drawn
    text = text_of(drawn)
    assert f"Page {pages} sur {pages}" in text
    assert [text.count(line.number) for line in content.lines] == [1] * count
    assert "SPÉCIMEN" not in text


def test_document_of_a_programme_names_its_courses():
    text = text_of(draw_passport(a_passport(4), django_settings.LMS_FONTS_DIR, False))
    assert "N1, suivi des formations du parcours" in text
    assert "Parcours de formations : Messagerie ; X-Road" in text


def test_document_that_prints_another_name_says_so():
    text = text_of(draw_passport(a_passport(2), django_settings.LMS_FONTS_DIR, False))
    assert "Nom imprimé sur ce document : Ọ̀ṣúnlékẹ̀ Ɖɔ̀súxwɛ́ Marie-Antoinette" in text
