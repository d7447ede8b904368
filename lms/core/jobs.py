"""The outbox: work that must not be lost is first a row, then a message, then swept and sent again until done.

An app registers what it can do (`job_handler`), asks for it inside the transaction of the fact (`enqueue`), and a Celery
worker runs it (`run_job`). Brokers lose messages when a worker is killed; the row stays, and `sweep_jobs` finds it.
So a handler may run twice, and must make nothing twice.

Work of one name that is cheaper by the lot has a second handler, `together`: whoever takes a job takes along others that wait.
"""

import logging
import os
import socket
import threading
import traceback
import uuid
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

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
# Jobs of one name that one worker takes at once: enough to share their queries, few enough to keep memory flat.
TOGETHER = 100


@dataclass(frozen=True)
class Handler:
    """What runs jobs of one name, in which queue, and how often it may fail; and what runs many of them, if anything does."""

    run: Callable[[Job], object]
    queue: str
    max_attempts: int
    together: Callable[[Sequence[Job]], Collection[int]] | None


class Ask(NamedTuple):
    """One of many jobs asked for at once."""

    key: str
    payload: dict
    on_behalf_of: object = None


HANDLERS: dict[str, Handler] = {}


class NotYet(Exception):
    """What a handler raises when its work must wait for an hour it knows, `until`; waiting is no failed attempt."""

    until: datetime


class UnknownJob(LookupError):
    """No app registered a handler under this name."""


def job_handler(
    name: str,
    *,
    queue: str = "default",
    max_attempts: int = 8,
    together: Callable[[Sequence[Job]], Collection[int]] | None = None,
):
    """Register the function that runs jobs of this name; raising in it means "try again later".

    `together` does several that were never begun, and gives the primary keys of those that are done; the others, all of
    them when it raises, are run one by one.
    """

    def register(function):
        HANDLERS[name] = Handler(function, queue, max_attempts, together)
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
    job, created = Job.objects.get_or_create(
        key=key or f"{name}:{uuid.uuid4()}", defaults=_asked(name, payload or {}, on_behalf_of)
    )
    if created:
        transaction.on_commit(partial(send_all, [job]), robust=True)
    return job


def enqueue_all(name: str, asked: Iterable[Ask], *, at_once: bool = True) -> None:
    """Ask for many jobs of one name, in the same queries however many; a key that has its row keeps it.

    Sent when the transaction commits, or, if not `at_once`, by the next sweeps, so many a minute. Raises UnknownJob.
    """
    jobs = [Job(key=one.key, **_asked(name, one.payload, one.on_behalf_of)) for one in asked]
    known = set(Job.objects.filter(key__in=[job.key for job in jobs]).values_list("key", flat=True))
    new = [job for job in jobs if job.key not in known]
    Job.objects.bulk_create(new, ignore_conflicts=True)  # somebody may have asked meanwhile
    if at_once:
        asked_for = Job.objects.waiting().filter(key__in=[job.key for job in new], sends=0).order_by("pk")
        transaction.on_commit(lambda: send_all(asked_for), robust=True)


def _asked(name: str, payload: dict, on_behalf_of) -> dict:
    """The fields of a job just asked for, but its key."""
    handler, now = handler_for(name), timezone.now()
    return {
        "name": name,
        "queue": handler.queue,
        "max_attempts": handler.max_attempts,
        "payload": payload,
        "run_after": now,
        "created_at": now,
        "on_behalf_of_pk": str(on_behalf_of.pk) if on_behalf_of else "",
        "on_behalf_of_label": str(on_behalf_of)[:200] if on_behalf_of else "",
    }


def send_all(jobs: Iterable[Job]) -> int:
    """Hand jobs to the broker; how many are on their way. One that does not answer is no failure here: the sweep sends again.

    Of those that are run together, one message calls for `TOGETHER`.
    """
    sent, along = [], Counter()
    try:
        for job in jobs:
            goes_along = job.started_at is None and _runs_together(job.name)
            if not goes_along or along[job.name] % TOGETHER == 0:
                celery_app.send_task("core.run_job", args=[job.pk], queue=job.queue, retry=False)
            along[job.name] += goes_along
            sent.append(job.pk)
    except (KombuError, OSError, *_broker_errors()) as error:
        logger.warning("The broker did not take job %s (%s); the sweep will send it again.", job.pk, error)
    Job.objects.filter(pk__in=sent).update(sent_at=timezone.now(), sends=F("sends") + 1)
    return len(sent)


def _broker_errors() -> tuple[type[BaseException], ...]:
    """The errors of the broker in use, whose client may not even be installed for the others."""
    connection = celery_app.connection_for_write()
    return connection.connection_errors + connection.channel_errors


def claim(job_pk: int, now: datetime) -> list[Job]:
    """Take the job for this worker, first of the list; none if it is done, not yet due, or another holds its lease.

    One UPDATE decides, so of any number of workers that try at once exactly one gets it. Where jobs of its name may be run
    together, others that were never begun come along, `TOGETHER` in all, which is no attempt of theirs.
    """
    holder = f"{socket.gethostname()[:30]}:{os.getpid()}:{uuid.uuid4().hex[:12]}"
    lease = {
        "state": Job.State.RUNNING,
        "lease_until": _lease_end(now),
        "lease_holder": holder,
        "started_at": now,
        "percent": 0,
        "note": "",
    }
    due = Job.objects.due(now).filter(pk=job_pk, attempts__lt=F("max_attempts"))
    before = due.first()
    if before is None or not due.update(**lease, attempts=F("attempts") + 1):
        return []
    job = Job.objects.get(pk=job_pk)
    if before.started_at or not _runs_together(job.name):
        return [job]
    fresh = _fresh(job.name, now)
    with transaction.atomic():
        rows = fresh.select_for_update(skip_locked=True).order_by("run_after")  # another worker looks beyond these
        pks = list(rows.values_list("pk", flat=True)[: TOGETHER - 1])
        fresh.filter(pk__in=pks).update(**lease)
    return [job, *Job.objects.filter(pk__in=pks, lease_holder=holder).order_by("pk")]


def _runs_together(name: str) -> bool:
    return name in HANDLERS and HANDLERS[name].together is not None


def _fresh(name: str, now: datetime) -> models.QuerySet:
    """Those of this name that may be taken together: never begun, their hour come."""
    return Job.objects.waiting().filter(name=name, started_at__isnull=True, run_after__lte=now)


def run_job(job_pk: int) -> bool:
    """Claim the job, run its handler, write the outcome. True if the job was this worker's to run.

    Whatever the handler raises is written in the row and the job tried again later, `max_attempts` times in all.
    """
    jobs = claim(job_pk, timezone.now())
    if not jobs:
        return False
    with _Lease(jobs):
        if len(jobs) > 1:
            _run_together(jobs)
        else:
            _run_alone(jobs[0])
    return True


def _run_alone(job: Job) -> None:
    with _Caught() as caught:
        handler_for(job.name).run(job)
    if caught.error is None:
        _settle([job], **_done())
    elif isinstance(caught.error, NotYet):
        _put_off(job, caught.error)
    else:
        _write_failure(job, "".join(traceback.format_exception(caught.error)))


def _run_together(jobs: Sequence[Job]) -> None:
    """What it does not do, or all when it raises, is given back: any worker then runs each alone. After as many as may be
    taken, others may wait whose message went with these: one is sent for them.
    """
    done, now = set(), timezone.now()
    with _Caught() as caught:
        done = set(HANDLERS[jobs[0].name].together(jobs))
    if caught.error is not None:
        logger.warning("%s jobs %s failed together; each is run alone.", len(jobs), jobs[0].name, exc_info=caught.error)
    _settle([job for job in jobs if job.pk in done], **_done(), attempts=1)
    left = [job for job in jobs if job.pk not in done]
    _settle(left, state=Job.State.WAITING, run_after=now, attempts=0, sent_at=None, sends=0)
    send_all(left)
    if len(jobs) == TOGETHER:
        send_all(_fresh(jobs[0].name, now).order_by("run_after")[:1])


class _Caught:
    """Whatever a handler raises, kept in `error`; but a process told to stop goes on stopping."""

    error: Exception | None = None

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if isinstance(error, Exception):
            self.error = error
            return True
        return False


def _done() -> dict:
    return {"state": Job.State.DONE, "percent": 100, "error": "", "finished_at": timezone.now()}


def _put_off(job: Job, wait: NotYet) -> None:
    logger.info("Job %s (%s) waits until %s: %s", job.pk, job.name, wait.until, wait)
    as_before = {"attempts": F("attempts") - 1, "started_at": None, "sent_at": None, "sends": 0}
    _settle([job], state=Job.State.WAITING, error=str(wait), run_after=wait.until, **as_before)


def _write_failure(job: Job, error: str) -> None:
    now = timezone.now()
    if job.attempts >= job.max_attempts:
        logger.error("Job %s (%s) failed for good:\n%s", job.pk, job.name, error)
        _settle([job], state=Job.State.FAILED, error=error, finished_at=now)
    else:
        logger.warning("Job %s (%s) failed, attempt %s:\n%s", job.pk, job.name, job.attempts, error)
        again = now + Job.backoff(job.attempts)
        _settle([job], state=Job.State.WAITING, error=error, run_after=again, sent_at=None, sends=0)


def _settle(jobs: Sequence[Job], **outcome) -> None:
    """Write the outcome of jobs of one lease, unless it went to another worker in the meantime."""
    if jobs:
        _of_the_lease(jobs).update(lease_until=None, lease_holder="", **outcome)


def _of_the_lease(jobs: Sequence[Job]) -> models.QuerySet:
    pks, holder = [job.pk for job in jobs], jobs[0].lease_holder
    return Job.objects.filter(pk__in=pks, state=Job.State.RUNNING, lease_holder=holder)


class _Lease:
    """Keeps the lease of jobs while they are run.

    A worker that dies renews nothing and writes nothing, so they go to another when the lease ends; so they do when the
    process is told to stop.
    """

    def __init__(self, jobs: Sequence[Job]):
        self.jobs = jobs
        self.finished = threading.Event()
        self.renewal = threading.Thread(target=self._renew, name=f"lease of job {jobs[0].pk}", daemon=True)

    def __enter__(self):
        self.renewal.start()

    def __exit__(self, *error):
        self.finished.set()
        self.renewal.join()

    def _renew(self):
        while not self.finished.wait(settings.LMS_JOB_LEASE_SECONDS / 3):
            try:
                _of_the_lease(self.jobs).update(lease_until=_lease_end(timezone.now()))
            finally:
                connection.close()


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
    return send_all(job for job in Job.objects.due(now).order_by("run_after")[:SWEEP_BATCH] if _is_forgotten(job, now))


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
        transaction.on_commit(partial(send_all, chosen), robust=True)
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
