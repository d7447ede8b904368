"""Certificates issued in batches with four eyes, for how long they are good, and the switch that stops it all."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from certificates.actions.batches import BatchRefused, approve_batch, propose_batch, reject_batch, run_batch
from certificates.actions.stopping import NotStopped, resume_issuing, stop_issuing
from certificates.models import Certificate, CoursePolicy, IssueBatch, IssuingStop
from certificates.permissions import APPROVE_BATCH, PROPOSE_BATCH, STOP, VIEW_BATCH
from certificates.rules import issuing as issue_rules
from certificates.tasks.signing import issue
from certificates.waiting import wait_of
from lms.core.models import AuditEntry, Job
from lms.learning.models import Completion, Enrolment
from lms.learning.signals import course_completed
from tests.certificates.makers import (
    Payload,
    make_completion,
    make_course,
    make_officer,
    make_unit,
    make_user,
    place,
)

pytestmark = pytest.mark.django_db
RIGHTS = (VIEW_BATCH, PROPOSE_BATCH, APPROVE_BATCH)


@pytest.fixture
def unit():
    return make_unit()


@pytest.fixture
def course():
    course = make_course()
    CoursePolicy.objects.create(course=course, mode="batch")
    return course


@pytest.fixture
def proposer(unit):
    return make_officer(unit, *RIGHTS)


@pytest.fixture
def approver(unit):
    return make_officer(unit, *RIGHTS)


def waiting(course, unit, count=1, person=None):
    """People of the unit who completed the course, as learning announces it."""
    found = []
    for _ in range(count):
        completion = make_completion(person, course)
        place(completion.enrolment.person, unit)
        course_completed.send(sender=Enrolment, enrolment=completion.enrolment, completion=completion)
        found.append(completion)
    return found


def url(name, *args):
    return reverse(f"certificate_batches:{name}", args=args)


def test_course_issued_in_batches_waits_and_says_so(course, unit):
    (completion,) = waiting(course, unit)
    assert not Job.objects.filter(name="certificates.issue").exists()
    assert "attend d’être approuvé" in wait_of(completion.enrolment).title


def test_batch_is_proposed_by_one_and_approved_by_another_then_issued(course, unit, proposer, approver, run_jobs):
    waiting(course, unit, 2)
    batch = propose_batch(course, proposer, "Promotion de novembre", timezone.now())
    for who in (proposer, make_officer(make_unit("S2"), *RIGHTS), make_user()):
        with pytest.raises(BatchRefused):
            approve_batch(batch, who, timezone.now())
    approve_batch(batch, approver, timezone.now())
    with pytest.raises(BatchRefused):
        reject_batch(batch, approver, "Trop tard", timezone.now())
    run_jobs("certificates.run_batch")
    run_batch(batch)
    run_jobs("certificates.issue")
    assert list(Certificate.objects.order_by("number").values_list("number", "state")) == [(1, "valid"), (2, "valid")]
    assert Job.objects.filter(name="certificates.issue").count() == 2
    with pytest.raises(BatchRefused):
        propose_batch(course, proposer, "", timezone.now())
    assert list(AuditEntry.objects.about(batch).order_by("pk").values_list("verb", flat=True)) == [
        "certificate.propose_batch",
        "certificate.batch_approved",
    ]


def test_database_refuses_that_two_eyes_do(course, unit, proposer):
    waiting(course, unit)
    batch = propose_batch(course, proposer, "", timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        IssueBatch.objects.filter(pk=batch.pk).update(state="approved", decided_by=proposer, decided_at=timezone.now())


def test_nobody_proposes_nor_approves_their_own(course, unit, proposer, approver):
    waiting(course, unit, person=proposer)
    with pytest.raises(BatchRefused):
        propose_batch(course, proposer, "", timezone.now())
    waiting(course, unit, person=approver)
    batch = propose_batch(course, proposer, "", timezone.now())
    assert list(batch.lines.values_list("enrolment__person", flat=True)) == [approver.pk]
    with pytest.raises(BatchRefused):
        approve_batch(batch, approver, timezone.now())


def test_rejected_batch_says_why_and_may_be_proposed_again(course, unit, proposer, approver):
    waiting(course, unit)
    batch = propose_batch(course, proposer, "", timezone.now())
    with pytest.raises(BatchRefused):
        reject_batch(batch, approver, " ", timezone.now())
    reject_batch(batch, approver, "Mauvaise formation", timezone.now())
    assert propose_batch(course, proposer, "", timezone.now()).lines.count() == 1


def test_line_that_fails_stops_none_of_the_others_and_is_reported(client, course, unit, proposer, approver, run_jobs):
    good, bad = waiting(course, unit, 2)
    batch = approve_batch(propose_batch(course, proposer, "", timezone.now()), approver, timezone.now())
    run_batch(batch)
    Completion.objects.filter(pk=bad.pk).delete()
    Job.objects.filter(name="certificates.issue").update(max_attempts=1)
    run_jobs("certificates.issue")
    client.force_login(proposer)
    page = client.get(url("batch", batch.pk)).content.decode()
    for text in ("Avancement : 100 %", "Délivré : 1", "En échec : 1"):
        assert text in page
    number = Certificate.objects.get(enrolment=good.enrolment_id).printed_number
    report = client.get(url("report", batch.pk), {"export": "csv"})
    lines = b"".join(report.streaming_content).decode()
    assert number in lines
    assert "en échec" in lines
    assert "Completion" in lines
    assert client.get(url("report", batch.pk), {"export": "xlsx"}).status_code == 200


def test_officer_sees_the_dry_run_leaves_someone_out_and_another_approves(client, course, unit, proposer, approver):
    kept, left = waiting(course, unit, 2)
    hidden = make_completion(course=course)
    client.force_login(proposer)
    assert course.title in client.get(url("choose")).content.decode()
    page = client.get(url("propose", course.pk)).content.decode()
    assert "2 personnes ont terminé" in page
    assert "un numéro et un document scellé" in page
    assert f'value="{hidden.enrolment_id}"' not in page
    done = client.post(url("propose", course.pk), {"note": "Novembre", "left_out": left.enrolment_id}, follow=True)
    batch = IssueBatch.objects.get()
    assert list(batch.lines.values_list("enrolment", flat=True)) == [kept.enrolment_id]
    assert "une autre personne doit l’approuver" in done.content.decode()
    assert ">Approuver<" not in done.content.decode()
    client.post(url("batch", batch.pk), {"act": "approve"})
    batch.refresh_from_db()
    assert batch.state == "proposed"
    client.force_login(approver)
    assert ">Approuver<" in client.get(url("batch", batch.pk)).content.decode()
    client.post(url("batch", batch.pk), {"act": "reject", "reason": ""})
    client.post(url("batch", batch.pk), {"act": "approve"})
    batch.refresh_from_db()
    assert (batch.state, batch.decided_by) == ("approved", approver)


def test_batches_of_others_are_not_found(client, course, unit, proposer):
    waiting(course, unit)
    batch = propose_batch(course, proposer, "", timezone.now())
    client.force_login(make_officer(make_unit("S2"), *RIGHTS))
    assert client.get(url("batch", batch.pk)).status_code == 404
    assert client.get(url("report", batch.pk)).status_code == 404
    assert str(batch) not in client.get(url("index")).content.decode()
    client.force_login(make_officer(unit, VIEW_BATCH))
    assert client.post(url("propose", course.pk)).status_code in (302, 403)
    assert IssueBatch.objects.count() == 1


@pytest.mark.parametrize("count", [1, 3])
def test_batch_costs_the_same_for_any_length(client, course, unit, proposer, count, django_assert_num_queries):
    waiting(course, unit, count)
    client.force_login(proposer)
    client.get(url("propose", course.pk))
    with django_assert_num_queries(12):
        client.get(url("propose", course.pk))
    batch = propose_batch(course, proposer, "", timezone.now())
    with django_assert_num_queries(14):
        client.get(url("batch", batch.pk))


# --- The emergency stop


def test_stop_makes_jobs_wait_without_losing_an_attempt_and_resume_takes_them_up(unit, run_jobs):
    officer = make_officer(unit, STOP)
    completion = make_completion()
    course_completed.send(sender=Enrolment, enrolment=completion.enrolment, completion=completion)
    stop_issuing(officer, "Clé compromise ?", timezone.now())
    with pytest.raises(NotStopped):
        stop_issuing(officer, "Deux fois", timezone.now())
    run_jobs("certificates.issue")
    job = Job.objects.get(name="certificates.issue")
    assert (job.state, job.attempts) == ("waiting", 0)
    assert job.run_after > timezone.now() + timedelta(minutes=4)
    assert "arrêtée" in job.error
    assert not Certificate.objects.exists()
    stop = IssuingStop.objects.get()
    with pytest.raises(NotStopped):
        resume_issuing(stop, officer, "  ", timezone.now())
    resume_issuing(stop, officer, "Fausse alerte", timezone.now())
    run_jobs("certificates.issue")
    assert Certificate.objects.get().state == "valid"
    assert IssuingStop.objects.get().resumed_by == officer


def test_officers_see_the_stop_and_its_reason(client, unit, proposer):
    stop_issuing(make_officer(unit, STOP), "Clé compromise ?", timezone.now())
    client.force_login(proposer)
    assert "Clé compromise ?" in client.get(url("index")).content.decode()
    resume = {"act": "resume", "stop": IssuingStop.objects.get().pk, "reason": "Fausse alerte"}
    assert client.post(reverse("certificate_stop"), resume).status_code in (302, 403)
    assert IssuingStop.objects.in_force().exists()
    client.force_login(make_officer(unit, STOP))
    client.post(reverse("certificate_stop"), resume | {"reason": " "})
    assert IssuingStop.objects.in_force().exists()
    client.post(reverse("certificate_stop"), resume)
    assert not IssuingStop.objects.in_force().exists()


def test_stop_of_a_unit_holds_its_people_and_no_others(unit, run_jobs):
    officer = make_officer(unit, STOP)
    below = unit.add_child(code="S1A", name="Direction", kind="directorate")
    held, free = make_completion(), make_completion()
    place(held.enrolment.person, below)
    place(free.enrolment.person, make_unit("S2"))
    stop = stop_issuing(officer, "Listes à vérifier", timezone.now(), unit)
    for completion in (held, free):
        course_completed.send(sender=Enrolment, enrolment=completion.enrolment, completion=completion)
    run_jobs("certificates.issue")
    assert [row.enrolment for row in Certificate.objects.all()] == [free.enrolment]
    assert "attend" in wait_of(held.enrolment).title
    resume_issuing(stop, officer, "Vérifiées", timezone.now())
    run_jobs("certificates.issue")
    assert Certificate.objects.filter(enrolment=held.enrolment, state="valid").exists()


def test_officer_of_a_unit_stops_that_unit_and_neither_others_nor_everything(client, unit):
    other = make_unit("S2")
    officer = make_officer(unit, STOP)
    for where in (None, other):
        with pytest.raises(NotStopped):
            stop_issuing(officer, "Doute", timezone.now(), where)
    client.force_login(officer)
    page = client.get(reverse("certificate_stop")).content.decode()
    assert "Toute la plateforme" not in page
    assert other.name not in page
    for where in ("", other.pk):
        client.post(reverse("certificate_stop"), {"act": "stop", "unit": where, "reason": "Doute"})
    assert not IssuingStop.objects.exists()
    client.post(reverse("certificate_stop"), {"act": "stop", "unit": unit.pk, "reason": "Doute"})
    stop = IssuingStop.objects.get()
    assert stop.unit == unit
    for stranger, status in ((make_officer(other, STOP), 404), (make_officer(unit, VIEW_BATCH), 302)):
        client.force_login(stranger)
        resume = {"act": "resume", "stop": stop.pk, "reason": "Moi"}
        assert client.post(reverse("certificate_stop"), resume).status_code == status
        with pytest.raises(NotStopped):
            resume_issuing(stop, stranger, "Moi", timezone.now())
    everything = stop_issuing(make_user(is_superuser=True), "Clé", timezone.now())
    client.force_login(officer)
    resume = {"act": "resume", "stop": everything.pk, "reason": "Moi"}
    assert client.post(reverse("certificate_stop"), resume).status_code in (302, 403)
    assert IssuingStop.objects.in_force().count() == 2


# --- For how long


@pytest.mark.parametrize(
    ("issued_on", "months", "last"),
    [
        (date(2026, 11, 26), None, None),
        (date(2026, 11, 26), 24, date(2028, 11, 25)),
        (date(2026, 12, 1), 12, date(2027, 11, 30)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
    ],
)
def test_last_day(issued_on, months, last):
    assert issue_rules.last_day(issued_on, months) == last


def test_validity_is_frozen_when_the_certificate_is_issued():
    completion = make_completion()
    policy = CoursePolicy.objects.create(course=completion.enrolment.course, validity_months=12)
    issue(Payload(enrolment=completion.enrolment_id))
    certificate = Certificate.objects.get()
    last = issue_rules.last_day(certificate.issued_on, 12)
    assert certificate.expires_on == certificate.printed.expires_on == last
    policy.validity_months = 6
    policy.save()
    assert Certificate.objects.get().expires_on == last


def test_officer_writes_the_rule_of_a_course(client, unit):
    client.force_login(make_officer(unit, *[f"certificates.{act}_coursepolicy" for act in ("view", "add", "change")]))
    course = make_course()
    data = {"course": course.pk, "mode": "batch", "validity_months": 24}
    client.post(reverse("certificate_policies:add"), data)
    policy = CoursePolicy.objects.get()
    assert policy.mode == "batch"
    assert AuditEntry.objects.about(policy).get().details == {"mode": "batch", "validity_months": 24}
    assert course.title in client.get(reverse("certificate_policies:index")).content.decode()
    client.post(reverse("certificate_policies:edit", args=[policy.pk]), data | {"mode": "auto"})
    policy.refresh_from_db()
    assert policy.mode == "auto"


def test_officer_of_a_unit_writes_the_rules_of_its_courses_only(client, unit):
    other = make_unit("S2")
    mine, theirs, common = make_course(producer=unit), make_course(producer=other), make_course()
    kept = [CoursePolicy.objects.create(course=course) for course in (theirs, common)]
    free = make_course(producer=other)
    client.force_login(make_officer(unit, *[f"certificates.{act}_coursepolicy" for act in ("view", "add", "change")]))
    for course in (free, mine):
        data = {"course": course.pk, "mode": "batch", "validity_months": ""}
        client.post(reverse("certificate_policies:add"), data)
    for policy in kept:
        edit = reverse("certificate_policies:edit", args=[policy.pk])
        assert client.get(edit).status_code == 404
        assert client.post(edit, {"mode": "batch"}).status_code == 404
    assert set(CoursePolicy.objects.filter(mode="batch").values_list("course", flat=True)) == {mine.pk}
    page = client.get(reverse("certificate_policies:index")).content.decode()
    assert page.count(reverse("certificate_policies:edit", args=[mine.certificate_policy.pk])) >= 1
    assert reverse("certificate_policies:edit", args=[kept[0].pk]) not in page
