"""From the completed course to the sealed file: exactly once, whatever happens to the workers."""

import os
from pathlib import Path

import pytest
from django.core import mail
from django.core.files.storage import storages
from django.db import transaction
from django.utils import timezone

from certificates.actions import (
    ActRefused,
    publish_certificate,
    reserve_certificate,
    revoke_certificate,
)
from certificates.lasting.signature import SealedDocument
from certificates.models import Certificate, CertificateAct, CertificateFile, KeptForever, Series
from certificates.signals import certificate_state_changed, certificates_issued
from certificates.storage import FileDamaged, keep, read
from certificates.tasks.signing import issue
from certificates.verifying.checking import check_pdf
from certificates.verifying.trust import trusted_roots
from certificates.verifying.verdicts import Verdict
from lms.core.jobs import run_job
from lms.core.models import AuditEntry, Job
from lms.learning.models import Completion, Enrolment
from lms.learning.signals import course_completed
from tests.certificates.killed import kill_at
from tests.certificates.makers import (
    Payload,
    at_once,
    make_certificate,
    make_completion,
    make_course,
    make_reserved,
    make_unit,
    make_user,
)

ISSUED = [CertificateAct.Verb.RESERVED, CertificateAct.Verb.ISSUED]


def verbs(certificate):
    return list(certificate.acts.values_list("verb", flat=True))


def stored_files():
    root = storages["private"].path("certificates")
    return sorted(name for _, _, names in os.walk(root) for name in names)


@pytest.fixture
def no_time(settings):
    """A time-stamp service that is away: the same certificate then gives the same file, whoever seals it."""
    settings.LMS_TSA_URL = "http://127.0.0.1:9/"


@pytest.fixture
def announced():
    """The certificates announced as issued."""
    heard = []

    def hear(sender, certificates, **kwargs):
        heard.extend(certificate.pk for certificate in certificates)

    certificates_issued.connect(hear)
    yield heard
    certificates_issued.disconnect(hear)


@pytest.mark.django_db
def test_completing_a_course_issues_its_certificate_and_tells_the_learner(
    run_jobs, announced, django_capture_on_commit_callbacks
):
    completion = make_completion()
    with django_capture_on_commit_callbacks():
        course_completed.send(sender=Enrolment, enrolment=completion.enrolment, completion=completion)
        course_completed.send(sender=Enrolment, enrolment=completion.enrolment, completion=completion)
    assert Job.objects.get(name="certificates.issue").queue == "signing"
    run_jobs()
    certificate = Certificate.objects.get()
    file = certificate.files.get()
    content = read(file.storage_name, file.sha256)
    assert certificate.state == "valid"
    assert certificate.printed_number == f"CTD-{timezone.localdate().year}-000001"
    assert certificate.printed.content_version == 3
    assert verbs(certificate) == ISSUED
    assert check_pdf(content, trusted_roots()).verdict == Verdict.INTACT
    assert file.size_bytes == len(content)
    assert file.is_specimen
    assert announced == [certificate.pk]
    assert AuditEntry.objects.about(certificate).get().verb == "certificate.issue"
    (message,) = mail.outbox
    assert message.to == [certificate.person.email]
    assert certificate.printed_code in message.body
    assert certificate.printed.verification_url in message.body


@pytest.mark.django_db
def test_task_run_again_issues_nothing_more(announced):
    certificate = make_certificate()
    for _ in range(3):
        issue(Payload(enrolment=certificate.enrolment_id))
    assert Certificate.objects.count() == CertificateFile.objects.count() == 1
    assert verbs(certificate) == ISSUED
    assert announced == [certificate.pk]


@pytest.mark.django_db
def test_only_a_completed_course_is_certified():
    enrolment = Enrolment.objects.create(person=make_user(), course=make_course(), enrolled_at=timezone.now())
    with pytest.raises(Completion.DoesNotExist):
        issue(Payload(enrolment=enrolment.pk))
    assert not Certificate.objects.exists()
    assert not Series.objects.filter(last_number__gt=0).exists()


@pytest.mark.django_db
def test_number_goes_back_with_the_transaction_that_took_it():
    first, second = make_completion(), make_completion()
    with pytest.raises(RuntimeError), transaction.atomic():
        reserve_certificate(first.enrolment_id, timezone.now())
        raise RuntimeError
    assert reserve_certificate(second.enrolment_id, timezone.now()).number == 1


@pytest.mark.django_db
def test_worker_that_comes_second_publishes_nothing(announced):
    certificate = make_reserved()
    assert publish_certificate(certificate, SealedDocument(b"one", "a" * 64, True), timezone.now())
    assert not publish_certificate(certificate, SealedDocument(b"two", "a" * 64, True), timezone.now())
    assert read(certificate.files.get().storage_name, certificate.files.get().sha256) == b"one"
    assert announced == [certificate.pk]
    kept = [name for _, _, names in os.walk(storages["private"].path("certificates")) for name in names]
    assert [Path(name).stem for name in kept] == [
        certificate.files.get().sha256
    ]  # a file nobody knows would keep a name


@pytest.mark.django_db
def test_renaming_the_person_and_the_course_changes_nothing_issued():
    certificate = make_certificate()
    before = certificate.snapshot
    certificate.person.first_name = certificate.person.last_name = "Autre"
    certificate.person.save()
    course = certificate.enrolment.course
    course.title = "Autre titre"
    course.save()
    certificate = Certificate.objects.get()
    assert certificate.snapshot == before
    assert "Autre" not in certificate.printed_name + certificate.course_title


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["snapshot", "printed_name", "number", "public_code"])
def test_what_was_frozen_cannot_be_saved_otherwise(field):
    certificate = make_certificate()
    setattr(certificate, field, {"snapshot": {}}.get(field, 7))
    with pytest.raises(KeptForever):
        certificate.save()


@pytest.mark.django_db
def test_nothing_of_the_register_is_deleted_nor_rewritten():
    certificate = make_certificate()
    for row in (certificate, certificate.files.get(), certificate.acts.first()):
        with pytest.raises(KeptForever):
            row.delete()
    for rows in (Certificate.objects, CertificateFile.objects, CertificateAct.objects):
        with pytest.raises(KeptForever):
            rows.all().delete()
    for row in (certificate.files.get(), certificate.acts.first()):
        with pytest.raises(KeptForever):
            row.save()


@pytest.mark.django_db
def test_revocation_is_final_signed_and_announced():
    certificate, officer, heard = make_certificate(), make_user(), []
    certificate_state_changed.connect(lambda sender, certificate, **kwargs: heard.append(certificate.pk), weak=False)
    revoke_certificate(certificate, officer, " Fraude ", timezone.now())
    certificate.refresh_from_db()
    act = certificate.acts.last()
    assert (certificate.state, certificate.state_reason) == ("revoked", "Fraude")
    assert (act.verb, act.actor, act.reason) == ("revoked", officer, "Fraude")
    assert heard == [certificate.pk]
    with pytest.raises(ActRefused):
        revoke_certificate(certificate, officer, "Encore", timezone.now())


@pytest.mark.django_db
@pytest.mark.parametrize("reason", ["", "   "])
def test_revocation_needs_a_reason(reason):
    with pytest.raises(ActRefused):
        revoke_certificate(make_certificate(), make_user(), reason, timezone.now())


def test_file_is_written_once_and_again_when_a_writer_died_half_way():
    name = keep(b"whole")
    assert keep(b"whole") == name
    path = storages["private"].path(name)
    with open(path, "wb") as file:  # noqa: PTH123
        file.write(b"who")
    with pytest.raises(FileDamaged):
        read(name, name.rpartition("/")[2].removesuffix(".pdf"))
    assert keep(b"whole") == name
    assert read(name, name.rpartition("/")[2].removesuffix(".pdf")) == b"whole"
    assert len(stored_files()) == 1


# --- Several workers at once


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_numbers_have_no_gap_when_workers_reserve_at_once_the_same_and_others():
    course = make_course()
    enrolments = [make_completion(course=course).enrolment_id for _ in range(12)]
    calls = [lambda pk=pk: reserve_certificate(pk, timezone.now()) for pk in enrolments * 2]
    assert at_once(*calls) == []
    numbers = sorted(Certificate.objects.values_list("number", flat=True))
    assert numbers == list(range(1, 13))
    assert Series.objects.get().last_number == 12


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_task_run_in_parallel_issues_one_certificate_one_file(no_time):
    enrolment = make_completion().enrolment_id
    assert at_once(*[lambda: issue(Payload(enrolment=enrolment))] * 4) == []
    certificate = Certificate.objects.get()
    assert certificate.files.count() == 1
    assert verbs(certificate) == ISSUED
    assert len(stored_files()) == 1
    assert Job.objects.filter(name="certificates.tell").count() == 1


# --- A worker killed at each step, for real

KILLED_AT = {
    "after the number is given": "certificates.tasks.signing.draw_certificate",
    "between drawing and sealing": "certificates.lasting.signature.seal_documents",
    "between sealing and storing": "certificates.tasks.signing.publish_certificates",
    "between storing and publishing": "certificates.actions.issuing.storage.fingerprint",
}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("step", KILLED_AT)
def test_worker_killed_at_a_step_leaves_one_certificate_once_the_job_is_taken_up_again(
    step, tmp_path, settings, no_time
):
    completion = make_completion()
    course_completed.send(sender=Enrolment, enrolment=completion.enrolment, completion=completion)
    job = Job.objects.get(name="certificates.issue")
    kill_at(KILLED_AT[step], job, tmp_path, LMS_TSA_URL=settings.LMS_TSA_URL)
    assert Certificate.objects.get().state == "reserved"
    assert run_job(job.pk)
    certificate = Certificate.objects.get()
    assert (certificate.state, certificate.number) == ("valid", 1)
    assert verbs(certificate) == ISSUED
    assert stored_files() == [f"{certificate.files.get().sha256}.pdf"]


@pytest.mark.django_db
def test_seal_that_does_not_open_leaves_the_certificate_reserved_and_the_job_waiting(settings):
    completion = make_completion()
    course_completed.send(sender=Enrolment, enrolment=completion.enrolment, completion=completion)
    settings.LMS_SIGNING_WORKER = False
    job = Job.objects.get(name="certificates.issue")
    run_job(job.pk)
    job.refresh_from_db()
    assert job.state == "waiting"
    assert "LMS_SIGNING_WORKER" in job.error
    assert Certificate.objects.get().state == "reserved"


@pytest.mark.django_db
def test_holder_and_officers_of_the_unit_are_given_the_certificates_they_may_see():
    mine, other = make_certificate(), make_certificate()
    make_unit()
    assert list(Certificate.objects.visible_to(mine.person)) == [mine]
    assert list(Certificate.objects.visible_to(make_user())) == []
    assert set(Certificate.objects.visible_to(make_user(is_superuser=True))) == {mine, other}
