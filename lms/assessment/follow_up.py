"""How the learners of a course do, in figures: as many queries for a long course as for a short one."""

import datetime
from collections import Counter
from dataclasses import dataclass

from django.db.models import Avg, Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from courses.models import CourseOutline, CoursePage
from courses.outline import QUIZ, course_outline
from lms.assessment.models import Attempt
from lms.assessment.rules import statistics
from lms.learning.models import Completion, Enrolment, ItemProgress, ProgressEvent

RECENT = datetime.timedelta(days=30)  # how long a learner is called active after their last work
LATEST_FACTS = 5_000  # medians are taken over the latest facts, so that the page costs the same for any course
State = Enrolment.State


@dataclass(frozen=True)
class Figures:
    """How many enrolled, and what became of them: the last four add up to the first."""

    enrolled: int
    active: int
    idle: int
    completed: int
    withdrawn: int


@dataclass(frozen=True)
class Step:
    """One lesson or quiz in the funnel; `done`, `stopped` and `passed` are persons, times are minutes."""

    id: int
    title: str
    is_quiz: bool
    planned_minutes: int
    done: int
    done_percent: int
    stopped: int
    median_minutes: int | None
    attempts: int = 0
    mean_percent: int | None = None


def enrolments_of(course: CoursePage, now: datetime.datetime) -> QuerySet:
    """The enrolments in a course with `has_worked`: a lesson finished or an attempt begun in the last thirty days."""
    since = now - RECENT
    events = ProgressEvent.objects.filter(enrolment=OuterRef("pk"), occurred_at__gte=since)
    attempts = Attempt.objects.filter(enrolment=OuterRef("pk"), started_at__gte=since)
    return Enrolment.objects.filter(course=course).annotate(has_worked=Exists(events) | Exists(attempts))


ACTIVE = Q(state=State.ACTIVE, has_worked=True)
IDLE = Q(state=State.ACTIVE, has_worked=False)
STOPPED = IDLE | Q(state=State.WITHDRAWN)


def figures_of(course: CoursePage, now: datetime.datetime) -> Figures:
    """The head count of a course; one query."""
    return Figures(
        **enrolments_of(course, now).aggregate(
            enrolled=Count("pk"),
            active=Count("pk", filter=ACTIVE),
            idle=Count("pk", filter=IDLE),
            completed=Count("pk", filter=Q(state=State.COMPLETED)),
            withdrawn=Count("pk", filter=Q(state=State.WITHDRAWN)),
        )
    )


def funnel_of(course: CoursePage, enrolled: int, now: datetime.datetime) -> tuple[list[Step], int]:
    """Each published lesson and quiz in order, and how many stopped before they opened any; six queries."""
    outline = course_outline(course.pk, CourseOutline.objects.values_list("version", flat=True).get(pk=course.pk))
    done, stopped, quizzes = done_counts(course), stop_counts(course, now), quiz_figures(course)
    minutes = lesson_minutes(course) | quiz_minutes(course)
    steps = []
    for item in outline.items:
        completed, passed = done.get(item.id, (0, 0))
        count = passed if item.kind == QUIZ else completed
        attempts, mean = quizzes.get(item.id, (0, None))
        steps.append(
            Step(
                *(item.id, item.title, item.kind == QUIZ, item.minutes, count),
                *(statistics.percent_of(count, enrolled), stopped.get(item.id, 0)),
                *(statistics.median(minutes.get(item.id, {})), attempts, None if mean is None else round(mean)),
            )
        )
    return steps, stopped.get(None, 0)


def done_counts(course: CoursePage) -> dict[int, tuple[int, int]]:
    """How many completed, and how many passed, each item."""
    rows = ItemProgress.objects.filter(enrolment__course=course).order_by().values("item_id")
    counted = rows.annotate(
        completed=Count("pk", filter=Q(completion=ItemProgress.Completion.COMPLETED)),
        passed=Count("pk", filter=Q(success=ItemProgress.Success.PASSED)),
    )
    return {row["item_id"]: (row["completed"], row["passed"]) for row in counted}


def stop_counts(course: CoursePage, now: datetime.datetime) -> dict[int | None, int]:
    """How many gave up or have done nothing for thirty days, by the page they last opened (None: none)."""
    rows = enrolments_of(course, now).filter(STOPPED).order_by().values("last_item_id").annotate(count=Count("pk"))
    return {row["last_item_id"]: row["count"] for row in rows}


def quiz_figures(course: CoursePage) -> dict[int, tuple[int, float | None]]:
    """How many attempts of each quiz were submitted, and the mean mark (0 to 100) of those marked and told."""
    rows = Attempt.objects.filter(enrolment__course=course, state=Attempt.State.SUBMITTED).order_by().values("quiz_id")
    is_told = Q(is_passed__isnull=False, is_withheld=False)
    counted = rows.annotate(count=Count("pk"), mean=Avg("score_percent", filter=is_told))
    return {row["quiz_id"]: (row["count"], row["mean"]) for row in counted}


def lesson_minutes(course: CoursePage) -> dict[int, Counter]:
    """How often each number of minutes passed between a learner's fact and the one before, by lesson."""
    before = ProgressEvent.objects.filter(enrolment=OuterRef("enrolment"), pk__lt=OuterRef("pk")).order_by("-pk")
    facts = (
        ProgressEvent.objects.filter(enrolment__course=course, kind=ProgressEvent.Kind.COMPLETED)
        .annotate(before=Coalesce(Subquery(before.values("occurred_at")[:1]), F("enrolment__enrolled_at")))
        .order_by("-pk")
        .values_list("item_id", "before", "occurred_at")[:LATEST_FACTS]
    )
    return minutes_by_item(facts, statistics.LONGEST_LESSON)


def quiz_minutes(course: CoursePage) -> dict[int, Counter]:
    """How often each number of minutes passed between the start and the submission of an attempt, by quiz."""
    attempts = Attempt.objects.filter(enrolment__course=course, submitted_at__isnull=False).order_by("-pk")
    facts = attempts.values_list("quiz_id", "started_at", "submitted_at")[:LATEST_FACTS]
    return minutes_by_item(facts, statistics.LONGEST_QUIZ)


def minutes_by_item(facts, longest: datetime.timedelta) -> dict[int, Counter]:
    """How often each number of minutes passed, by item; what lasted longer than `longest` is left out."""
    found: dict[int, Counter] = {}
    for item_id, before, at in facts.iterator():
        minutes = statistics.sitting_minutes(before, at, longest)
        if minutes is not None:
            found.setdefault(item_id, Counter())[minutes] += 1
    return found


def median_days(course: CoursePage) -> int | None:
    """The median number of days from enrolling to completing; one query, over the latest completions."""
    rows = Completion.objects.filter(enrolment__course=course).order_by("-pk")
    dates = rows.values_list("enrolment__enrolled_at", "completed_at")[:LATEST_FACTS]
    return statistics.median(Counter(max(0, (end - start).days) for start, end in dates.iterator()))
