"""What the completion of a course proves: followed, or tested, and at which levels."""

from collections.abc import Collection, Sequence
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
    """What one completion proves."""
    return proofs_of([completion])[completion.pk]


def proofs_of(completions: Sequence[Completion]) -> dict[int, Proof]:
    """By key, from the facts: the tests passed among the conditions each completion recorded, then the sheet of the course.

    The same queries for many completions of a course as for one.
    """
    tests = passed_tests(completions)
    courses = {completion.enrolment.course_id: completion.enrolment.course for completion in completions}
    levels = {pk: attested_levels(course) for pk, course in courses.items()}
    return {
        row.pk: _proof(row.enrolment.course.assurance, tests[row.enrolment_id], levels[row.enrolment.course_id])
        for row in completions
    }


def _proof(of_the_course: str, tests: list[Attempt], levels: tuple[AttestedLevel, ...]) -> Proof:
    held = sittings_of(tests)
    assurance = rules.assurance_proved(of_the_course, bool(tests), bool(held))
    if assurance == FOLLOWED_ONLY:
        return Proof(assurance, (), tuple(f"{row.code} · {row.name}" for row in levels), None)
    return Proof(assurance, levels, (), min(test.pass_mark_percent for test in tests), held)


def passed_tests(completions: Sequence[Completion]) -> dict[int, list[Attempt]]:
    """By enrolment, the attempts that passed a real test: marked, that can be failed, neither practice nor said to prove
    nothing, nor excluded by who supervised it. Four queries at most.
    """
    quizzes = {row.enrolment_id: quizzes_asked(row) for row in completions}
    passed = Attempt.objects.filter(
        enrolment__in=quizzes, is_passed=True, is_withheld=False, max_points__gt=0, pass_mark_percent__gt=0
    )
    asked = [row for row in passed if row.quiz_id in quizzes[row.enrolment_id]]
    tests = [row for row in asked if row.terms.preset != PRACTICE and row.terms.assurance != FOLLOWED_ONLY]
    entries = {row.attempt_id: row for row in SittingEntry.objects.with_facts().filter(attempt__in=tests)}
    proving: dict[int, list[Attempt]] = {pk: [] for pk in quizzes}
    for test in tests:
        test.entry = entries.get(test.pk)
        if test.entry is None or not test.entry.is_excluded:
            proving[test.enrolment_id].append(test)
    return proving


def quizzes_asked(completion: Completion) -> set[int]:
    """The quizzes among the conditions that a completion recorded."""
    codes = [line["code"].partition(":") for line in completion.conditions]
    return {int(pk) for kind, _, pk in codes if kind == QUIZ}


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
