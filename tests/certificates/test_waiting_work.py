"""What the dashboard of the back office says waits for those who answer for certificates."""

import pytest
from django.utils import timezone

from certificates.actions.batches import propose_batch
from certificates.actions.corrections import ask_for_correction
from certificates.back_office.waiting import waiting_work
from certificates.models import CoursePolicy, Hold
from certificates.permissions import APPROVE_BATCH, CHECK_NAME, DECIDE_HOLD, DECIDE_NAME, PROPOSE_BATCH, VIEW_BATCH
from lms.learning.models import Enrolment
from lms.learning.signals import course_completed
from tests.certificates.makers import (
    make_certificate,
    make_completion,
    make_course,
    make_officer,
    make_unit,
    make_user,
    place,
)
from tests.factories.library import picture_bytes

pytestmark = pytest.mark.django_db


def make_work(unit, proposer):
    """A certificate held, a name to check, a batch to approve, all of people of the unit."""
    held = make_completion().enrolment
    Hold.objects.create(enrolment=held, facts=[], step_count=3, opened_at=timezone.now())
    certificate = make_certificate()
    ask_for_correction(certificate, "Afí", "Sènan", "Voir l’acte.", "acte.png", picture_bytes(), timezone.now())
    course = make_course("Feuille de route")
    CoursePolicy.objects.create(course=course, mode="batch")
    completion = make_completion(course=course)
    for person in (held.person, certificate.person, completion.enrolment.person):
        place(person, unit)
    course_completed.send(sender=Enrolment, enrolment=completion.enrolment, completion=completion)
    propose_batch(course, proposer, "", timezone.now())


def told(user):
    return {row.label: row.count for row in waiting_work(user)}


def test_each_is_told_what_waits_for_them_and_within_their_unit():
    unit, elsewhere = make_unit(), make_unit("S2")
    proposer = make_officer(unit, VIEW_BATCH, PROPOSE_BATCH, APPROVE_BATCH)
    make_work(unit, proposer)
    rights = (DECIDE_HOLD, DECIDE_NAME, VIEW_BATCH, APPROVE_BATCH)
    assert told(make_officer(unit, *rights)) == {
        "Certificats retenus": 1,
        "Noms à approuver": 0,
        "Lots de certificats à approuver": 1,
        "Actes en nombre à approuver": 0,
    }
    assert set(told(make_officer(elsewhere, *rights)).values()) == {0}
    assert told(make_officer(unit, CHECK_NAME)) == {"Noms à contrôler": 1}
    assert told(proposer)["Lots de certificats à approuver"] == 0
    assert told(make_user()) == {}


def test_dashboard_leads_to_what_waits(client):
    unit = make_unit()
    make_work(unit, make_officer(unit, VIEW_BATCH, PROPOSE_BATCH))
    officer = make_officer(unit, DECIDE_HOLD, "certificates.view_hold")
    client.force_login(officer)
    page = client.get("/gestion/").content.decode()
    assert "Certificats retenus" in page
    (row,) = waiting_work(officer)
    assert f'href="{row.url}"' in page
    assert "1 certificat retenu" in client.get(row.url).content.decode()
