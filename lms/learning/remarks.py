"""What learners tell the trainers about a lesson: sending it, dealing with it, erasing its words."""

import datetime

from django.db import transaction

from courses.outline import OutlineItem
from lms.core import audit
from lms.learning.models import Enrolment, LessonRemark
from lms.people.models import User

MOST_A_DAY = 10  # by one learner in one course
State = LessonRemark.State


class TooManyRemarks(Exception):
    """The learner sent as many remarks today as one may."""


@transaction.atomic
def send_remark(enrolment: Enrolment, item: OutlineItem, text: str, now: datetime.datetime) -> LessonRemark:
    """Keep a learner's remark on a lesson; the same words sent twice are one remark. Locks the enrolment.

    Raises TooManyRemarks.
    """
    enrolment = Enrolment.objects.select_for_update().get(pk=enrolment.pk)
    today = LessonRemark.objects.filter(enrolment=enrolment, sent_at__gte=now - datetime.timedelta(days=1))
    if same := today.filter(lesson=item.id, text=text).first():
        return same
    if today.count() >= MOST_A_DAY:
        raise TooManyRemarks
    return LessonRemark.objects.create(
        enrolment=enrolment, lesson_id=item.id, revision_id=item.revision_id, text=text, sent_at=now
    )


def handle_remark(remark: LessonRemark, by: User, now: datetime.datetime) -> bool:
    """Mark a remark as dealt with; whether it was still to be read."""
    waiting = LessonRemark.objects.waiting().filter(pk=remark.pk)
    return bool(waiting.update(state=State.HANDLED, handled_by=by, handled_at=now))


@transaction.atomic
def erase_remark(remark: LessonRemark, by: User, now: datetime.datetime) -> bool:
    """Erase the words of a remark for good (they name someone, they insult); that it was sent stays, and who erased it."""
    kept = LessonRemark.objects.exclude(state=State.ERASED).filter(pk=remark.pk)
    if not kept.update(state=State.ERASED, text="", handled_by=by, handled_at=now):
        return False
    audit.record("learning.erase_remark", by, remark)
    return True
