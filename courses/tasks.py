"""The jobs of courses: bringing in a file of questions."""

from django.utils import timezone

from courses.actions.import_questions import JOB, run_import
from lms.core.jobs import job_handler


@job_handler(JOB, max_attempts=3)
def import_questions(job):
    """One file, one transaction; a second run finds it done."""
    run_import(job.payload["import"], timezone.now(), lambda percent: job.report_progress(percent))
