"""Computing what answers say of questions: at constant memory, whatever the number of answers."""

import datetime
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

from django.db import transaction
from django.db.models import Exists, F, Max, OuterRef, Q, Subquery

from courses.models import CoursePage, QuestionVersion, QuizPage
from courses.rules.answers import UNMARKED_TYPES
from lms.assessment.models import Attempt, ItemStatistics, MarkLine, ServedQuestion
from lms.assessment.rules import statistics
from lms.core.jobs import enqueue
from lms.core.models import Job
from lms.learning.models import ProgressEvent

JOB = "assessment.item_statistics"
CHUNK = 2_000


def ask_statistics(course: CoursePage, now: datetime.datetime, user=None) -> Job:
    """Ask for the statistics of a course's questions in the background; twice within a minute is once."""
    key = f"{JOB}:{course.pk}:{now:%Y%m%d%H%M}"
    return enqueue(JOB, key=key, payload={"course": course.pk}, on_behalf_of=user)


def courses_to_compute() -> list[CoursePage]:
    """The courses where an attempt was submitted, marked anew or told (an exam), since their statistics were last computed."""
    computed = ItemStatistics.objects.filter(quiz=OuterRef("quiz")).order_by().values("quiz")
    last = Subquery(computed.annotate(last=Max("computed_at")).values("last"))
    attempts = Attempt.objects.filter(state=Attempt.State.SUBMITTED).annotate(computed_at=last)
    marked = MarkLine.objects.filter(attempt=OuterRef("pk"), created_at__gte=OuterRef("computed_at"))
    since = {"enrolment": OuterRef("enrolment"), "received_at__gte": OuterRef("computed_at")}
    told = ProgressEvent.objects.filter(item=OuterRef("quiz"), **since)
    is_new = Q(computed_at__isnull=True) | Q(submitted_at__gte=F("computed_at")) | Exists(marked) | Exists(told)
    fresh = attempts.filter(is_new, is_withheld=False)
    return list(CoursePage.objects.filter(pk__in=fresh.order_by().values("enrolment__course")).order_by("pk"))


def compute_statistics(quiz: QuizPage, now: datetime.datetime) -> int:
    """Compute and store the statistics of all the questions a quiz has served; how many there are.

    One pass over the first submitted attempt of each learner. What was computed before and is no more is removed.
    """
    tallies: dict[int, statistics.Tally] = {}
    for answers, started_at in attempts_of(quiz):
        statistics.count_attempt(tallies, answers, started_at)
    versions = QuestionVersion.objects.in_bulk(list(tallies))
    rows = [row_of(quiz, versions[pk], tally, now) for pk, tally in tallies.items()]
    names = [field.name for field in ItemStatistics._meta.fields if field.name not in ("id", "quiz", "version")]
    with transaction.atomic():
        quiz.item_statistics.exclude(version__in=tallies).delete()
        ItemStatistics.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["quiz", "version"], update_fields=names, batch_size=500
        )
    return len(rows)


def attempts_of(quiz: QuizPage) -> Iterator[tuple[list[statistics.Answer], datetime.datetime]]:
    """The answers of the first submitted attempt of each learner, attempt by attempt, with when it began.

    Those of a neutralised question say nothing of learners, those of an exam that has not closed are told to nobody:
    they are left out.
    """
    neutralised = MarkLine.objects.filter(question=OuterRef("pk"), kind=MarkLine.Kind.NEUTRALISE)
    served = (
        ServedQuestion.objects.filter(
            ~Exists(neutralised), attempt__quiz=quiz, attempt__state=Attempt.State.SUBMITTED, attempt__number=1
        )
        .filter(attempt__is_withheld=False)
        .order_by("attempt", "position")
    )
    asked = QuestionVersion.objects.filter(pk__in=served.order_by().values("version"))
    known = {pk: (kind, content) for pk, kind, content in asked.values_list("pk", "type", "content")}
    rows = served.values_list(
        *("attempt_id", "attempt__started_at"),
        *("version_id", "response", "answered_at", "awarded_points", "awaits_marking", "points"),
    )
    for _attempt, group in groupby(rows.iterator(chunk_size=CHUNK), key=itemgetter(0)):
        listed = list(group)
        yield [answer_of(*known[version], version, *said) for _pk, _at, version, *said in listed], listed[0][1]


def answer_of(
    kind, content, version_id, response, answered_at, awarded_points, awaits_marking, points
) -> statistics.Answer:
    """One row as the rules count it; an opinion, or what a person has yet to mark, has no share."""
    is_marked = awarded_points is not None and not awaits_marking and points and kind not in UNMARKED_TYPES
    return statistics.Answer(
        version_id,
        float(awarded_points) / points if is_marked else None,
        float(points),
        statistics.chosen(kind, content, response),
        answered_at,
    )


def row_of(quiz: QuizPage, version: QuestionVersion, tally: statistics.Tally, now: datetime.datetime) -> ItemStatistics:
    """The row that holds a tally."""
    facility, discrimination = tally.facility_percent, tally.discrimination
    row = ItemStatistics(
        quiz=quiz,
        version=version,
        answer_count=tally.answers,
        unanswered_count=tally.unanswered,
        facility_percent=None if facility is None else round(facility, 2),
        discrimination=None if discrimination is None else round(discrimination, 3),
        median_seconds=tally.median_seconds,
        choices=dict(tally.choices),
        computed_at=now,
    )
    row.is_flagged = bool(row.faults)
    return row
