"""Learning's work in the background."""

from django.utils import timezone

from lms.core.jobs import job_handler
from lms.learning.actions import complete_if_due
from lms.learning.models import Enrolment, ProgrammeEnrolment
from lms.learning.programmes import complete_programme_if_due


@job_handler("learning.complete_due")
def complete_due(job):
    """Complete each active enrolment of a course that waits for nothing any more; may run twice."""
    active = Enrolment.objects.filter(course=job.payload["course"], state=Enrolment.State.ACTIVE, done_count__gt=0)
    for enrolment in active.order_by("pk").iterator():
        complete_if_due(enrolment, timezone.now())


@job_handler("learning.complete_programme_due")
def complete_programme_due(job):
    """Complete a programme for each who follows it and has nothing left to do; may run twice."""
    active = ProgrammeEnrolment.objects.filter(
        programme=job.payload["programme"], state=ProgrammeEnrolment.State.ACTIVE
    )
    for pk in active.order_by("pk").values_list("pk", flat=True).iterator():
        complete_programme_if_due(pk, timezone.now())
