"""A supervised sitting: opened for a quiz, entered with a code, its learners' identity controlled, closed by its minutes."""

import datetime
from collections.abc import Iterable

from django.db import transaction

from courses.models import CoursePage, QuizPage
from lms.assessment.actions.submission import settle
from lms.assessment.models import (
    Attempt,
    IdentityCheck,
    SittingEntry,
    SittingIncident,
    SittingRecord,
    SittingSupervisor,
    SupervisedSitting,
)
from lms.assessment.rules import supervision, timing
from lms.assessment.signals import sitting_closed
from lms.core import audit
from lms.core.jobs import enqueue
from lms.people.models import User

LONGEST = datetime.timedelta(hours=12)


class SittingRefused(Exception):
    """No supervisor, hours that make no sitting, or a quiz that is not taken under supervision."""


class SittingClosed(Exception):
    """The minutes are written: nothing is added to them."""


class SittingStillOn(Exception):
    """Somebody in the room has not handed in, and may until the end."""


class NotASupervisor(Exception):
    """Not one of its supervisors, or the learner themself."""


@transaction.atomic
def open_sitting(
    quiz: QuizPage,
    place: str,
    starts_at: datetime.datetime,
    ends_at: datetime.datetime,
    supervisors: Iterable[User],
    author: User,
    now: datetime.datetime,
) -> SupervisedSitting:
    """Announce a sitting and tell those who supervise it. Raises SittingRefused."""
    supervisors = sorted(set(supervisors), key=lambda person: person.pk)
    fits = now < ends_at and starts_at < ends_at <= starts_at + LONGEST
    if not supervisors or not fits or not place.strip() or not supervision.needs_supervision(quiz.assurance):
        raise SittingRefused
    course = CoursePage.objects.ancestor_of(quiz).get()
    sitting = SupervisedSitting.objects.create(
        quiz=quiz,
        course=course,
        place=place.strip(),
        starts_at=starts_at,
        ends_at=ends_at,
        opened_by=author,
        created_at=now,
    )
    SittingSupervisor.objects.bulk_create([SittingSupervisor(sitting=sitting, person=one) for one in supervisors])
    audit.record("assessment.open_sitting", author, sitting, supervisors=[person.pk for person in supervisors])
    for person in supervisors:
        payload = {"sitting": sitting.pk, "person": person.pk}
        enqueue("assessment.tell_supervisor", key=f"sitting:{sitting.pk}:{person.pk}", payload=payload)
    return sitting


def sitting_with_code(quiz: QuizPage, typed: str, now: datetime.datetime) -> SupervisedSitting | None:
    """The sitting of this quiz, open now, whose code was typed; how often one may try is the caller's to count."""
    sittings = SupervisedSitting.objects.open_at(now).filter(quiz=quiz).order_by("pk")
    return next((one for one in sittings if supervision.is_code_right(one.secret, typed, now)), None)


@transaction.atomic
def check_identity(entry: SittingEntry, document: str, author: User, now: datetime.datetime) -> IdentityCheck:
    """A supervisor has seen who the learner is; saying it again changes nothing.

    Locks the sitting. Raises SittingClosed, NotASupervisor.
    """
    learner = _writable(entry, author)
    check, is_new = IdentityCheck.objects.get_or_create(
        entry=entry, defaults={"learner": learner, "document": document, "author": author, "created_at": now}
    )
    if is_new:
        audit.record("assessment.check_identity", author, entry, on_behalf_of=learner, document=document)
    return check


@transaction.atomic
def note_incident(entry: SittingEntry, effect: str, text: str, author: User, now: datetime.datetime) -> SittingIncident:
    """A supervisor writes what happened, and whether it takes the attempt away as a proof.

    Locks the sitting. Raises SittingClosed, NotASupervisor, SittingRefused without a word of what happened.
    """
    learner = _writable(entry, author)
    if not text.strip():
        raise SittingRefused
    incident = SittingIncident.objects.create(
        entry=entry, learner=learner, effect=effect, text=text.strip(), author=author, created_at=now
    )
    audit.record("assessment.note_incident", author, entry, on_behalf_of=learner, effect=effect)
    return incident


def may_close(sitting: SupervisedSitting, now: datetime.datetime) -> bool:
    """Before its end and what an answer may take to arrive, only once everyone in the room has handed in; one query."""
    if timing.is_over(sitting.ends_at, now):
        return True
    return not Attempt.objects.taking_answers(now).filter(sitting_entry__sitting=sitting).exists()


def close_sitting(
    sitting: SupervisedSitting, author: User | None, remarks: str, now: datetime.datetime
) -> SittingRecord:
    """Freeze the minutes; what is proved there is decided from then on. Closing again gives the same ones.

    What is past its deadline is handed in first. Locks the sitting. Raises SittingStillOn.
    """
    for attempt in Attempt.objects.filter(sitting_entry__sitting=sitting).exclude(state=Attempt.State.SUBMITTED):
        settle(attempt, now)  # outside the transaction: it locks the attempt, then the enrolment
    return _close(sitting, author, remarks, now)


def close_forgotten(now: datetime.datetime) -> int:
    """Close, a day after their end, the sittings nobody closed: certificates wait for them. How many."""
    overdue = SupervisedSitting.objects.not_closed().filter(ends_at__lt=now - supervision.CLOSES_BY_ITSELF_AFTER)
    sittings = list(overdue.order_by("pk"))
    for sitting in sittings:
        close_sitting(sitting, None, "", now)
    return len(sittings)


def is_supervisor(user: User, sitting: SupervisedSitting) -> bool:
    return any(row.person_id == user.pk for row in sitting.supervisors.all())


def _writable(entry: SittingEntry, author: User) -> User:
    """The learner of an entry whose sitting is locked and takes what `author` has to say of it."""
    sitting = SupervisedSitting.objects.select_for_update().get(pk=entry.sitting_id)
    learner = entry.attempt.enrolment.person
    if sitting.is_closed:
        raise SittingClosed
    if author.pk == learner.pk or not is_supervisor(author, sitting):
        raise NotASupervisor
    return learner


@transaction.atomic
def _close(sitting: SupervisedSitting, author: User | None, remarks: str, now: datetime.datetime) -> SittingRecord:
    sitting = SupervisedSitting.objects.select_for_update().get(pk=sitting.pk)
    if sitting.is_closed:
        return sitting.record
    if not may_close(sitting, now):
        raise SittingStillOn
    record = SittingRecord(sitting=sitting, remarks=remarks.strip(), closed_by=author, closed_at=now, content={})
    record.content = minutes_of(sitting, record)
    record.save()
    audit.record("assessment.close_sitting", author, sitting, people=len(record.content["people"]))
    for entry in sitting.entries.with_facts():
        if entry.is_excluded:
            enqueue("assessment.tell_excluded", key=f"sitting:excluded:{entry.pk}", payload={"entry": entry.pk})
    sitting_closed.send(sender=SupervisedSitting, sitting=sitting, record=record)
    return record


def minutes_of(sitting: SupervisedSitting, record: SittingRecord) -> dict:
    """What the minutes keep, as `SittingRecord.content` says it."""
    sitting.record = record
    entries = list(sitting.entries.with_facts())
    for entry in entries:
        entry.sitting = sitting
    return {
        "course": sitting.course.title,
        "quiz": sitting.quiz.title,
        "place": sitting.place,
        "starts_at": sitting.starts_at.isoformat(),
        "ends_at": sitting.ends_at.isoformat(),
        "opened_by": str(sitting.opened_by),
        "supervisors": [str(row.person) for row in sitting.supervisors.select_related("person")],
        "people": [_line(entry) for entry in entries],
    }


def _line(entry: SittingEntry) -> dict:
    person, identity = entry.attempt.enrolment.person, getattr(entry, "identity", None)
    submitted_at = entry.attempt.submitted_at
    return {
        "name": str(person),
        "email": person.email,
        "attempt": entry.attempt_id,
        "entered_at": entry.entered_at.isoformat(),
        "submitted_at": submitted_at and submitted_at.isoformat(),
        "document": identity and identity.document,
        "checked_by": identity and str(identity.author),
        "checked_at": identity and identity.created_at.isoformat(),
        "incidents": [
            {"effect": row.effect, "text": row.text, "author": str(row.author), "at": row.created_at.isoformat()}
            for row in entry.incidents.all()
        ],
        "is_excluded": entry.is_excluded,
        "is_supervised": entry.proves_supervised,
    }
