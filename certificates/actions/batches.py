"""Certificates issued together: proposed by one person with a dry run, approved by another, run in the background."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from certificates.actions.proposals import BatchRefused, decide
from certificates.models import BatchLine, Certificate, CoursePolicy, IssueBatch
from certificates.permissions import APPROVE_BATCH, PROPOSE_BATCH
from certificates.rules import issuing as issue_rules
from courses.models import CoursePage
from lms.core import audit
from lms.core.jobs import Ask, enqueue, enqueue_all
from lms.learning.models import Completion, RapidFinish
from lms.people.models import User

State = IssueBatch.State
CHUNK = 200


@dataclass(frozen=True)
class Forecast:
    """What issuing would do to one completed course: issue it, or hold it, `rapid` of its `steps` being too fast."""

    completion: Completion
    rapid: int
    steps: int

    @property
    def would_hold(self) -> bool:
        return issue_rules.is_too_fast(self.rapid, self.steps, settings.LMS_HOLD_RAPID_PERCENT)


def is_issued_in_batches(course_pk: int) -> bool:
    """Whether the certificates of a course wait for a batch."""
    return CoursePolicy.objects.filter(course=course_pk, mode=CoursePolicy.Mode.BATCH).exists()


def waiting_completions(course: CoursePage, actor: User) -> QuerySet[Completion]:
    """The completed courses without a certificate nor a batch under way, of the people in `actor`'s scope but themself."""
    certificates = Certificate.objects.filter(enrolment=OuterRef("enrolment")).exclude(state=Certificate.State.VOID)
    lines = BatchLine.objects.filter(enrolment=OuterRef("enrolment")).exclude(batch__state=State.REJECTED)
    rows = Completion.objects.filter(enrolment__course=course).filter(~Exists(certificates), ~Exists(lines))
    people = User.objects.in_scope_of(actor, PROPOSE_BATCH).exclude(pk=actor.pk)
    return rows.filter(enrolment__person__in=people).select_related("enrolment__person").order_by("completed_at", "pk")


def dry_run(completions: Collection[Completion]) -> list[Forecast]:
    """What would become of each; one query whatever their number."""
    rapid: dict[int, set[int]] = defaultdict(set)
    facts = RapidFinish.objects.filter(enrolment__in=[row.enrolment_id for row in completions])
    for enrolment, item in facts.order_by("pk").values_list("enrolment_id", "item_id"):
        rapid[enrolment].add(item)
    return [Forecast(row, len(rapid[row.enrolment_id] & asked(row)), len(row.conditions)) for row in completions]


def asked(completion: Completion) -> set[int]:
    """The pages of the steps that a completion answers for."""
    return {int(line["code"].partition(":")[2]) for line in completion.conditions}


@transaction.atomic
def propose_batch(
    course: CoursePage, actor: User, note: str, now: datetime, left_out: Collection[int] = ()
) -> IssueBatch:
    """Propose what waits in a course, but for the enrolments `left_out`. Locks the course. Raises BatchRefused."""
    CoursePage.objects.select_for_update().get(pk=course.pk)
    enrolments = waiting_completions(course, actor).exclude(enrolment__in=left_out).values_list("enrolment", flat=True)
    enrolments = list(enrolments)
    if not enrolments:
        raise BatchRefused
    batch = IssueBatch.objects.create(course=course, note=note.strip(), proposed_by=actor, proposed_at=now)
    BatchLine.objects.bulk_create([BatchLine(batch=batch, enrolment_id=pk) for pk in enrolments], batch_size=500)
    audit.record("certificate.propose_batch", actor, batch, lines=len(enrolments))
    return batch


def may_decide(batch: IssueBatch, actor: User) -> bool:
    """Whether `actor` may approve or reject a batch: not who proposed it, with the right over everyone in it, not in it."""
    if batch.state != State.PROPOSED or batch.proposed_by_id == actor.pk:
        return False
    people = User.objects.in_scope_of(actor, APPROVE_BATCH).exclude(pk=actor.pk)
    return not batch.lines.exclude(enrolment__person__in=people).exists()


@transaction.atomic
def approve_batch(batch: IssueBatch, actor: User, now: datetime) -> IssueBatch:
    """Have the certificates of a batch issued, in the background. Locks the batch. Raises BatchRefused."""
    batch = decide(batch, may_decide, State.APPROVED, actor, "", now)
    enqueue("certificates.run_batch", key=f"{batch.key}run", payload={"batch": batch.pk})
    return batch


@transaction.atomic
def reject_batch(batch: IssueBatch, actor: User, reason: str, now: datetime) -> IssueBatch:
    """Turn a batch down; what it held may be proposed again. Locks the batch. Raises BatchRefused."""
    return decide(batch, may_decide, State.REJECTED, actor, reason, now)


def run_batch(batch: IssueBatch) -> int:
    """Put each line in the outbox, once however often it runs: a line that fails stops none of the others. How many."""
    lines = list(batch.lines.select_related("enrolment__person"))
    for start in range(0, len(lines), CHUNK):
        with transaction.atomic():
            enqueue_all(
                "certificates.issue",
                [
                    Ask(f"{batch.key}{line.enrolment_id}", {"enrolment": line.enrolment_id}, line.enrolment.person)
                    for line in lines[start : start + CHUNK]
                ],
            )
    return len(lines)
