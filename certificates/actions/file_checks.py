"""A stranger's file handed to the worker of checks, its verdict written, all of it forgotten soon after."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils import timezone

from certificates import storage
from certificates.models import FileCheck
from certificates.verifying.quarantine import TooBusy, check_apart
from certificates.verifying.trust import time_roots, trusted_roots
from lms.core.jobs import NotYet, enqueue
from lms.core.models import Job

JOB = "certificates.check_file"
LOOK_AGAIN = timedelta(seconds=5)
OVER = (Job.State.FAILED, Job.State.CANCELLED)


class TooManyWaiting(Exception):
    """As many files wait for their check as may."""


class ChecksBusy(NotYet):
    """As many files as this process checks at once are being checked; the next waits, which is no failed attempt."""

    def __init__(self):
        super().__init__("D’autres fichiers se contrôlent.")
        self.until = timezone.now() + LOOK_AGAIN


def ask_for_check(content: bytes, now: datetime) -> FileCheck:
    """Keep the file under a random name and put its check in the outbox. Raises TooManyWaiting.

    The row comes first: what a process killed here leaves behind is forgotten with it.
    """
    if FileCheck.objects.waiting().count() >= settings.LMS_CHECKS_WAITING:
        raise TooManyWaiting
    name = f"checks/{uuid.uuid4()}"
    check = FileCheck.objects.create(sha256=storage.fingerprint(content), storage_name=name, asked_at=now)
    storages["private"].save(name, ContentFile(content))
    enqueue(JOB, key=job_key(check), payload={"check": check.pk})
    return check


def job_key(check: FileCheck) -> str:
    return f"file-check:{check.token}"


def is_given_up(check: FileCheck) -> bool:
    """Whether nobody will look at it any more; one query."""
    return Job.objects.filter(key=job_key(check), state__in=OVER).exists()


def run_check(check: FileCheck, now: datetime) -> None:
    """Check the file in its limited child process and write the verdict; the file is dropped. Raises ChecksBusy.

    Done again by a worker that takes over a killed one, it says the same.
    """
    content = storage.read(check.storage_name, check.sha256)
    try:
        found = check_apart(content, trusted_roots(), time_roots(), patience_seconds=0)
    except TooBusy as busy:
        raise ChecksBusy from busy
    FileCheck.objects.filter(pk=check.pk).update(checked_at=now, verdict=found.to_json())
    storage.drop(check.storage_name)
    FileCheck.objects.filter(pk=check.pk).update(storage_name="")


def forget_checks(now: datetime) -> int:
    """Drop the results given, and the files nobody checked, after their time; how many."""
    old = FileCheck.objects.filter(asked_at__lt=now - timedelta(minutes=settings.LMS_CHECKS_KEPT_MINUTES))
    for check in old.exclude(storage_name=""):
        storage.drop(check.storage_name)
    return old.delete()[0]
