"""Core's Celery tasks: run one job, sweep the outbox."""

from celery import shared_task

from lms.core import jobs


@shared_task(name="core.run_job")
def run_job(job_pk):
    jobs.run_job(job_pk)


@shared_task(name="core.sweep_jobs")
def sweep_jobs():
    jobs.sweep_jobs()
