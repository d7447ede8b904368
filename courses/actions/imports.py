"""What every import does alike: keep the file of a preview, clear away those forgotten, let go of a file once it is read."""

import uuid
from datetime import datetime
from functools import partial

from django.core.files.base import ContentFile
from django.db import transaction

from courses.imports.remarks import Remark
from courses.models.imports import Import


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


def as_rows(remarks: list[Remark]) -> list[list[str]]:
    """Remarks as an import stores them."""
    return [[remark.level, remark.where, remark.message] for remark in remarks]
