"""Archiving a course: it leaves the catalogue and takes nobody in, and stays readable by those enrolled."""

from datetime import datetime

from django.db import transaction

from courses.models import CoursePage
from lms.core import audit


@transaction.atomic
def archive_course(course: CoursePage, user, now: datetime) -> None:
    """Archive a course; one that is archived already keeps its date. Locks the course."""
    _set_archived_at(course, now, "course.archive", user)


@transaction.atomic
def unarchive_course(course: CoursePage, user) -> None:
    """Put an archived course back into the catalogue. Locks the course."""
    _set_archived_at(course, None, "course.unarchive", user)


def _set_archived_at(course: CoursePage, moment: datetime | None, verb: str, user) -> None:
    current = CoursePage.objects.select_for_update().get(pk=course.pk)
    if (current.archived_at is None) == (moment is None):
        course.archived_at = current.archived_at
        return
    current.archived_at = course.archived_at = moment
    current.save(update_fields=["archived_at"])
    audit.record(verb, actor=user, obj=current)
