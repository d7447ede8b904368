"""A Celery app for the worker that a test kills: the platform's own, and a job that takes a tenth of a second."""

import time
from pathlib import Path

import django

django.setup()

from lms.celery import app  # noqa: E402, F401
from lms.core.jobs import job_handler  # noqa: E402


@job_handler("test.touch")
def touch(job):
    time.sleep(0.1)
    Path(job.payload["file"]).touch()
