"""HR's Celery tasks: each night, levels that expired give way to what other evidence still proves; and two jobs of the demo."""

from celery import shared_task
from django.utils import timezone

from lms.core.jobs import job_handler
from lms.hr.actions import refresh_expired_levels
from lms.hr.demo_proofs import ASK_JOB, ask_when_issued
from lms.hr.demo_versions import CHANGE_JOB, change_when_issued


@shared_task(name="hr.refresh_expired_levels")
def refresh_expired_levels_task():
    refresh_expired_levels(timezone.localdate())


@job_handler(ASK_JOB)
def ask_for_demo_confirmation(job):
    """Of the demo alone."""
    ask_when_issued(job.payload["enrolment"], job.payload["statement"])


@job_handler(CHANGE_JOB)
def change_demo_course(job):
    """Of the demo alone."""
    change_when_issued(**job.payload)
