"""A certificate that ends: reminded of, renewed by a few questions, kept as it is; its levels end with it."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from certificates.actions import CheckRefused, reissue_certificate, start_check
from certificates.actions.renewals import ask_for_reminders, may_renew
from certificates.models import Certificate, CoursePolicy, KnowledgeCheck
from certificates.rules import issuing as issue_rules
from certificates.tasks.signing import issue
from lms.hr.models import HeldLevel
from tests.certificates.makers import Payload, make_certificate, make_completion, make_user
from tests.certificates.test_holds import answer
from tests.factories.courses import QuestionFactory, QuizPageFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def ending():
    """A certificate good for two months, of a course with questions."""
    completion = make_completion()
    course = completion.enrolment.course
    QuizPageFactory(parent=course, questions=[QuestionFactory() for _ in range(6)])
    CoursePolicy.objects.create(course=course, validity_months=2)
    issue(Payload(enrolment=completion.enrolment_id))
    Certificate.objects.update(issued_at=timezone.now() - timedelta(days=1))
    return Certificate.objects.get()


def renew(certificate, **how):
    return answer(start_check(certificate.enrolment, "renewal", timezone.now()), **how)


def test_renewal_opens_before_the_end_and_not_earlier(ending):
    end = ending.expires_on
    assert not may_renew(ending, end - timedelta(days=91))
    assert may_renew(ending, end - timedelta(days=90))
    assert may_renew(ending, end + timedelta(days=400))


def test_renewed_certificate_has_a_term_of_its_own_and_the_former_stays(ending, run_jobs):
    CoursePolicy.objects.update(validity_months=24)
    assert renew(ending).is_passed
    run_jobs("certificates.issue")
    ending.refresh_from_db()
    new = ending.renewal()
    today = timezone.localdate()
    assert (ending.state, new.state, new.origin, new.revision) == ("valid", "valid", "renewal", 2)
    assert new.expires_on == new.printed.expires_on == issue_rules.last_day(today, 24)
    assert not may_renew(ending, today)
    assert set(HeldLevel.objects.values_list("until", flat=True)) <= {new.expires_on}


def test_failed_or_hasty_check_renews_nothing_and_tries_are_counted(ending):
    renew(ending, right=2)
    renew(ending, seconds=0)
    assert not Certificate.objects.filter(origin="renewal").exists()
    with pytest.raises(CheckRefused):
        start_check(ending.enrolment, "renewal", timezone.now())


def test_both_valid_certificates_of_an_enrolment_may_be_reissued(ending, run_jobs):
    renew(ending)
    run_jobs("certificates.issue")
    for certificate in (ending, ending.renewal()):
        reissue_certificate(certificate, "reissue", make_user(), "Logo erroné", timezone.now())
    run_jobs("certificates.issue")
    states = Certificate.objects.order_by("number").values_list("number", "state", "origin")
    assert list(states) == [
        (1, "replaced", "first"),
        (2, "replaced", "renewal"),
        (3, "valid", "reissue"),
        (4, "valid", "reissue"),
    ]


def test_holder_is_reminded_once_and_renews_on_the_page(client, ending, run_jobs):
    make_certificate()  # for ever
    for _ in range(2):
        ask_for_reminders(timezone.localdate())
    run_jobs("certificates.tell_renewal")
    (message,) = [message for message in mail.outbox if "terme" in message.subject]
    address = reverse("certificates:renewal", args=[ending.pk])
    assert address in message.body
    client.force_login(ending.person)
    assert "Il vous reste 2 essais" in client.get(address).content.decode()
    sheet = client.post(address, follow=True).content.decode()
    assert "Question 1 sur 5" in sheet
    answer(KnowledgeCheck.objects.get())
    run_jobs("certificates.issue")
    assert ending.renewal().printed_number in client.get(address).content.decode()
    assert client.post(address).status_code == 404


def test_others_and_certificates_without_an_end_have_no_renewal(client, ending):
    client.force_login(make_user())
    assert client.post(reverse("certificates:renewal", args=[ending.pk])).status_code == 404
    endless = make_certificate()
    client.force_login(endless.person)
    assert client.get(reverse("certificates:renewal", args=[endless.pk])).status_code == 404
