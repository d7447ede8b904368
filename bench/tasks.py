"""Two tasks that write one row: one straight through Celery, one through the job centre."""

import time

from celery import shared_task

from bench.models import Mark
from lms.core.jobs import job_handler


@shared_task(name="bench.write")
def write(label):
    Mark.objects.create(label=label, written_at=time.time())


@job_handler("bench.write")
def write_job(job):
    write(job.payload["label"])
