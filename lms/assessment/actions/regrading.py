"""A faulty question is neutralised, or marked again by its corrected key, in every attempt at a quiz."""

import datetime
from collections.abc import Iterable, Iterator
from decimal import Decimal

from django.db import transaction
from django.db.models import Exists, OuterRef, Subquery

from courses.models import CoursePage, QuestionVersion, QuizPage
from courses.rules.answers import MANUAL_TYPES, UNMARKED_TYPES
from lms.assessment.actions.ledger import append_lines, asked_points, automatic_points
from lms.assessment.models import Attempt, MarkLine, Regrade, ServedQuestion
from lms.assessment.rules import ledger, regrading
from lms.core import audit
from lms.core.jobs import enqueue
from lms.people.models import User

Kind, Treatment = MarkLine.Kind, Regrade.Treatment
NEUTRALISING = (Treatment.EXCLUDE, Treatment.FULL)


class NotRegradable(Exception):
    """No reason is given, nobody marks the question, or there is no corrected one to mark by."""


class NothingLeft(Exception):
    """Neutralised, the question would leave attempts where nothing is marked any more."""


def corrected_version(version: QuestionVersion) -> QuestionVersion | None:
    """The version that corrects this one and marks by itself, if any."""
    latest = version.question.current_version()
    unmarked = version.type in MANUAL_TYPES | UNMARKED_TYPES
    return latest if latest.number > version.number and latest.type == version.type and not unmarked else None


def forecasts(quiz: QuizPage, version: QuestionVersion) -> dict[str, regrading.Forecast]:
    """What each treatment possible would do, by treatment, to the marks that are told; nothing is written."""
    corrected = corrected_version(version)
    standings = list(_standings(quiz, version, corrected))
    treatments = [Treatment.EXCLUDE, Treatment.FULL, *([Treatment.NEW_KEY] if corrected else [])]
    return {str(each): regrading.forecast(each, standings) for each in treatments}


def left_empty(quiz: QuizPage, version: QuestionVersion) -> int:
    """In how many attempts at a quiz, under way included, no question but this one counts any more; one query."""
    neutralised = Regrade.objects.neutralising().filter(quiz=quiz).values("version")
    counting = ServedQuestion.objects.exclude(version__type__in=UNMARKED_TYPES).exclude(version__in=neutralised)
    others = counting.filter(attempt=OuterRef("attempt"), points__gt=0).exclude(pk=OuterRef("pk"))
    return ServedQuestion.objects.filter(~Exists(others), attempt__quiz=quiz, version=version).count()


def withheld_count(quiz: QuizPage, version: QuestionVersion) -> int:
    """How many submitted attempts no forecast counts: their result is kept until the exam closes; one query."""
    return quiz.attempts.filter(is_withheld=True, questions__version=version).count()


@transaction.atomic
def decide_regrade(
    quiz: QuizPage, version: QuestionVersion, treatment: str, reason: str, author: User, now: datetime.datetime
) -> Regrade:
    """Decide what becomes of a version in every attempt at a quiz; a job applies it. Locks the quiz, then its attempts that
    are not marked yet: one whose marking began before is marked when this commits, and found by the job; any other reads the
    decision when it is marked.

    Raises NotRegradable, NothingLeft.
    """
    QuizPage.objects.select_for_update(of=("self",)).only("pk").get(pk=quiz.pk)
    corrected = corrected_version(version) if treatment == Treatment.NEW_KEY else None
    if not reason.strip() or version.type in UNMARKED_TYPES or (treatment == Treatment.NEW_KEY and not corrected):
        raise NotRegradable
    if treatment in NEUTRALISING and left_empty(quiz, version):
        raise NothingLeft
    decided = Regrade.objects.create(
        quiz=quiz,
        course=CoursePage.objects.parent_of(quiz).get(),
        version=version,
        treatment=treatment,
        new_version=corrected,
        reason=reason.strip(),
        author=author,
        created_at=now,
    )
    unmarked = quiz.attempts.exclude(state=Attempt.State.SUBMITTED).order_by("pk")
    list(unmarked.select_for_update(of=("self",)).values_list("pk"))
    audit.record("assessment.regrade", author, decided, treatment=treatment, reason=decided.reason)
    enqueue("assessment.regrade", key=decided.job_key, payload={"regrade": decided.pk}, on_behalf_of=author)
    return decided


def to_regrade(decided: Regrade) -> Iterator[int]:
    """The attempts that a decision concerns and that hold no line of it yet, by id."""
    served = ServedQuestion.objects.filter(
        version=decided.version_id, attempt__quiz=decided.quiz_id, attempt__state=Attempt.State.SUBMITTED
    ).exclude(marks__regrade=decided)
    return served.order_by("attempt").values_list("attempt", flat=True)


@transaction.atomic
def apply_regrade(decided: Regrade, attempt_id: int, now: datetime.datetime) -> MarkLine | None:
    """Write the line of a decision in the ledger of one attempt, and tell its learner; None when nothing changes.

    Applying again changes nothing: it locks the attempt, then looks for a line of the decision there.
    """
    attempt = Attempt.objects.select_for_update(of=("self",)).select_related("enrolment").get(pk=attempt_id)
    if attempt.state != Attempt.State.SUBMITTED or decided.marks.filter(attempt=attempt).exists():
        return None
    question = attempt.questions.select_related("version").get(version=decided.version_id)
    line = _line(decided, question, question.marks.last(), now)
    if line is None:
        return None
    line.details = {"newly_passed": _newly_passes(attempt, line)}
    append_lines(attempt, [line], now)
    if not attempt.is_withheld:
        enqueue("assessment.tell_regraded", key=f"mark:tell:{line.pk}", payload={"line": line.pk})
    return line


def standing_lines(
    attempt: Attempt, questions: Iterable[ServedQuestion], lines: list[MarkLine], now: datetime.datetime
) -> list[MarkLine]:
    """The lines (not written yet) of earlier decisions about questions of an attempt that is being submitted; one query."""
    by_version = {question.version_id: question for question in questions}
    latest = {line.question_id: line for line in lines}
    found = []
    for decided in Regrade.objects.filter(quiz=attempt.quiz_id, version__in=by_version).order_by("pk"):
        question = by_version[decided.version_id]
        if line := _line(decided, question, latest.get(question.pk), now):
            latest[question.pk] = line
            found.append(line)
    return found


def _line(
    decided: Regrade, question: ServedQuestion, latest: MarkLine | None, now: datetime.datetime
) -> MarkLine | None:
    by_new_key = automatic_points(question, decided.new_version) if decided.new_version else Decimal(0)
    known = (latest.points, Decimal(latest.max_points)) if latest else None
    treated = regrading.regraded(decided.treatment, latest and latest.kind, known, question.points, by_new_key)
    if treated is None:
        return None
    return MarkLine(
        attempt_id=question.attempt_id,
        question=question,
        kind=Kind.REGRADE if decided.treatment == Treatment.NEW_KEY else Kind.NEUTRALISE,
        points=treated[0],
        max_points=treated[1],
        regrade=decided,
        reason=decided.reason,
        author_id=decided.author_id,
        created_at=now,
    )


def _newly_passes(attempt: Attempt, line: MarkLine) -> bool:
    asked = asked_points(attempt.questions.select_related("version"))
    after = ledger.worth(asked, [*attempt.marks.all(), line], attempt.pass_mark_percent)
    return bool(after.is_passed and not attempt.is_passed)


def _standings(
    quiz: QuizPage, version: QuestionVersion, corrected: QuestionVersion | None
) -> Iterator[regrading.Standing]:
    """One row an attempt, from what the ledgers said last."""
    latest = MarkLine.objects.filter(question=OuterRef("pk")).order_by("-pk")
    served = ServedQuestion.objects.filter(
        version=version, attempt__quiz=quiz, attempt__state=Attempt.State.SUBMITTED, attempt__is_withheld=False
    ).annotate(
        kind=Subquery(latest.values("kind")[:1]),
        line_points=Subquery(latest.values("points")[:1]),
        line_max=Subquery(latest.values("max_points")[:1]),
    )
    for row in served.select_related("attempt").order_by("pk").iterator(2000):
        attempt = row.attempt
        yield regrading.Standing(
            awarded=attempt.awarded_points,
            possible=attempt.max_points,
            pass_mark_percent=attempt.pass_mark_percent,
            is_passed=attempt.is_passed,
            kind=row.kind,
            mark=None if row.awaits_marking else (row.line_points, row.line_max),
            points=row.points,
            by_new_key=automatic_points(row, corrected) if corrected else Decimal(0),
        )
