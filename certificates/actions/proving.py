"""What the completion of a course proves: followed, or tested, and at which levels."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from certificates import rules
from certificates.snapshot import FOLLOWED_ONLY, AttestedLevel, HeldSitting
from courses.models import CoursePage
from lms.assessment.models import Attempt, SittingEntry
from lms.assessment.rules.terms import PRACTICE
from lms.core.jobs import NotYet
from lms.learning.models import Completion
from lms.learning.rules import QUIZ

LOOK_AGAIN = timedelta(minutes=30)  # closing a sitting hastens what waits for it


class MinutesAwaited(NotYet):
    """A test was passed in a sitting that is not closed: what it proves is not decided."""

    def __init__(self):
        super().__init__("La séance surveillée n’est pas fermée.")
        self.until = timezone.now() + LOOK_AGAIN


@dataclass(frozen=True)
class Proof:
    """What may be printed: levels (`attested`), or, when no test was passed, the mere names of what was `covered`."""

    assurance: str
    attested: tuple[AttestedLevel, ...]
    covered: tuple[str, ...]
    pass_mark_percent: int | None
    sittings: tuple[HeldSitting, ...] = ()


def proof_of(completion: Completion) -> Proof:
    """From the facts: the tests passed among the conditions the completion recorded, then the sheet of the course."""
    course = completion.enrolment.course
    tests = passed_tests(completion)
    held = sittings_of(tests)
    assurance = rules.assurance_proved(course.assurance, bool(tests), bool(held))
    levels = attested_levels(course)
    if assurance == FOLLOWED_ONLY:
        return Proof(assurance, (), tuple(f"{row.code} · {row.name}" for row in levels), None)
    return Proof(assurance, levels, (), min(test.pass_mark_percent for test in tests), held)


def passed_tests(completion: Completion) -> list[Attempt]:
    """The attempts that passed a real test: marked, that can be failed, neither practice nor said to prove nothing, nor
    excluded by who supervised it.
    """
    codes = [line["code"].partition(":") for line in completion.conditions]
    quizzes = [pk for kind, _, pk in codes if kind == QUIZ]
    passed = completion.enrolment.attempts.filter(
        quiz__in=quizzes, is_passed=True, is_withheld=False, max_points__gt=0, pass_mark_percent__gt=0
    )
    tests = [row for row in passed if row.terms.preset != PRACTICE and row.terms.assurance != FOLLOWED_ONLY]
    entries = {row.attempt_id: row for row in SittingEntry.objects.with_facts().filter(attempt__in=tests)}
    for test in tests:
        test.entry = entries.get(test.pk)
    return [test for test in tests if test.entry is None or not test.entry.is_excluded]


def sittings_of(tests: list[Attempt]) -> tuple[HeldSitting, ...]:
    """Where and when they were taken, when every test passed was supervised; nothing when one was not."""
    by_test = {test.quiz_id: [] for test in tests}
    for test in tests:
        if test.entry and test.entry.proves_supervised:
            by_test[test.quiz_id].append(test.entry.sitting)
    if not all(by_test.values()):
        return ()
    held = {HeldSitting(timezone.localdate(each.starts_at), each.place) for found in by_test.values() for each in found}
    return tuple(sorted(held, key=lambda each: (each.held_on, each.place)))


def is_sitting_open(enrolment_pk: int) -> bool:
    """Whether a test was passed in a sitting whose minutes are not written yet; one query."""
    return bool(in_open_sitting([enrolment_pk]))


def in_open_sitting(enrolments: Collection[int]) -> set[int]:
    """Those of these enrolments (keys) in which a test was passed in such a sitting; one query.

    Not one whose result is withheld: that the certificate waits for its minutes would tell it.
    """
    told = Attempt.objects.filter(enrolment__in=enrolments, is_passed=True, is_withheld=False)
    passed = told.filter(sitting_entry__isnull=False)
    return set(passed.filter(sitting_entry__sitting__record__isnull=True).values_list("enrolment", flat=True))


def attested_levels(course: CoursePage) -> tuple[AttestedLevel, ...]:
    """The levels the course leads to, in its order, with their names on the scale of their framework."""
    gains = course.competence_gains.select_related("competence__area__framework").prefetch_related(
        "competence__area__framework__levels"
    )
    return tuple(
        AttestedLevel(
            gain.competence.code,
            gain.competence.name,
            gain.level,
            next((row.name for row in gain.competence.area.framework.levels.all() if row.number == gain.level), ""),
        )
        for gain in gains.order_by("sort_order", "pk")
    )
