"""The outbox: work that must not be lost is first a row, then a message, then swept and sent again until done.

An app registers what it can do (`job_handler`), asks for it inside the transaction of the fact (`enqueue`), and a Celery
worker runs it (`run_job`). Brokers lose messages when a worker is killed; the row stays, and `sweep_jobs` finds it.
So a handler may run twice, and must make nothing twice.
"""

import logging
import os
import socket
import threading
import traceback
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules
from kombu.exceptions import KombuError

from lms.celery import app as celery_app
from lms.core import audit
from lms.core.models import Job

logger = logging.getLogger(__name__)

# Rows one sweep sends at most: the next sweep takes the rest.
SWEEP_BATCH = 500


@dataclass(frozen=True)
class Handler:
    """What runs jobs of one name, in which queue, and how often it may fail."""

    run: Callable[[Job], object]
    queue: str
    max_attempts: int


HANDLERS: dict[str, Handler] = {}


class NotYet(Exception):
    """What a handler raises when its work must wait for an hour it knows, `until`; waiting is no failed attempt."""

    until: datetime


class UnknownJob(LookupError):
    """No app registered a handler under this name."""


def job_handler(name: str, *, queue: str = "default", max_attempts: int = 8):
    """Register the function that runs jobs of this name; raising in it means "try again later"."""

    def register(function):
        HANDLERS[name] = Handler(function, queue, max_attempts)
        return function

    return register


def handler_for(name: str) -> Handler:
    """The handler of this name; each app's `tasks` module is loaded on first need. Raises UnknownJob."""
    if name not in HANDLERS:
        autodiscover_modules("tasks")
    if name not in HANDLERS:
        raise UnknownJob(name)
    return HANDLERS[name]


def enqueue(name: str, *, key: str = "", payload: dict | None = None, on_behalf_of=None) -> Job:
    """Ask for work, inside the transaction of the fact that calls for it; it is sent when that commits.

    The same key gives the same row, whatever its state: asking twice is asking once. Without a key, each call is new.
    Raises UnknownJob.
    """
    handler = handler_for(name)
    now = timezone.now()
    job, created = Job.objects.get_or_create(
        key=key or f"{name}:{uuid.uuid4()}",
        defaults={
            "name": name,
            "queue": handler.queue,
            "max_attempts": handler.max_attempts,
            "payload": payload or {},
            "run_after": now,
            "created_at": now,
            "on_behalf_of_pk": str(on_behalf_of.pk) if on_behalf_of else "",
            "on_behalf_of_label": str(on_behalf_of)[:200] if on_behalf_of else "",
        },
    )
    if created:
        transaction.on_commit(partial(send, job), robust=True)
    return job


def enqueue_all(name: str, asked: Iterable[tuple[str, dict]]) -> None:
    """Ask for many jobs of one name in one query, each a key and a payload; the next sweeps send them, so many a minute.

    A key that has its row keeps it. Raises UnknownJob.
    """
    handler, now = handler_for(name), timezone.now()
    Job.objects.bulk_create(
        [
            Job(
                name=name,
                key=key,
                payload=payload,
                queue=handler.queue,
                max_attempts=handler.max_attempts,
                run_after=now,
                created_at=now,
            )
            for key, payload in asked
        ],
        ignore_conflicts=True,
    )


def send(job: Job) -> bool:
    """Hand the job to the broker. A broker that does not answer is no failure here: the sweep sends again."""
    try:
        celery_app.send_task("core.run_job", args=[job.pk], queue=job.queue, retry=False)
    except (KombuError, OSError, *_broker_errors()) as error:
        logger.warning("The broker did not take job %s (%s); the sweep will send it again.", job.pk, error)
        return False
    Job.objects.filter(pk=job.pk).update(sent_at=timezone.now(), sends=F("sends") + 1)
    return True


def _broker_errors() -> tuple[type[BaseException], ...]:
    """The errors of the broker in use, whose client may not even be installed for the others."""
    connection = celery_app.connection_for_write()
    return connection.connection_errors + connection.channel_errors


def claim(job_pk: int, now: datetime) -> Job | None:
    """Take the job for this worker, or None if it is done, not yet due, or another holds its lease.

    One UPDATE decides, so of any number of workers that try at once exactly one gets it.
    """
    holder = f"{socket.gethostname()[:30]}:{os.getpid()}:{uuid.uuid4().hex[:12]}"
    taken = (
        Job.objects.due(now)
        .filter(pk=job_pk, attempts__lt=F("max_attempts"))
        .update(
            state=Job.State.RUNNING,
            attempts=F("attempts") + 1,
            lease_until=_lease_end(now),
            lease_holder=holder,
            started_at=now,
            percent=0,
            note="",
        )
    )
    return Job.objects.get(pk=job_pk) if taken else None


def run_job(job_pk: int) -> bool:
    """Claim the job, run its handler, write the outcome. True if the job was this worker's to run.

    Whatever the handler raises is written in the row and the job tried again later, `max_attempts` times in all.
    """
    job = claim(job_pk, timezone.now())
    if job is None:
        return False
    with _Sitting(job):
        handler_for(job.name).run(job)
    return True


class _Sitting:
    """One run of one job: keeps its lease while the handler works, then writes the outcome.

    A worker that dies renews nothing and writes nothing, so the job goes to another when the lease ends.
    """

    def __init__(self, job: Job):
        self.job = job
        self.finished = threading.Event()
        self.renewal = threading.Thread(target=self._renew, name=f"lease of job {job.pk}", daemon=True)

    def __enter__(self):
        self.renewal.start()

    def __exit__(self, kind, error, trace):
        self.finished.set()
        self.renewal.join()
        if error is None:
            self._settle(state=Job.State.DONE, percent=100, error="", finished_at=timezone.now())
        elif isinstance(error, NotYet):
            self._put_off(error)
            return True
        elif isinstance(error, Exception):
            self._write_failure("".join(traceback.format_exception(error)))
            return True
        return False  # the process is told to stop: the lease ends and the job is taken up elsewhere

    def _renew(self):
        while not self.finished.wait(settings.LMS_JOB_LEASE_SECONDS / 3):
            try:
                Job.objects.filter(pk=self.job.pk, lease_holder=self.job.lease_holder).update(
                    lease_until=_lease_end(timezone.now())
                )
            finally:
                connection.close()

    def _write_failure(self, error: str):
        now, job = timezone.now(), self.job
        if job.attempts >= job.max_attempts:
            logger.error("Job %s (%s) failed for good:\n%s", job.pk, job.name, error)
            self._settle(state=Job.State.FAILED, error=error, finished_at=now)
        else:
            logger.warning("Job %s (%s) failed, attempt %s:\n%s", job.pk, job.name, job.attempts, error)
            again = now + Job.backoff(job.attempts)
            self._settle(state=Job.State.WAITING, error=error, run_after=again, sent_at=None, sends=0)

    def _put_off(self, wait: NotYet):
        logger.info("Job %s (%s) waits until %s: %s", self.job.pk, self.job.name, wait.until, wait)
        attempts = F("attempts") - 1
        self._settle(
            state=Job.State.WAITING, error=str(wait), run_after=wait.until, attempts=attempts, sent_at=None, sends=0
        )

    def _settle(self, **outcome):
        """Write the outcome, unless the lease went to another worker in the meantime."""
        Job.objects.filter(pk=self.job.pk, state=Job.State.RUNNING, lease_holder=self.job.lease_holder).update(
            lease_until=None, lease_holder="", **outcome
        )


def _lease_end(now: datetime) -> datetime:
    return now + timedelta(seconds=settings.LMS_JOB_LEASE_SECONDS)


def sweep_jobs(now: datetime | None = None) -> int:
    """Send again what is due and seems forgotten; give up on what killed its worker too often. How many were sent."""
    now = now or timezone.now()
    Job.objects.due(now).filter(attempts__gte=F("max_attempts")).update(
        state=Job.State.FAILED,
        finished_at=now,
        lease_until=None,
        lease_holder="",
        error="Le processus qui l’exécutait s’est arrêté à chaque essai.",
    )
    forgotten = [job for job in Job.objects.due(now).order_by("run_after")[:SWEEP_BATCH] if _is_forgotten(job, now)]
    sent = 0
    for job in forgotten:
        if not send(job):
            break
        sent += 1
    return sent


def _is_forgotten(job: Job, now: datetime) -> bool:
    """Never sent, or sent so long ago that the message must be lost; each time the patience doubles."""
    if job.state == Job.State.RUNNING or job.sent_at is None:
        return True
    patience = settings.LMS_JOB_RESEND_SECONDS * 2 ** min(max(job.sends - 1, 0), 6)
    return job.sent_at <= now - timedelta(seconds=patience)


def hasten(name: str, now: datetime) -> int:
    """Let the jobs of this name that wait for a later hour run at `now`; the next sweeps send them. How many."""
    return Job.objects.waiting().filter(name=name, run_after__gt=now).update(run_after=now, sent_at=None, sends=0)


def replay(jobs: models.QuerySet, actor) -> int:
    """Give failed or cancelled jobs all their attempts anew. How many there were."""
    now = timezone.now()
    with transaction.atomic():
        chosen = list(jobs.replayable().select_for_update())
        Job.objects.filter(pk__in=[job.pk for job in chosen]).update(
            state=Job.State.WAITING,
            attempts=0,
            run_after=now,
            finished_at=None,
            sent_at=None,
            sends=0,
            percent=0,
            note="",
        )
        for job in chosen:
            audit.record("job.replay", actor, job)
            transaction.on_commit(partial(send, job), robust=True)
    return len(chosen)


def cancel(jobs: models.QuerySet, actor) -> int:
    """Give up jobs that wait or failed; one that runs is left to end. How many there were."""
    with transaction.atomic():
        chosen = list(jobs.cancellable().select_for_update())
        Job.objects.filter(pk__in=[job.pk for job in chosen]).update(
            state=Job.State.CANCELLED, finished_at=timezone.now()
        )
        for job in chosen:
            audit.record("job.cancel", actor, job)
    return len(chosen)
