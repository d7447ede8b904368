"""Holders are asked to come up to a substantial version: by batches, each of which costs the same for one holder and for many."""

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, F, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from certificates.contents import holders_of
from certificates.models import Recertification, SubstantialVersion
from certificates.rules.versions import has_read, lessons_to_read
from lms.core.jobs import Ask, enqueue, enqueue_all
from lms.learning.actions import ask_again
from lms.learning.models import Enrolment, ProgressEvent

BATCH = 500
TELL_JOB = "certificates.tell_update"
State = Recertification.State


@dataclass(frozen=True)
class Delta:
    """What one holder is asked: the lines of the lessons, and the questions of the versions they come from."""

    enrolment: int
    lessons: list
    questions: list[int]
    unread: list[int]  # the lessons, less those read since they were certified


def earlier_holders(version: SubstantialVersion, today: date) -> QuerySet[Enrolment]:
    """The holders certified with an earlier version (`certified`, at `certified_at`) not asked yet to come up to this one or past it."""
    done = Recertification.objects.filter(enrolment=OuterRef("pk"), state=State.DONE).order_by("-pk")
    asked = Recertification.objects.filter(
        enrolment=OuterRef("pk"), version__content_version__gte=version.content_version
    )
    certified = Subquery(done.values("version__content_version")[:1])
    rows = holders_of(version.course, today).annotate(
        certified=Coalesce(certified, F("completion__content_version"), output_field=IntegerField()),
        certified_at=Coalesce(Subquery(done.values("settled_at")[:1]), F("completion__completed_at")),
    )
    return rows.filter(~Exists(asked), certified__lt=version.content_version).order_by("pk")


def deltas_of(version: SubstantialVersion, holders: Collection[Enrolment]) -> list[Delta]:
    """What each is asked, of the versions marked since theirs; nothing to who read it all as it is now. Two queries."""
    marks = SubstantialVersion.objects.in_force().filter(
        course=version.course_id, content_version__lt=version.content_version
    )
    versions = [*marks.order_by("content_version"), version]
    items = {line["id"] for mark in versions for line in mark.lessons}
    facts = ProgressEvent.objects.completed().filter(enrolment__in=[row.pk for row in holders], item__in=items)
    read: dict[int, list] = defaultdict(list)
    for enrolment, *fact in facts.values_list("enrolment_id", "item_id", "revision_id", "occurred_at"):
        read[enrolment].append(fact)
    return [delta for row in holders if (delta := delta_of(row, versions, read[row.pk]))]


def delta_of(holder: Enrolment, versions: list[SubstantialVersion], facts: Collection) -> Delta | None:
    since = [mark for mark in versions if mark.content_version > holder.certified]
    known, by_now = defaultdict(set), defaultdict(set)
    for item, revision, at in facts:
        by_now[item].add(revision or 0)
        if at <= holder.certified_at:
            known[item].add(revision or 0)
    lines = lessons_to_read([mark.changes for mark in since], known)
    wanted = {line["id"] for line in lines}
    questions = {pk for mark in since if wanted & {line["id"] for line in mark.lessons} for pk in mark.questions}
    unread = [line["id"] for line in lines if not has_read(line, by_now[line["id"]])]
    return Delta(holder.pk, lines, sorted(questions), unread) if lines else None


@transaction.atomic
def assign_batch(version: SubstantialVersion, after: int, now: datetime) -> tuple[int, int, int]:
    """Ask the next holders past the enrolment `after`; gives the last one looked at (0: none left), how many were, how many
    are asked. What they were asked before and did not do is taken up in it. Locks the enrolments.
    """
    rows = earlier_holders(version, timezone.localdate(now)).filter(pk__gt=after)
    pks = list(rows.values_list("pk", flat=True)[:BATCH])
    if not pks:
        return 0, 0, 0
    list(Enrolment.objects.select_for_update(no_key=True).filter(pk__in=pks).order_by("pk").values_list("pk"))
    deltas = deltas_of(version, list(rows.filter(pk__in=pks)))  # without those another worker asked meanwhile
    enrolments = [delta.enrolment for delta in deltas]
    Recertification.objects.open().filter(enrolment__in=enrolments).update(state=State.SUPERSEDED)
    made = Recertification.objects.bulk_create(
        Recertification(
            enrolment_id=delta.enrolment,
            version=version,
            lessons=delta.lessons,
            questions=delta.questions,
            assigned_at=now,
        )
        for delta in deltas
    )
    ask_again({delta.enrolment: delta.unread for delta in deltas}, version.key, now)
    asked = [Ask(f"certificate:update:{row.pk}", {"recertification": row.pk}) for row in made]
    enqueue_all(TELL_JOB, asked, at_once=False)
    return pks[-1], len(pks), len(made)


def assign_version(version: SubstantialVersion, now: datetime, report: Callable[[int, int], object]) -> int:
    """Ask all the holders concerned, batch by batch, and say how many of how many were looked at. Killed and run again, goes on
    where it was. How many are asked.
    """
    total = earlier_holders(version, timezone.localdate(now)).count()
    after = seen = asked = 0
    while True:
        after, looked_at, made = assign_batch(version, after, now)
        if not looked_at:
            return asked
        seen, asked = seen + looked_at, asked + made
        report(seen, max(total, seen))


def count_concerned(version: SubstantialVersion, today: date) -> int:
    """How many holders a version, saved or not, would ask; by batches, nothing written."""
    rows, after, count = earlier_holders(version, today), 0, 0
    while holders := list(rows.filter(pk__gt=after)[:BATCH]):
        count += len(deltas_of(version, holders))
        after = holders[-1].pk
    return count


def ask_for_late_holders(today: date) -> None:
    """Once a day: who was certified, or given back a suspended certificate, after a version was assigned is asked too."""
    latest = SubstantialVersion.objects.in_force().filter(course=OuterRef("course")).order_by("-pk").values("pk")[:1]
    for version in SubstantialVersion.objects.filter(pk=Subquery(latest)).select_related("course"):
        if earlier_holders(version, today).exists():
            enqueue("certificates.assign_version", key=f"{version.key}:{today}", payload={"version": version.pk})
