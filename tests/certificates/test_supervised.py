"""A certificate N3: what was passed in a supervised sitting, once its minutes are written, and nothing less."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from certificates.actions import reserve_certificate
from certificates.actions.proving import proof_of
from certificates.models import Certificate, CoursePolicy
from certificates.snapshot import HeldSitting
from certificates.waiting import wait_of
from courses.models import CompetenceGain
from lms.assessment import actions
from lms.assessment.actions import sittings as acts
from lms.assessment.models import Attempt, SupervisedSitting
from lms.hr.models import Evidence
from lms.learning.models import Completion, Enrolment
from tests.certificates.makers import make_competence, make_completion, make_course, make_passed_test
from tests.factories.assessment import right_answers
from tests.factories.courses import QuizPageFactory
from tests.factories.people import UserFactory
from tests.factories.sittings import HOUR, MINUTE, entry_in, sitting_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def sitting():
    sitting = sitting_of(None, UserFactory())
    CompetenceGain.objects.create(course=sitting.course, competence=make_competence(), level=2)
    return sitting


def supervisor_of(sitting):
    return sitting.supervisors.get().person


def pass_in(sitting, is_checked=True):
    """Someone who began there, whose identity was seen, and whose answers are right; the course is completed."""
    entry = entry_in(sitting)
    if is_checked:
        acts.check_identity(entry, "identity_card", supervisor_of(sitting), timezone.now())
    actions.submit(entry.attempt, timezone.now(), right_answers(entry.attempt))
    return entry


def close(sitting):
    return acts.close_sitting(SupervisedSitting.objects.get(pk=sitting.pk), supervisor_of(sitting), "", timezone.now())


def test_certificate_waits_for_the_minutes_then_says_where_and_when(client, sitting, run_jobs):
    entry = pass_in(sitting)
    enrolment = Enrolment.objects.get(pk=entry.attempt.enrolment_id)
    client.force_login(enrolment.person)
    assert enrolment.state == "completed"
    run_jobs("certificates.issue")
    assert not Certificate.objects.exists()
    waits = "Votre certificat attend le procès-verbal de la séance"
    assert wait_of(enrolment).title == waits
    assert waits in client.get(reverse("certificates:mine")).content.decode()
    close(sitting)
    run_jobs("certificates.issue")
    certificate = Certificate.objects.get()
    printed = certificate.printed
    assert (certificate.state, printed.assurance) == ("valid", "N3")
    assert printed.sittings == (HeldSitting(timezone.localdate(sitting.starts_at), "Parakou"),)
    assert wait_of(enrolment) is None
    assert waits not in client.get(reverse("certificates:mine")).content.decode()
    assert Evidence.objects.get().certificate == certificate


def test_no_wait_tells_that_an_exam_was_passed_before_it_closes(client, sitting):
    """Of a course completed before the exam was added to it, whose certificates wait for a batch."""
    entry = pass_in(sitting)
    Attempt.objects.filter(pk=entry.attempt_id).update(is_withheld=True)
    CoursePolicy.objects.create(course=sitting.course, mode=CoursePolicy.Mode.BATCH)
    client.force_login(entry.attempt.enrolment.person)
    page = client.get(reverse("certificates:mine")).content.decode()
    assert "Votre certificat attend d’être approuvé" in page
    assert "procès-verbal" not in page


@pytest.mark.parametrize(("fact", "assurance"), [("unchecked", "N2"), ("excluded", "N1"), ("readmitted", "N3")])
def test_what_is_missing_in_the_room_is_missing_on_the_document(sitting, run_jobs, fact, assurance):
    entry = pass_in(sitting, is_checked=fact != "unchecked")
    effects = {"unchecked": ["note"], "excluded": ["excludes"], "readmitted": ["excludes", "readmits"]}[fact]
    for effect in effects:
        acts.note_incident(entry, effect, "Téléphone sorti", supervisor_of(sitting), timezone.now())
    close(sitting)
    run_jobs("certificates.issue")
    printed = Certificate.objects.get().printed
    assert (printed.assurance, bool(printed.sittings)) == (assurance, assurance == "N3")


def test_one_unsupervised_test_among_those_that_count_makes_it_n2(sitting):
    entry = pass_in(sitting)
    enrolment = entry.attempt.enrolment
    other = QuizPageFactory(parent=sitting.course)
    attempt = actions.start_attempt(enrolment, other, timezone.now())
    actions.submit(attempt, timezone.now(), right_answers(attempt))
    close(sitting)
    completion = Completion.objects.get(enrolment=enrolment)
    assert proof_of(completion).assurance == "N3"  # that test was not asked for when the course was completed
    completion.conditions = [*completion.conditions, {"code": f"quiz:{other.pk}", "is_met": True}]
    assert (proof_of(completion).assurance, proof_of(completion).sittings) == ("N2", ())


def test_sheet_that_says_n3_proves_nothing_without_a_sitting():
    completion = make_completion(course=make_course(assurance="N3"), is_tested=False)
    rules = {"preset": "exam", "assurance": "N3"}
    completion.conditions = [make_passed_test(completion.enrolment, rules=rules)]
    completion.save()
    printed = reserve_certificate(completion.enrolment_id, timezone.now()).printed
    assert (printed.assurance, printed.sittings) == ("N2", ())


def test_minutes_nobody_wrote_let_the_certificate_go_a_day_later(sitting, run_jobs):
    pass_in(sitting)
    acts.close_forgotten(sitting.ends_at + timedelta(hours=25))
    run_jobs("certificates.issue")
    assert Certificate.objects.get().printed.assurance == "N3"


def test_exam_in_two_places_at_once_is_printed_with_the_place_of_the_code(sitting, run_jobs):
    now = timezone.now()
    other = sitting_of(sitting.quiz, UserFactory(), place="Cotonou", starts_at=now - HOUR, ends_at=now + 5 * MINUTE)
    pass_in(other)
    close(other)
    run_jobs("certificates.issue")
    assert [row.place for row in Certificate.objects.get().printed.sittings] == ["Cotonou"]
