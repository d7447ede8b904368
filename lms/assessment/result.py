"""What the page of a result is made of, in as few queries as it can be: what marking just read is not read again.

Shown again later, it reads the place in the course, the ledger, the appeals and the questions.
"""

import datetime
from dataclasses import dataclass

from lms.assessment import actions
from lms.assessment.models import Attempt
from lms.learning.study import Study, find_study_in, if_open
from lms.people.models import User

# Of the pages above an attempt, what is shown and what says whether another may be made: none of their texts.
COLUMNS = (
    *(field.name for field in Attempt._meta.concrete_fields),
    *("enrolment__person", "enrolment__course", "enrolment__state"),
    *(f"quiz__{name}" for name in ("title", "live", "max_attempts", "wait_minutes", "opens_at", "closes_at")),
)


@dataclass(frozen=True)
class Result:
    """One attempt of a learner, settled, among all theirs at the same quiz in order, and where they are in the course."""

    attempt: Attempt
    attempts: list[Attempt]
    study: Study | None
    settled: actions.Settled


def find_result(learner: User, attempt_id: int, now: datetime.datetime) -> Result | None:
    """The result of one's own attempt, marked first when it was handed in or its time is up; None of anybody else's."""
    own = Attempt.objects.for_learner(learner)
    read = own.filter(pk=attempt_id).select_related("quiz", "enrolment").only(*COLUMNS).order_by().first()
    if read is None:
        return None
    settled = actions.settled(read, now)
    attempt = settled.attempt
    attempt.quiz = read.quiz
    others = own.filter(quiz=read.quiz_id).exclude(pk=attempt_id)
    others = others.only("number", "state", "is_passed", "is_withheld", "submitted_at").order_by()
    attempts = sorted([*others, attempt], key=lambda one: one.number)
    course_id = read.enrolment.course_id
    study = if_open(settled.study, learner) if settled.study else find_study_in(learner, course_id)
    return Result(attempt, attempts, study, settled)
