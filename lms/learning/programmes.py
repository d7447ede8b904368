"""What learners do to programmes: follow one, leave it, complete it; completion is derived in the transaction of the last fact.

A course counts in a programme once it is completed; where the programme asks for certificates, once its certificate is valid too.
Who knows of certificates stands above: each hook `certified_courses` gives, of a person and course ids, those certified today.
"""

import datetime
from collections.abc import Collection

from django.db import transaction
from wagtail import hooks

from courses.models import ProgrammePage
from lms.core import audit
from lms.learning.models import Completion, Enrolment, ProgrammeCompletion, ProgrammeEnrolment
from lms.learning.programme_rules import Tally, counting_courses, tally
from lms.learning.signals import programme_completed
from lms.people.models import User

State = ProgrammeEnrolment.State
CERTIFIED_COURSES = "certified_courses"


class ProgrammeNotOpen(Exception):
    """The programme is not published, or is closed to the person."""


class ProgrammeCompleted(Exception):
    """A completed programme can no longer be left."""


@transaction.atomic
def follow_programme(person: User, programme: ProgrammePage, now: datetime.datetime) -> ProgrammeEnrolment:
    """Enrol in a programme, or take it up again; courses completed before count at once. Its courses are enrolled in
    one by one, as their turn comes. Raises ProgrammeNotOpen.
    """
    if not ProgrammePage.objects.visible_to(person).filter(pk=programme.pk).exists():
        raise ProgrammeNotOpen
    enrolment, is_new = ProgrammeEnrolment.objects.get_or_create(
        person=person, programme=programme, defaults={"enrolled_at": now}
    )
    if ProgrammeEnrolment.objects.filter(pk=enrolment.pk, state=State.WITHDRAWN).update(state=State.ACTIVE):
        is_new = True
    if is_new:
        audit.record("learning.follow_programme", person, enrolment)
    complete_programme_if_due(enrolment.pk, now)
    enrolment.refresh_from_db(fields=["state"])
    return enrolment


@transaction.atomic
def leave_programme(enrolment: ProgrammeEnrolment) -> None:
    """Follow a programme no longer; its courses stay as they are. Locks the enrolment. Raises ProgrammeCompleted."""
    enrolment = ProgrammeEnrolment.objects.select_for_update().get(pk=enrolment.pk)
    if enrolment.state == State.COMPLETED:
        raise ProgrammeCompleted
    if enrolment.state == State.ACTIVE:
        enrolment.state = State.WITHDRAWN
        enrolment.save(update_fields=["state"])
        audit.record("learning.leave_programme", enrolment.person, enrolment)


def complete_programmes(person_id: int, course_id: int, now: datetime.datetime) -> None:
    """Complete the programmes for which one course of a person was the last fact missing; in the transaction of that fact."""
    followed = ProgrammeEnrolment.objects.filter(
        person=person_id, state=State.ACTIVE, programme__parts__course=course_id
    )
    for pk in followed.order_by("pk").values_list("pk", flat=True):
        complete_programme_if_due(pk, now)


@transaction.atomic
def complete_programme_if_due(enrolment_pk: int, now: datetime.datetime) -> ProgrammeCompletion | None:
    """Complete a programme if nothing is missing any more; once. Locks the enrolment: of two last facts at once, the
    second sees the first.
    """
    enrolment = (
        ProgrammeEnrolment.objects.select_for_update(of=("self",)).select_related("programme").get(pk=enrolment_pk)
    )
    if enrolment.state != State.ACTIVE:
        return None
    found, counting = standing_of(enrolment.person_id, enrolment.programme)
    if not found.is_completed:
        return None
    enrolment.state = State.COMPLETED
    enrolment.save(update_fields=["state"])
    completion = ProgrammeCompletion.objects.create(
        enrolment=enrolment,
        completed_at=now,
        programme_revision_id=enrolment.programme.live_revision_id,
        needs_certificates=enrolment.programme.needs_certificates,
        courses=_counted(enrolment, counting),
    )
    audit.record("learning.complete_programme", enrolment.person, enrolment, courses=len(completion.courses))
    programme_completed.send(sender=ProgrammeEnrolment, enrolment=enrolment, completion=completion)
    return completion


def standing_of(person_id: int, programme: ProgrammePage) -> tuple[Tally, set[int]]:
    """How much of a programme counts for a person, and the courses that do."""
    parts = list(programme.parts.all())
    courses = [part.course_id for part in parts]
    completed = Enrolment.objects.filter(person=person_id, course__in=courses, state=Enrolment.State.COMPLETED)
    certified = certified_courses(person_id, courses) if programme.needs_certificates else ()
    counting = counting_courses(completed.values_list("course", flat=True), certified, programme.needs_certificates)
    return tally(parts, counting, programme.optional_count), counting


def certified_courses(person_id: int, course_ids: Collection[int]) -> set[int]:
    """Of these courses, those whose certificate the person holds, valid today."""
    return {pk for find in hooks.get_hooks(CERTIFIED_COURSES) for pk in find(person_id, course_ids)}


def _counted(enrolment: ProgrammeEnrolment, counting: set[int]) -> list[dict]:
    """The courses that counted, in the order of the programme, as they were completed."""
    facts = {
        row["enrolment__course"]: row
        for row in Completion.objects.filter(
            enrolment__person=enrolment.person_id, enrolment__course__in=counting
        ).values("enrolment", "enrolment__course", "completed_at", "content_version")
    }
    return [
        {
            "course": part.course_id,
            "enrolment": facts[part.course_id]["enrolment"],
            "is_required": part.is_required,
            "completed_at": facts[part.course_id]["completed_at"].isoformat(),
            "content_version": facts[part.course_id]["content_version"],
        }
        for part in enrolment.programme.parts.all()
        if part.course_id in facts
    ]
