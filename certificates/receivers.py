"""What certificates do when something happens below, and what those of programmes do when those of courses change."""

from django.dispatch import receiver
from django.utils import timezone

from certificates.actions import ask_for_certificate, ask_for_states
from certificates.actions.batches import is_issued_in_batches
from certificates.actions.programme_renewals import ask_for_renewals
from certificates.actions.programmes import (
    ask_for_programme_certificate,
    follow_course_certificate,
    follow_course_certificates,
    suspend_if_part_fell,
    suspend_what_stands_on,
)
from certificates.models import Certificate
from certificates.signals import certificate_state_changed, certificates_issued
from lms.assessment.signals import sitting_closed
from lms.core.jobs import hasten
from lms.learning.signals import course_completed, programme_completed


@receiver(course_completed, dispatch_uid="certificates.issue_on_completion")
def issue_on_completion(sender, enrolment, completion, **kwargs):
    """Who completes a course is given its certificate, unless those of the course wait for a batch."""
    if not is_issued_in_batches(enrolment.course_id):
        ask_for_certificate(enrolment)


@receiver(programme_completed, dispatch_uid="certificates.issue_on_programme")
def issue_on_programme(sender, enrolment, completion, **kwargs):
    """Who completes a programme is given its certificate."""
    ask_for_programme_certificate(enrolment)


@receiver(certificates_issued, dispatch_uid="certificates.follow_parts_of_programmes")
def follow_issued(sender, certificates, **kwargs):
    """The certificate of a course may be all that a programme, or the renewal of its certificate, waited for."""
    for certificate in certificates:
        if certificate.is_of_programme:
            suspend_if_part_fell(certificate, timezone.now())
    of_courses = [certificate for certificate in certificates if not certificate.is_of_programme]
    follow_course_certificates(of_courses, timezone.now())
    for certificate in of_courses:
        if certificate.former_id:
            ask_for_renewals(certificate)


@receiver(certificate_state_changed, dispatch_uid="certificates.follow_states_of_parts")
def follow_state(sender, certificate, **kwargs):
    """What stands on the certificate of a course is suspended with it; one that is given back may complete a programme."""
    if certificate.is_of_programme:
        return
    if certificate.state in (Certificate.State.SUSPENDED, Certificate.State.REVOKED):
        suspend_what_stands_on(certificate, timezone.now())
    elif certificate.state == Certificate.State.VALID:
        follow_course_certificate(certificate, timezone.now())


@receiver(sitting_closed, dispatch_uid="certificates.issue_after_sitting")
def issue_after_sitting(sender, sitting, **kwargs):
    """What waited for the minutes is decided now."""
    hasten("certificates.issue", timezone.now())


@receiver(certificate_state_changed, dispatch_uid="certificates.publish_states_on_change")
def publish_states_on_change(sender, certificate, **kwargs):
    """Those who verify without asking us learn of it soon."""
    ask_for_states()
