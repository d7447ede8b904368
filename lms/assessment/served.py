"""What an attempt serves, read once and kept in the process: frozen at the start, it never changes.

The busiest request, the save of one answer, then asks the database for nothing but its one UPDATE. Each version of a
question is kept once, however many attempts serve it.
"""

import datetime
from dataclasses import dataclass

from django.core.cache import caches

from courses.models import QuestionVersion
from lms.assessment.models import ServedQuestion
from lms.assessment.rules.reading import words_to_read

SECONDS = 3600  # long enough for a sitting; afterwards it is read again


@dataclass(frozen=True, slots=True)
class Version:
    """What a form is read by."""

    type: str
    content: dict


@dataclass(frozen=True, slots=True)
class Served:
    """One question of an attempt, without its answer; `paper.read_form` reads it as it does the row."""

    position: int
    version: Version
    order: dict
    started_at: datetime.datetime


def served_in(attempt_id: int, person_id: int) -> dict[int, Served]:
    """The questions of a person's own attempt by position, none of anybody else's; one query when cold, none when warm."""
    key = f"assessment.served:{attempt_id}:{person_id}"
    found = caches["local"].get(key)
    if found is None:
        rows = ServedQuestion.objects.filter(attempt=attempt_id, attempt__enrolment__person=person_id).values_list(
            *("position", "order", "attempt__started_at", "version_id", "version__type", "version__content")
        )
        found = {
            position: Served(position, _kept(version_id, type, content), order, started_at)
            for position, order, started_at, version_id, type, content in rows
        }
        if found:
            caches["local"].set(key, found, SECONDS)
    return found


def words_of(version: QuestionVersion) -> int:
    """The words there are to read in a version of a question: counted once, for neither ever changes."""
    key = f"assessment.words:{version.pk}"
    words = caches["local"].get(key)
    if words is None:
        words = words_to_read(version.prompt, version.content)
        caches["local"].set(key, words, SECONDS)
    return words


def _kept(version_id: int, type: str, content: dict) -> Version:
    return caches["local"].get_or_set(f"assessment.version:{version_id}", Version(type, content), SECONDS)
