"""What every import does alike: keep the file of a preview, clear away those forgotten, let go of a file once it is read."""

import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial

from django.core.files.base import ContentFile
from django.db import connection, transaction

from courses.imports.remarks import Remark
from courses.models.imports import Import

TOLD_EVERY_SECONDS = 0.4


class AlreadyAsked(Exception):
    """The import was confirmed before, or is done."""


@transaction.atomic
def keep_preview(begun: Import, data: bytes, now: datetime) -> Import:
    """Save a new import with its file; previews that the same person forgot are cleared away with theirs."""
    for old in type(begun).objects.forgotten(now).filter(created_by=begun.created_by):
        forget_file(old)
        old.delete()
    begun.created_at = now
    begun.file.save(f"{uuid.uuid4()}", ContentFile(data), save=False)
    begun.save()
    return begun


def forget_file(begun: Import) -> None:
    """Delete the file of an import once the transaction stands."""
    name, storage, begun.file = begun.file.name, begun.file.storage, ""
    transaction.on_commit(partial(storage.delete, name))


def paced(told: Callable[[int], None], clock: Callable[[], float] = time.monotonic) -> Callable[[int], None]:
    """The same, told at most every `TOLD_EVERY_SECONDS`, and only what is more than was told."""
    last, at = 0, -TOLD_EVERY_SECONDS

    def tell(percent: int) -> None:
        nonlocal last, at
        if percent > last and (now := clock()) - at >= TOLD_EVERY_SECONDS:
            last, at = percent, now
            told(percent)

    return tell


def from_aside(told: Callable[[int], None]) -> Callable[[int], None]:
    """The same, told through another connection: it is seen before the transaction at hand ends.

    On SQLite, where that would wait for this transaction to end, nothing is told.
    """
    if connection.vendor == "sqlite":
        return lambda percent: None

    def run(percent: int) -> None:
        try:
            told(percent)
        finally:
            connection.close()

    def tell(percent: int) -> None:
        with ThreadPoolExecutor(1) as thread:
            thread.submit(run, percent).result()

    return tell


def as_rows(remarks: list[Remark]) -> list[list[str]]:
    """Remarks as an import stores them."""
    return [[remark.level, remark.where, remark.message] for remark in remarks]
