"""A Celery app for the worker that a test kills: the platform's own, and a job that lasts until the test opens a gate."""

import time
from pathlib import Path

import django

django.setup()

from lms.celery import app  # noqa: E402, F401
from lms.core.jobs import job_handler  # noqa: E402

SOON = 5


@job_handler("test.touch")
def touch(job):
    """Touch a file; once SOON are there, wait for the gate first."""
    file, gate = Path(job.payload["file"]), Path(job.payload["gate"])
    while len(list(file.parent.iterdir())) >= SOON and not gate.exists():
        time.sleep(0.05)
    file.touch()
