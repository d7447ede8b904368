"""Core's Celery tasks: run one job, sweep the outbox."""

import gc

from celery import shared_task
from celery.signals import task_prerun, worker_process_init
from django.db import close_old_connections

from lms.core import jobs

OBJECTS_BEFORE_COLLECTION = 50_000  # 700 are made in a moment by a page drawn, or by rows read


@worker_process_init.connect(dispatch_uid="core.collect_seldom")
def collect_seldom(**_worker):
    """What was loaded before the fork stays for good and is not looked through again."""
    gc.freeze()
    gc.set_threshold(OBJECTS_BEFORE_COLLECTION, *gc.get_threshold()[1:])


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
