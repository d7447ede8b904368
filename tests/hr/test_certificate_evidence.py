"""A certificate issued becomes evidence, once; a certificate revoked no longer counts."""

import pytest
from django.utils import timezone

from certificates.actions import (
    lift_suspension,
    publish_certificate,
    reissue_certificate,
    reserve_certificate,
    revoke_certificate,
    suspend_certificate,
)
from certificates.lasting.signature import SealedDocument
from certificates.models import Certificate
from certificates.signals import certificates_issued
from courses.models import QuizPage
from courses.outline import course_outline
from lms.assessment.actions import submit
from lms.core.models import AuditEntry
from lms.hr.models import Evidence, HeldLevel
from lms.learning.actions import enrol, finish_lesson
from tests.factories.assessment import open_attempt, right_answers
from tests.factories.courses import CompetenceGainFactory, course_with
from tests.factories.hr import give_level
from tests.factories.people import UserFactory
from tests.factories.skills import CompetenceFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def competences():
    return [CompetenceFactory(code="CN1"), CompetenceFactory(code="SC1")]


@pytest.fixture
def certificate(competences):
    """A certificate reserved for a course that leads to CN1 level 2 and SC1 level 3."""
    course = course_with(lessons=0)
    for competence, level in zip(competences, (2, 3), strict=True):
        CompetenceGainFactory(course=course, competence=competence, level=level)
    enrolment = enrol(UserFactory(), course, timezone.now())
    attempt = open_attempt(enrolment, QuizPage.objects.child_of(course).get())
    submit(attempt, timezone.now(), right_answers(attempt))
    return reserve_certificate(enrolment.pk, timezone.now())


def publish(certificate):
    return publish_certificate(certificate, SealedDocument(b"%PDF-1.7 sealed", "0" * 64, True), timezone.now())


def test_levels_are_held_once_the_certificate_is_published(certificate, competences):
    assert not Evidence.objects.exists()
    publish(certificate)
    assert list(
        Evidence.objects.order_by("competence__code").values_list(
            "person", "competence__code", "level", "kind", "certificate", "content_version", "obtained_on", "expires_on"
        )
    ) == [
        (certificate.person_id, code, level, "certificate", certificate.pk, 1, certificate.printed.issued_on, None)
        for code, level in (("CN1", 2), ("SC1", 3))
    ]
    assert list(HeldLevel.objects.order_by("competence__code").values_list("level", flat=True)) == [2, 3]
    assert AuditEntry.objects.filter(verb="hr.evidence_recorded").count() == 2


def test_evidence_is_recorded_once_however_often_the_signal_comes(certificate):
    publish(certificate)
    for _time in range(3):
        certificates_issued.send(sender=Certificate, certificates=[certificate])
    assert Evidence.objects.count() == 2


def test_the_frozen_snapshot_speaks_not_the_course_of_today(certificate, competences):
    certificate.enrolment.course.competence_gains.update(level=5)
    publish(certificate)
    assert sorted(Evidence.objects.values_list("level", flat=True)) == [2, 3]


def test_a_competence_that_left_the_framework_gives_no_evidence(certificate, competences):
    certificate.enrolment.course.competence_gains.all().delete()
    competences[0].code = "OLD"
    competences[0].save()
    publish(certificate)
    assert list(Evidence.objects.values_list("competence__code", flat=True)) == ["SC1"]


def test_an_attestation_gives_no_evidence(competences):
    course = course_with(lessons=1, quiz=False)
    CompetenceGainFactory(course=course, competence=competences[0], level=2)
    enrolment = enrol(UserFactory(), course, timezone.now())
    finish_lesson(enrolment, course_outline(course.pk, course.outline.version).items[0], timezone.now())
    attestation = reserve_certificate(enrolment.pk, timezone.now())
    assert (attestation.printed.assurance, attestation.printed.competences) == ("N1", ())
    publish(attestation)
    assert not Evidence.objects.exists()


def test_an_attestation_that_would_list_levels_gives_no_evidence(certificate):
    """As those frozen by another version of the platform might."""
    snapshot = {**certificate.snapshot, "assurance": "N1"}
    Certificate.objects.filter(pk=certificate.pk).update(snapshot=snapshot)
    publish(Certificate.objects.get(pk=certificate.pk))
    assert not Evidence.objects.exists()


def test_a_revoked_certificate_no_longer_counts_but_its_evidence_stays(certificate, competences):
    give_level(certificate.person, competences[0], 1)
    publish(certificate)
    revoke_certificate(certificate, UserFactory(), "Fraude établie", timezone.now())
    assert list(HeldLevel.objects.values_list("competence__code", "level")) == [("CN1", 1)]
    assert Evidence.objects.count() == 3


def test_a_suspended_certificate_counts_again_once_the_suspension_is_lifted(certificate, competences):
    publish(certificate)
    suspend_certificate(certificate, UserFactory(), "Doute", timezone.now())
    assert not HeldLevel.objects.exists()
    lift_suspension(certificate, UserFactory(), "Doute levé", timezone.now())
    assert sorted(HeldLevel.objects.values_list("competence__code", "level")) == [("CN1", 2), ("SC1", 3)]


def test_levels_of_a_replaced_certificate_are_proven_by_the_new_one(certificate, competences):
    publish(certificate)
    new = reissue_certificate(certificate, "reissue", UserFactory(), "Logo erroné", timezone.now())
    assert HeldLevel.objects.filter(evidence__certificate=certificate).count() == 2
    publish_certificate(new, SealedDocument(b"%PDF-1.7 again", "0" * 64, True), timezone.now())
    assert HeldLevel.objects.filter(evidence__certificate=new).count() == HeldLevel.objects.count() == 2
    assert Evidence.objects.count() == 4
