"""Certificates issued by the lot: as many queries for many as for one, and what must wait is left to wait alone."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from certificates.actions import ask_for_certificate
from certificates.models import Certificate, Credential, Hold, IssuingStop, KeyHour
from certificates.tasks.signing import issue_together
from lms.core.models import Job
from lms.hr.models import Evidence
from lms.learning.models import RapidFinish
from tests.certificates.makers import make_completion, make_course, make_reserved, make_unit, make_user, place

pytestmark = pytest.mark.django_db


def asked_for(count, course=None, is_tested=True):
    """Completions of one course, whose certificates are asked for."""
    course = course or make_course()
    completions = [make_completion(None, course, is_tested) for _ in range(count)]
    for completion in completions:
        ask_for_certificate(completion.enrolment)
    return completions


def jobs_of(completions):
    keys = [f"certificate:enrolment:{completion.enrolment_id}" for completion in completions]
    return list(Job.objects.filter(key__in=keys).order_by("pk"))


def test_each_has_its_number_document_badge_levels_and_letter(run_jobs):
    completions = asked_for(3)
    run_jobs("certificates.issue")
    certificates = Certificate.objects.order_by("number")
    assert [one.enrolment_id for one in certificates] == [one.enrolment_id for one in completions]
    assert [(one.number, one.state, one.files.count()) for one in certificates] == [(n, "valid", 1) for n in (1, 2, 3)]
    assert len({one.files.get().sha256 for one in certificates}) == 3
    assert [one.printed.printed_name for one in certificates] == [one.printed_name for one in certificates]
    assert Credential.objects.values("list_index").distinct().count() == 3
    assert Evidence.objects.values("certificate").distinct().count() == 3
    assert Job.objects.filter(name="certificates.tell").count() == 3
    assert set(Job.objects.filter(name="certificates.issue").values_list("state", "attempts")) == {("done", 1)}


def test_many_cost_the_queries_of_two(run_jobs):
    asked_for(1)
    run_jobs("certificates.issue")  # keys opened, the counter's row there
    counts = []
    for count in (2, 12):
        jobs = jobs_of(asked_for(count))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert issue_together(jobs) == {job.pk for job in jobs}
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_signatures_are_counted_by_the_lot_each_once():
    issue_together(jobs_of(asked_for(3)))
    assert set(KeyHour.objects.values_list("signatures", flat=True)) == {3}


def test_asked_for_twice_is_issued_once():
    reserved = make_reserved()
    first = jobs_of(asked_for(1))
    twice = [
        *first,
        *[Job(pk=0, payload=job.payload) for job in first],
        Job(pk=-1, payload={"certificate": reserved.pk}),
    ]
    twice.append(Job(pk=-2, payload={"enrolment": reserved.enrolment_id}))
    assert issue_together(twice) == {first[0].pk, 0, -1, -2}
    assert sorted(Certificate.objects.values_list("number", "state")) == [(1, "valid"), (2, "valid")]


def test_what_is_held_is_told_and_the_others_are_issued():
    fast, slow = completions = asked_for(2)
    for line in fast.conditions:
        item = int(line["code"].partition(":")[2])
        RapidFinish.objects.create(
            enrolment=fast.enrolment, item_id=item, words=600, seconds=4, least_seconds=60, occurred_at=timezone.now(),
            source_key=f"lesson:{item}",
        )  # fmt: skip
    assert issue_together(jobs_of(completions)) == {job.pk for job in jobs_of(completions)}
    assert Hold.objects.get().enrolment_id == fast.enrolment_id
    assert Certificate.objects.get().enrolment_id == slow.enrolment_id


def test_stop_of_a_unit_leaves_its_people_and_issues_to_the_others(run_jobs):
    stopped, free = completions = asked_for(2)
    unit = make_unit()
    place(stopped.enrolment.person, unit)
    IssuingStop.objects.create(unit=unit, reason="Doute", stopped_by=make_user(), stopped_at=timezone.now())
    assert issue_together(jobs_of(completions)) == {jobs_of([free])[0].pk}
    run_jobs("certificates.issue")
    assert Certificate.objects.get().enrolment_id == free.enrolment_id
    assert "arrêtée" in jobs_of([stopped])[0].error


def test_one_that_was_not_completed_stops_none_of_the_others(run_jobs):
    good, bad = asked_for(2)
    bad.delete()
    run_jobs("certificates.issue")
    assert Certificate.objects.get().enrolment_id == good.enrolment_id
    assert Certificate.objects.get().number == 1
    assert "DoesNotExist" in jobs_of([bad])[0].error
