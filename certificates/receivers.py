"""What certificates do when something happens below."""

from django.dispatch import receiver

from certificates.actions import ask_for_certificate, ask_for_states
from certificates.actions.batches import is_issued_in_batches
from certificates.signals import certificate_state_changed
from lms.learning.signals import course_completed


@receiver(course_completed, dispatch_uid="certificates.issue_on_completion")
def issue_on_completion(sender, enrolment, completion, **kwargs):
    """Who completes a course is given its certificate, unless those of the course wait for a batch."""
    if not is_issued_in_batches(enrolment.course_id):
        ask_for_certificate(enrolment)


@receiver(certificate_state_changed, dispatch_uid="certificates.publish_states_on_change")
def publish_states_on_change(sender, certificate, **kwargs):
    """Those who verify without asking us learn of it soon."""
    ask_for_states()
