"""Files sealed with the time when it can be had, then given their archive: exactly once, whatever fails."""

import logging
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from certificates import rules
from certificates.actions import archive_file, ask_for_archives, warn_of_late_archives
from certificates.actions.keys import compromise_key
from certificates.keys.authority import time_files
from certificates.lasting.proofs import ProofKeeper
from certificates.lasting.room import certificates_of, open_revocation_source, open_time_stamper
from certificates.models import CertificateFile, SealKey
from certificates.sealing.room import open_sealer
from certificates.storage import read
from certificates.tasks.watches import archive_due
from certificates.verifying.checking import check_pdf
from certificates.verifying.trust import time_roots, trusted_roots
from certificates.verifying.verdicts import Verdict
from lms.core.jobs import enqueue
from lms.core.models import AuditEntry, Job
from lms.core.permissions import OPERATE_JOBS
from tests.certificates.killed import kill_at
from tests.certificates.makers import make_certificate, make_officer, make_unit, make_user
from tests.certificates.test_issuing import at_once, stored_files
from tests.certificates.time_server import Dawdler, TimeServer

pytestmark = pytest.mark.django_db
NOWHERE = "http://127.0.0.1:9/"


@pytest.fixture
def due(settings):
    """Archives are due at once."""
    settings.LMS_ARCHIVE_AFTER_MINUTES = 0


@pytest.fixture
def service(settings, pki_dir):
    """A time-stamp service of one's own, over HTTP."""
    authority = open_time_stamper().authority
    with TimeServer(authority.answer).running() as server:
        settings.LMS_TSA_URL, settings.LMS_TSA_ROOTS = server.url, str(time_files(pki_dir).root)
        server.authority = authority
        yield server


def levels(certificate):
    return list(certificate.files.values_list("generation", "level"))


def content_of(file):
    return read(file.storage_name, file.sha256)


def verdict(file):
    return check_pdf(content_of(file), trusted_roots(), time_roots()).verdict


def a_keeper():
    return ProofKeeper(open_revocation_source(), certificates_of([*trusted_roots(), *time_roots()]))


# --- At issue


def test_certificate_is_issued_with_its_time_stamp(service):
    certificate = make_certificate()
    file = certificate.files.get()
    assert levels(certificate) == [(1, "b-t")]
    assert abs(file.stamped_at - timezone.now()) < timedelta(seconds=5)
    assert len(file.stamper_sha256) == 64
    assert verdict(file) == Verdict.INTACT
    assert file.size_bytes < 75_000


@pytest.mark.parametrize("answer", [lambda request: (503, {}, b""), lambda request: b"lies"], ids=["away", "lying"])
def test_learner_does_not_wait_for_a_service_that_fails(answer, service, due, run_jobs):
    right, service.answer = service.answer, answer
    certificate, other = make_certificate(), make_certificate()
    assert levels(certificate) == levels(other) == [(1, "b-b")]
    assert service.asked == 1  # the second did not even ask
    assert verdict(certificate.files.get()) == Verdict.INTACT
    archive_due()
    (job,) = run_jobs("certificates.archive")
    assert (job.state, job.attempts) == ("waiting", 1)
    assert "ménage" in job.error
    service.answer = right
    open_time_stamper().breaker.reset()
    Job.objects.update(run_after=timezone.now())
    run_jobs("certificates.archive")
    for row in (certificate, other):
        assert levels(row) == [(1, "b-b"), (2, "b-lta")]
        assert verdict(row.current_file()) == Verdict.INTACT


def test_slow_service_is_left_before_it_answers_and_asked_once(service, settings):
    slow = Dawdler()
    settings.LMS_TSA_SECONDS, service.answer = 0.3, slow.silent
    assert [levels(make_certificate()) for _ in range(4)] == [[(1, "b-b")]] * 4
    assert slow.was_asked.wait(10)
    assert (service.asked, slow.has_answered) == (1, False)
    slow.is_over.set()


# --- The archive


def test_due_files_are_archived_once_and_downloads_serve_the_archive(due, run_jobs, client):
    certificates = [make_certificate() for _ in range(3)]
    archive_due()
    archive_due()
    (job,) = Job.objects.filter(name="certificates.archive")
    assert job.queue == "signing"
    run_jobs("certificates.archive")
    archive_due()
    assert Job.objects.filter(name="certificates.archive").count() == 1
    for certificate in certificates:
        first, second = certificate.files.all()
        assert levels(certificate) == [(1, "b-t"), (2, "b-lta")]
        assert content_of(second).startswith(content_of(first))
        assert second.size_bytes < 100_000
        assert second.restamp_at > timezone.now() + timedelta(days=5 * 365)
        assert verdict(second) == Verdict.INTACT
    client.force_login(certificates[0].person)
    served = client.get(reverse("certificates:download", args=[certificates[0].pk])).content
    assert served == content_of(certificates[0].current_file())
    page = client.get(reverse("certificates:verify_code", args=[certificates[0].public_code])).content.decode()
    assert certificates[0].current_file().sha256 in page
    assert "PAdES B-LTA" in page


def test_nothing_is_archived_before_its_time(run_jobs, settings):
    certificate = make_certificate()
    archive_due()
    assert not Job.objects.filter(name="certificates.archive").exists()
    assert not CertificateFile.objects.to_archive(timezone.now()).exists()
    later = timezone.now() + timedelta(minutes=settings.LMS_ARCHIVE_AFTER_MINUTES + 1)
    assert list(CertificateFile.objects.to_archive(later)) == [certificate.files.get()]


def test_earlier_generation_stays_known_to_the_verification_page(due, run_jobs, client):
    certificate = make_certificate()
    archive_due()
    run_jobs("certificates.archive")
    first, second = certificate.files.all()
    for file, said in ((first, "version antérieure"), (second, "octet pour octet")):
        pdf = SimpleUploadedFile("certificat.pdf", content_of(file), "application/pdf")
        page = client.post(reverse("certificates:verify_file"), {"pdf": pdf}).content.decode()
        assert said in page
        assert certificate.printed_number in page
        assert ("version antérieure" in page) is (file == first)


def test_batches_follow_one_another_and_a_damaged_file_does_not_stop_them(due, run_jobs, settings):
    settings.LMS_ARCHIVE_BATCH = 2
    certificates = [make_certificate() for _ in range(5)]
    damaged = certificates[1].files.get()
    from django.core.files.storage import storages

    with open(storages["private"].path(damaged.storage_name), "ab") as file:  # noqa: PTH123
        file.write(b"x")
    archive_due()
    ran = run_jobs("certificates.archive")
    assert [job.state for job in ran] == ["done"] * 3
    assert f"1 sans archive, dont {certificates[1].printed_number}" in ran[0].note
    assert [len(levels(certificate)) for certificate in certificates] == [2, 1, 2, 2, 2]


def test_file_archived_twice_at_once_has_one_more_generation(due):
    certificate = make_certificate()
    file = certificate.files.get()
    stamper = open_time_stamper()
    for expected in (2, None):
        archived = archive_file(file, a_keeper(), stamper.stamp(bytes(32)).chain, stamper, timezone.now())
        assert (archived and archived.generation) == expected
    assert levels(certificate) == [(1, "b-t"), (2, "b-lta")]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_workers_on_the_same_batch_leave_one_archive_each(due):
    certificates = [make_certificate() for _ in range(2)]
    jobs = [enqueue("certificates.archive", key=f"batch:{number}") for number in range(2)]
    from lms.core.jobs import run_job

    assert at_once(*[lambda pk=job.pk: run_job(pk) for job in jobs]) == []
    for certificate in certificates:
        assert levels(certificate) == [(1, "b-t"), (2, "b-lta")]


KILLED_AT = {
    "before the proofs": "certificates.actions.archiving.storage.read",
    "between proofs and time-stamp": "certificates.actions.archiving.archive",
    "between time-stamp and storing": "certificates.actions.archiving.keep_generation",
    "between storing and recording": "certificates.actions.archiving.rules.restamp_at",
}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("step", KILLED_AT)
def test_worker_killed_at_a_step_goes_on_where_it_was(step, tmp_path, settings, due):
    from lms.core.jobs import run_job

    certificates = [make_certificate() for _ in range(2)]
    job = ask_for_archives(timezone.now())
    kill_at(KILLED_AT[step], job, tmp_path, LMS_ARCHIVE_AFTER_MINUTES="0")
    assert all(len(levels(certificate)) == 1 for certificate in certificates)
    assert run_job(job.pk)
    for certificate in certificates:
        assert levels(certificate) == [(1, "b-t"), (2, "b-lta")]
        assert verdict(certificate.current_file()) == Verdict.INTACT
        assert f"{certificate.current_file().sha256}.pdf" in stored_files()


def test_archive_that_ages_is_stamped_again(due, run_jobs, settings):
    certificate = make_certificate()
    archive_due()
    run_jobs("certificates.archive")
    settings.LMS_ARCHIVE_AFTER_MINUTES = 60
    archive = certificate.current_file()
    assert not CertificateFile.objects.to_archive(archive.restamp_at - timedelta(seconds=1)).exists()
    assert list(CertificateFile.objects.to_archive(archive.restamp_at)) == [archive]
    CertificateFile.objects.filter(pk=archive.pk).update(restamp_at=timezone.now())
    archive_due()
    run_jobs("certificates.archive")
    assert levels(certificate) == [(1, "b-t"), (2, "b-lta"), (3, "b-lta")]
    again = certificate.current_file()
    assert content_of(again).startswith(content_of(archive))
    assert verdict(again) == Verdict.INTACT
    assert again.size_bytes < 100_000


def test_time_stamps_are_renewed_at_four_fifths_of_the_life_of_their_certificate():
    start = timezone.now()
    assert rules.restamp_at(start, start + timedelta(days=1000)) == start + timedelta(days=800)


def test_installation_without_a_time_service_says_so(due, run_jobs, settings):
    make_certificate()
    settings.LMS_SEALER = "pkcs11"
    archive_due()
    (job,) = run_jobs("certificates.archive")
    assert "LMS_TSA_URL" in job.error


# --- The operator


def test_file_left_without_archive_is_told_of_once_a_day(caplog):
    certificate = make_certificate()
    now = certificate.files.get().created_at
    assert warn_of_late_archives(now + timedelta(hours=24)) is None
    noon = (now + timedelta(days=2)).replace(hour=12)
    for at in (noon, noon + timedelta(hours=1), noon + timedelta(days=1)):
        assert warn_of_late_archives(at) == at - now
    first, second = AuditEntry.objects.filter(verb="seal.archive_late").order_by("pk")
    assert (first.details["day"], second.details["day"]) == (f"{noon:%Y-%m-%d}", f"{noon + timedelta(days=1):%Y-%m-%d}")
    assert certificate.printed_number in first.object_label
    errors = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert len(errors) == 3


@pytest.fixture
def operator():
    return make_officer(make_unit(), OPERATE_JOBS)


def test_operator_sees_counts_the_oldest_and_the_alarm(client, operator, due, run_jobs):
    archived, waiting = make_certificate(), None
    archive_due()
    run_jobs("certificates.archive")
    waiting = make_certificate()
    client.force_login(operator)
    page = client.get(reverse("certificate_archives")).content.decode()
    assert waiting.printed_number in page
    assert archived.printed_number not in page
    assert waiting.printed_name not in page
    assert "plus de 24 heures" not in page
    old = timezone.now() - timedelta(hours=30)
    CertificateFile.objects.filter(certificate=waiting).update(created_at=old)
    assert "plus de 24 heures" in client.get(reverse("certificate_archives")).content.decode()
    assert reverse("certificate_archives") in client.get(reverse("wagtailadmin_home")).content.decode()


def test_operator_sees_the_keys_their_end_and_what_they_gave_this_hour(client, operator, settings):
    client.force_login(operator)
    assert "Aucune clé au registre" in client.get(reverse("certificate_archives")).content.decode()
    make_certificate()
    key, now = SealKey.objects.get(purpose="pdf"), timezone.now()
    page = client.get(reverse("certificate_archives")).content.decode()
    assert "cachet des documents" in page
    assert "active : signe" in page
    assert "1 sur 20000" in page.replace("\xa0", "").replace("\u202f", "")
    assert date_format(timezone.localtime(key.valid_to), "j F Y") in page
    compromise_key(key, now, "Jeton volé", timezone.now())
    page = client.get(reverse("certificate_archives")).content.decode()
    assert "compromise" in page and "Jeton volé" in page


@pytest.mark.parametrize(("days", "status"), [(91, None), (90, "warning"), (8, "warning"), (7, "critical")])
def test_operator_is_warned_on_the_page_of_a_seal_that_ends(days, status, client, operator, monkeypatch):
    open_sealer()
    key = SealKey.objects.get(purpose="pdf")
    now = key.valid_to - timedelta(days=days)
    monkeypatch.setattr(timezone, "now", lambda: now)
    client.force_login(operator)
    page = client.get(reverse("certificate_archives")).content.decode()
    ends = f"Le certificat de la clé « {key.label} » se termine le {date_format(timezone.localtime(key.valid_to), 'j F Y')}."
    assert (ends in page) is (status is not None)
    assert [each for each in ("warning", "critical") if f"help-{each}" in page] == ([status] if status else [])


@pytest.mark.parametrize("count", [1, 3])
def test_operators_page_costs_the_same_for_any_number_of_files(client, operator, count, django_assert_num_queries):
    for _ in range(count):
        make_certificate()
    client.force_login(operator)
    client.get(reverse("certificate_archives"))
    with django_assert_num_queries(12):
        client.get(reverse("certificate_archives"))


def test_operators_page_is_for_operators(client):
    client.force_login(make_officer(make_unit(), "certificates.view_certificate"))
    assert client.get(reverse("certificate_archives")).status_code == 302  # Wagtail sends home, saying why
    client.force_login(make_user())
    assert client.get(reverse("certificate_archives")).status_code == 403
