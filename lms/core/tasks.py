"""Core's Celery tasks: run one job, sweep the outbox."""

from celery import shared_task
from celery.signals import task_prerun
from django.db import close_old_connections

from lms.core import jobs


@task_prerun.connect(dispatch_uid="core.close_old_connections")
def drop_what_is_old_or_dead(**_task):
    """As Django does before each request."""
    close_old_connections()


@shared_task(name="core.run_job")
def run_job(job_pk):
    jobs.run_job(job_pk)


@shared_task(name="core.sweep_jobs")
def sweep_jobs():
    jobs.sweep_jobs()
