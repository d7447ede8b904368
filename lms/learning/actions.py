"""What learners do to their courses: enrol, withdraw, progress, complete."""

import datetime
from collections.abc import Collection, Mapping

from django.db import IntegrityError, transaction
from django.db.models import Exists

from courses.models import CoursePage
from courses.outline import Outline, OutlineItem, course_outline
from lms.core import audit
from lms.learning import rules
from lms.learning.models import Completion, Enrolment, ItemProgress, ProgressEvent
from lms.learning.programmes import complete_programmes
from lms.learning.signals import course_completed
from lms.learning.study import PROGRESS, Study
from lms.people.models import User

State = Enrolment.State
DERIVED = ("done_count", "item_count", "last_item_id", "state")  # of the enrolment, from what is done


class EnrolmentRefused(Exception):
    """Why a person cannot enrol in a course."""


class CourseNotLive(EnrolmentRefused):
    """The course is not published."""


class CourseArchived(EnrolmentRefused):
    """The course is kept for its records only."""


class CourseRestricted(EnrolmentRefused):
    """The course is kept for groups the person is not in."""


class EnrolmentCompleted(Exception):
    """A completed course can no longer be given up."""


class EnrolmentWithdrawn(Exception):
    """Nothing more is recorded on a course that was given up; enrol again first."""


@transaction.atomic
def enrol(person: User, course: CoursePage, now: datetime.datetime) -> Enrolment:
    """Enrol a person in a course; who is already enrolled stays so, who had given up finds their progress again.

    Raises CourseNotLive, CourseArchived, CourseRestricted. However many times at once, one enrolment results: the
    database refuses a second.
    """
    outline = course_outline(course.pk, course.outline.version)
    kept = Enrolment.objects.filter(person=person, course=course)
    if enrolment := kept.exclude(state=State.WITHDRAWN).first():
        return enrolment
    _check_may_enter(person, outline)
    if enrolment := kept.first():
        return _take_up_again(enrolment, person, now)
    try:
        with transaction.atomic():
            enrolment = Enrolment.objects.create(
                person=person, course=course, enrolled_at=now, item_count=len(outline.items)
            )
    except IntegrityError:
        return kept.exclude(state=State.WITHDRAWN).get()
    audit.record("learning.enrol", person, enrolment)
    return enrolment


@transaction.atomic
def withdraw(enrolment: Enrolment) -> Enrolment:
    """Give up a course; the facts stay. Raises EnrolmentCompleted. Locks the enrolment."""
    enrolment = Enrolment.objects.select_for_update().get(pk=enrolment.pk)
    if enrolment.state == State.COMPLETED:
        raise EnrolmentCompleted
    if enrolment.state == State.ACTIVE:
        enrolment.state = State.WITHDRAWN
        enrolment.save(update_fields=["state"])
        audit.record("learning.withdraw", enrolment.person, enrolment)
    return enrolment


@transaction.atomic
def record_event(
    enrolment: Enrolment,
    item_id: int,
    kind: str,
    occurred_at: datetime.datetime,
    source_key: str,
    value: dict | None = None,
    revision_id: int | None = None,
    is_late: bool = False,
) -> bool:
    """Append a fact about one item, bring the progress up to date, and complete the course if nothing is missing.

    `kind` is a `ProgressEvent.Kind`; `value` may hold {"score_percent": "85.00"}. The same `source_key` again changes
    nothing. A late fact, decided since about what was done then, is kept even where the course was given up meanwhile:
    it counts for who takes it up again. True when the fact is new. Locks the enrolment. Raises EnrolmentWithdrawn.
    """
    enrolment = lock_enrolment(enrolment.pk)
    study = record_on(enrolment, item_id, kind, occurred_at, source_key, value, revision_id, is_late)
    return study is not None


def record_on(
    enrolment: Enrolment,
    item_id: int,
    kind: str,
    occurred_at: datetime.datetime,
    source_key: str,
    value: dict | None = None,
    revision_id: int | None = None,
    is_late: bool = False,
) -> Study | None:
    """What `record_event` does, for who locks the enrolment already and in their transaction.

    Where that leaves the learner in the course, so that nobody reads it again; None when the fact is not new. Raises
    EnrolmentWithdrawn.
    """
    if enrolment.state == State.WITHDRAWN and not is_late:
        raise EnrolmentWithdrawn
    study, is_known = _study(enrolment, source_key)
    if is_known:
        return None
    value = value or {}
    item = study.outline.item_by_id(item_id)
    ProgressEvent.objects.create(
        enrolment=enrolment,
        item_id=item_id,
        revision_id=revision_id or (item.revision_id if item else None),
        kind=kind,
        value=value,
        occurred_at=occurred_at,
        source_key=source_key,
    )
    before = study.progress.get(item_id, rules.NOTHING_YET)
    after = rules.after(before, kind, rules.score_of(value), occurred_at)
    study.progress[item_id] = after
    if after != before:
        _write_progress(enrolment, item_id, after)
    _bring_up_to_date(enrolment, study.outline, study.progress, occurred_at, last_item_id=item.id if item else None)
    study.state, study.last_item_id = enrolment.state, enrolment.last_item_id
    return study


def finish_lesson(enrolment: Enrolment, item: OutlineItem, now: datetime.datetime) -> bool:
    """Record that the learner says a lesson is done; once, and once more each time it is asked again.

    Raises EnrolmentWithdrawn.
    """
    key = f"lesson:{enrolment.pk}:{item.id}:done"
    if asked := ProgressEvent.objects.asked_again().filter(enrolment=enrolment, item=item.id).count():
        key = f"{key}:{asked}"
    return record_event(enrolment, item.id, ProgressEvent.Kind.COMPLETED, now, key, revision_id=item.revision_id)


@transaction.atomic
def ask_again(wanted: Mapping[int, Collection[int]], source: str, now: datetime.datetime) -> None:
    """Append that lessons done changed and are to be read anew: for each enrolment, the ids of the items; `source` says by what.

    Three queries however many there are; what was not done is left as it is. The same `source` again changes nothing.
    """
    pairs = {(enrolment, item) for enrolment, items in wanted.items() for item in items}
    rows = ItemProgress.objects.filter(
        enrolment__in=wanted, item__in={item for _, item in pairs}, completion=ItemProgress.Completion.COMPLETED
    ).order_by()
    done = [row for row in rows.values_list("pk", "enrolment_id", "item_id") if row[1:] in pairs]
    ProgressEvent.objects.bulk_create(
        [
            ProgressEvent(
                enrolment_id=enrolment,
                item_id=item,
                kind=ProgressEvent.Kind.ASKED_AGAIN,
                occurred_at=now,
                source_key=f"again:{source}:{enrolment}:{item}",
            )
            for _, enrolment, item in done
        ],
        ignore_conflicts=True,
    )
    ItemProgress.objects.filter(pk__in=[pk for pk, *_ in done]).update(is_asked_again=True)


@transaction.atomic
def complete_if_due(enrolment: Enrolment, now: datetime.datetime) -> Completion | None:
    """Complete the course if nothing is missing any more (a last lesson was unpublished). Locks the enrolment."""
    enrolment = lock_enrolment(enrolment.pk)
    study, _is_known = _study(enrolment)
    return _bring_up_to_date(enrolment, study.outline, study.progress, now, last_item_id=None)


def lock_enrolment(enrolment_id: int) -> Enrolment:
    """The enrolment as it is now, for this transaction alone."""
    return Enrolment.objects.select_for_update().get(pk=enrolment_id)


def progress_of(enrolment: Enrolment) -> dict[int, rules.Progress]:
    """What is true now of each item of an enrolment, by page id; one query."""
    rows = ItemProgress.objects.filter(enrolment=enrolment).order_by()
    return {item_id: rules.Progress(*values) for item_id, *values in rows.values_list("item_id", *PROGRESS)}


def _check_may_enter(person: User, outline: Outline) -> None:
    if not outline.is_live:
        raise CourseNotLive
    if outline.is_archived:
        raise CourseArchived
    if not outline.is_open_to(person):
        raise CourseRestricted


def _take_up_again(enrolment: Enrolment, person: User, now: datetime.datetime) -> Enrolment:
    Enrolment.objects.filter(pk=enrolment.pk, state=State.WITHDRAWN).update(state=State.ACTIVE)
    audit.record("learning.enrol_again", person, enrolment)
    complete_if_due(enrolment, now)  # a mark decided meanwhile may have been all that was missing
    enrolment.refresh_from_db(fields=["state"])
    return enrolment


def _study(enrolment: Enrolment, source_key: str = "") -> tuple[Study, bool]:
    """Where a locked enrolment stands, and whether a fact is known already; one query, asked once it is locked.

    A row an item, one without item where nothing is done.
    """
    is_known = Exists(ProgressEvent.objects.filter(source_key=source_key))
    rows = list(
        Enrolment.objects.filter(pk=enrolment.pk)
        .order_by()
        .values_list(is_known, "course__outline__version", *(f"items__{name}" for name in ("item_id", *PROGRESS)))
    )
    known, version = rows[0][:2]
    progress = {item_id: rules.Progress(*values) for _known, _version, item_id, *values in rows if item_id}
    outline = course_outline(enrolment.course_id, version)
    study = Study(enrolment.pk, enrolment.state, enrolment.last_item_id, outline, version, progress)
    return study, known


def _write_progress(enrolment: Enrolment, item_id: int, progress: rules.Progress) -> None:
    row = ItemProgress(
        enrolment=enrolment,
        item_id=item_id,
        completion=progress.completion,
        success=progress.success,
        score_percent=progress.score_percent,
        updated_at=progress.updated_at,
        is_asked_again=progress.is_asked_again,
    )
    ItemProgress.objects.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["enrolment", "item"],
        update_fields=list(PROGRESS),
    )


def _bring_up_to_date(
    enrolment: Enrolment,
    outline: Outline,
    known: dict[int, rules.Progress],
    now: datetime.datetime,
    last_item_id: int | None,
) -> Completion | None:
    """Write the counts derived from `known`, and the completion when it is due; the enrolment is locked."""
    found = rules.conditions(outline.items, known)
    is_due = enrolment.state == State.ACTIVE and rules.are_met(found)
    before = [getattr(enrolment, name) for name in DERIVED]
    enrolment.done_count = sum(condition.is_met for condition in found)
    enrolment.item_count = len(found)
    enrolment.last_item_id = last_item_id or enrolment.last_item_id
    enrolment.state = State.COMPLETED if is_due else enrolment.state
    if before != [getattr(enrolment, name) for name in DERIVED]:
        enrolment.save(update_fields=DERIVED)
    return _complete(enrolment, outline, found, now) if is_due else None


def _complete(
    enrolment: Enrolment, outline: Outline, found: list[rules.Condition], now: datetime.datetime
) -> Completion:
    completion = Completion.objects.create(
        enrolment=enrolment,
        completed_at=now,
        course_revision_id=outline.revision_id,
        content_version=outline.content_version,
        conditions=[condition.as_json() for condition in found],
    )
    audit.record("learning.complete", enrolment.person, enrolment, content_version=outline.content_version)
    course_completed.send(sender=Enrolment, enrolment=enrolment, completion=completion)
    complete_programmes(enrolment.person_id, enrolment.course_id, now)
    return completion
