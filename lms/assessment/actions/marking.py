"""A person marks an answer, by its rubric."""

import datetime
from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction

from lms.assessment.actions.ledger import append_lines
from lms.assessment.models import Attempt, MarkLine, ServedQuestion
from lms.assessment.rules.rubric import criteria_of, rubric_points
from lms.core import audit
from lms.core.jobs import enqueue
from lms.people.models import User


class MarkedMeanwhile(Exception):
    """Somebody else wrote a mark (`line`) since the answer was read."""

    def __init__(self, line: MarkLine):
        super().__init__(line)
        self.line = line


@transaction.atomic
def mark_by_hand(
    question: ServedQuestion,
    author: User,
    given: Mapping[str, Decimal],
    comment: str,
    seen_line_id: int,
    now: datetime.datetime,
) -> MarkLine:
    """Write the mark of a person: points `given` to each criterion ({id: points}) and a comment for the learner.

    `seen_line_id` is the latest line of the question when the marker read it, 0 for none. When nothing of the attempt
    is left to mark, the learner is told by e-mail, of an exam when it closes. Locks the attempt. Raises MarkedMeanwhile.
    """
    attempt = Attempt.objects.select_for_update(of=("self",)).select_related("enrolment").get(pk=question.attempt_id)
    latest = question.marks.select_related("author").last()
    if latest and latest.pk != seen_line_id:
        raise MarkedMeanwhile(latest)
    criteria = criteria_of(question.version.content, question.points)
    line = MarkLine(
        attempt=attempt,
        question=question,
        kind=MarkLine.Kind.MANUAL,
        points=rubric_points(criteria, given, question.points),
        max_points=question.points,
        author=author,
        created_at=now,
        details={
            "criteria": [
                {"id": each.id, "text": each.text, "points": str(given[each.id]), "max": str(each.points)}
                for each in criteria
            ],
            "comment": comment,
        },
    )
    append_lines(attempt, [line], now)
    audit.record("assessment.mark", author, attempt, question=question.position, points=str(line.points), line=line.pk)
    if not attempt.awaits_marking and not attempt.is_withheld:
        enqueue("assessment.tell_marked", key=f"attempt:marked:{line.pk}", payload={"attempt": attempt.pk})
    return line
