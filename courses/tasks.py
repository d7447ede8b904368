"""The work of courses in the background: files brought in, and pages published when their hour has come."""

from celery import shared_task
from django.core.management import call_command
from django.utils import timezone

from courses import letters
from courses.actions import import_course as course_imports
from courses.actions import review
from courses.actions.import_questions import JOB, run_import
from lms.core.jobs import job_handler


@job_handler(JOB, max_attempts=3)
def import_questions(job):
    """One file, one transaction; a second run finds it done."""
    run_import(job.payload["import"], timezone.now(), lambda percent: job.report_progress(percent))


@job_handler(course_imports.JOB, max_attempts=3)
def import_course(job):
    """One archive, one transaction; a second run finds it done."""
    course_imports.run_course_import(
        job.payload["import"], timezone.now(), lambda percent: job.report_progress(percent)
    )


@job_handler(review.SUBMITTED)
def review_submitted(job):
    letters.tell_reviewers(job.payload["state"])


@job_handler(review.DECIDED)
def review_decided(job):
    letters.tell_author(job.payload["records"])


@job_handler(review.HELD)
def schedule_held(job):
    letters.tell_of_held_schedule(job.payload["revision"], job.payload["defects"])


@shared_task(name="courses.publish_scheduled")
def publish_scheduled():
    """Publish and take off what trainers scheduled in Wagtail; running it twice changes nothing more.

    What would be published broken leaves the schedule first.
    """
    review.hold_broken_schedules(timezone.now())
    call_command("publish_scheduled", verbosity=0)
