"""What the completion of a course proves: followed, or tested, and at which levels."""

from dataclasses import dataclass

from certificates import rules
from certificates.snapshot import FOLLOWED_ONLY, AttestedLevel
from courses.models import CoursePage
from lms.assessment.models import Attempt
from lms.assessment.rules.terms import PRACTICE
from lms.learning.models import Completion
from lms.learning.rules import QUIZ


@dataclass(frozen=True)
class Proof:
    """What may be printed: levels (`attested`), or, when no test was passed, the mere names of what was `covered`."""

    assurance: str
    attested: tuple[AttestedLevel, ...]
    covered: tuple[str, ...]
    pass_mark_percent: int | None


def proof_of(completion: Completion) -> Proof:
    """From the facts: the tests passed among the conditions the completion recorded, then the sheet of the course."""
    course = completion.enrolment.course
    tests = passed_tests(completion)
    assurance = rules.assurance_proved(course.assurance, bool(tests))
    levels = attested_levels(course)
    if assurance == FOLLOWED_ONLY:
        return Proof(assurance, (), tuple(f"{row.code} · {row.name}" for row in levels), None)
    return Proof(assurance, levels, (), min(test.pass_mark_percent for test in tests))


def passed_tests(completion: Completion) -> list[Attempt]:
    """The attempts that passed a real test: marked, that can be failed, neither practice nor said to prove nothing."""
    codes = [line["code"].partition(":") for line in completion.conditions]
    quizzes = [pk for kind, _, pk in codes if kind == QUIZ]
    passed = completion.enrolment.attempts.filter(
        quiz__in=quizzes, is_passed=True, max_points__gt=0, pass_mark_percent__gt=0
    )
    return [row for row in passed if row.terms.preset != PRACTICE and row.terms.assurance != FOLLOWED_ONLY]


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
