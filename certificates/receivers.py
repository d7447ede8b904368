"""What certificates do when something happens below."""

from django.dispatch import receiver

from certificates.actions import ask_for_certificate
from lms.learning.signals import course_completed


@receiver(course_completed, dispatch_uid="certificates.issue_on_completion")
def issue_on_completion(sender, enrolment, completion, **kwargs):
    """Who completes a course is given its certificate."""
    ask_for_certificate(enrolment)
