"""An attempt begins: whether it may, and the questions and rules frozen in it."""

import datetime
from random import Random, SystemRandom

from django.db import transaction

from courses.asked import Asked, asked_by
from courses.models import QuizPage
from courses.rules.answers import UNMARKED_TYPES
from courses.rules.draws import draw, shortfalls
from lms.assessment.actions.allowances import extra_of
from lms.assessment.actions.refusals import (
    AttemptBeingMarked,
    AttemptRefused,
    NoAttemptLeft,
    NotEnrolled,
    QuizAlreadyPassed,
    QuizClosed,
    QuizNotOpen,
    QuizNotOpenYet,
    SittingOver,
    SupervisionRequired,
    TooSoon,
)
from lms.assessment.actions.submission import settle
from lms.assessment.models import Attempt, Regrade, ServedQuestion, SittingEntry, SupervisedSitting
from lms.assessment.rules import scoring, serving, supervision, timing
from lms.assessment.rules.allowances import NOTHING_MORE, Extra
from lms.learning.models import Enrolment

State = Attempt.State


class AsWritten(Random):
    """Chance that leaves everything in its order."""

    def shuffle(self, x):
        """Nothing moves."""


def start_attempt(
    enrolment: Enrolment,
    quiz: QuizPage,
    now: datetime.datetime,
    random: Random | None = None,
    sitting: SupervisedSitting | None = None,
) -> Attempt:
    """Begin an attempt, or find again the one that is open; one that expired or was handed in is marked first.

    The questions are frozen as served (latest version of each, drawn, shuffled) and so are the rules and the deadline,
    which is no later than the end of the `sitting` it is begun in; a supervised quiz begins in one alone.
    Locks the enrolment, so that two tabs open one attempt, then the sitting. Raises an AttemptRefused.
    """
    random = random or SystemRandom()
    attempt = _start(enrolment, quiz, now, random, sitting)
    if attempt.state == State.HANDED_IN or attempt.is_past_due(now):
        settle(attempt, now)  # outside that transaction: it locks the attempt, then the enrolment
        attempt = _start(enrolment, quiz, now, random, sitting)
    return attempt


def refusal(
    enrolment: Enrolment, quiz: QuizPage, attempts: list[Attempt], now: datetime.datetime, more: Extra = NOTHING_MORE
) -> AttemptRefused | None:
    """Why a new attempt may not begin at `now`, given those already made in order; None when it may. No query.

    A pass that is withheld refuses nothing: that would tell it.

    `more` is what the learner was granted: an extra attempt can be made at once, even where the quiz is closed.
    """
    closes_at = more.closes_at(quiz.closes_at)
    last = attempts[-1].submitted_at if attempts else None
    next_at = timing.next_start_at(last, quiz.wait_minutes)
    if enrolment.state == Enrolment.State.WITHDRAWN:
        return NotEnrolled()
    if not quiz.live:
        return QuizNotOpen()
    if any(attempt.is_told_passed for attempt in attempts):
        return QuizAlreadyPassed()
    if any(attempt.awaits_marking for attempt in attempts):
        return AttemptBeingMarked()
    if closes_at and now >= closes_at:
        return QuizClosed()
    if scoring.attempts_left(quiz.max_attempts, len(attempts), more.attempts) == 0:
        return NoAttemptLeft()
    if quiz.opens_at and now < quiz.opens_at:
        return QuizNotOpenYet(quiz.opens_at)
    if next_at and now < next_at and not more.attempts:
        return TooSoon(next_at)
    return None


@transaction.atomic
def _start(
    enrolment: Enrolment, quiz: QuizPage, now: datetime.datetime, random: Random, sitting: SupervisedSitting | None
) -> Attempt:
    enrolment = Enrolment.objects.select_for_update().get(pk=enrolment.pk)
    attempts = list(enrolment.attempts.filter(quiz=quiz).order_by("number"))
    if attempts and attempts[-1].state != State.SUBMITTED:
        return attempts[-1]
    more = extra_of(enrolment, quiz, now)
    if refused := refusal(enrolment, quiz, attempts, now, more):
        raise refused
    sitting = _sitting_of(quiz, sitting, now)
    served = _questions_to_serve(enrolment, quiz, random)
    if not served:
        raise QuizNotOpen
    due_at = timing.deadline(now, quiz.time_limit_minutes, more.closes_at(quiz.closes_at), more.minutes)
    attempt = Attempt.objects.create(
        enrolment=enrolment,
        quiz=quiz,
        quiz_revision_id=quiz.live_revision_id,
        number=len(attempts) + 1,
        pass_mark_percent=quiz.pass_mark_percent,
        rules=quiz.rules(),
        started_at=now,
        due_at=timing.earliest(due_at, sitting and sitting.ends_at),
        max_points=sum(question.points for question in served),
    )
    for question in served:
        question.attempt = attempt
    ServedQuestion.objects.bulk_create(served)
    if sitting:
        SittingEntry.objects.create(sitting=sitting, attempt=attempt, entered_at=now)
    return attempt


def _sitting_of(quiz: QuizPage, sitting: SupervisedSitting | None, now: datetime.datetime) -> SupervisedSitting | None:
    """Where a supervised quiz begins, locked; None for one that is not. Raises SupervisionRequired, SittingOver."""
    if not supervision.needs_supervision(quiz.assurance):
        return None
    if sitting is None or sitting.quiz_id != quiz.pk:
        raise SupervisionRequired
    sitting = SupervisedSitting.objects.select_for_update().get(pk=sitting.pk)
    if not sitting.is_open(now):
        raise SittingOver
    return sitting


def _questions_to_serve(enrolment: Enrolment, quiz: QuizPage, random: Random) -> list[ServedQuestion]:
    asked = asked_by(quiz)
    faulty = _neutralised(quiz, asked)
    points = asked.points | (_drawn(enrolment, asked, faulty, random) if asked.draws else {})
    place = {question: rank for rank, question in enumerate(points) if question not in faulty}
    versions = sorted(asked.versions_of(place), key=lambda version: place[version.question_id])
    if quiz.shuffle_questions:
        random.shuffle(versions)
    order = random if quiz.shuffle_options else AsWritten()
    return [
        ServedQuestion(
            position=position,
            version=version,
            points=0 if version.type in UNMARKED_TYPES else points[version.question_id],
            order=serving.shuffled_order(version.type, version.content, order),
        )
        for position, version in enumerate(versions, start=1)
    ]


def _neutralised(quiz: QuizPage, asked: Asked) -> set[int]:
    """The questions that are asked no more: the version to serve was set aside; one query, two where there are any."""
    decided = dict(Regrade.objects.neutralising().filter(quiz=quiz).values_list("version", "version__question"))
    if not decided:
        return set()
    return set(asked.versions_of(decided.values()).filter(pk__in=decided).values_list("question", flat=True))


def _drawn(enrolment: Enrolment, asked: Asked, faulty: set[int], random: Random) -> dict[int, int]:
    """The points of the questions that chance gives this learner, by question, none of them `faulty`.

    Fewer where only those would have filled a draw: setting one aside closes no quiz. Raises QuizNotOpen when they are too few.
    """
    served = ServedQuestion.objects.filter(attempt__enrolment__person=enrolment.person_id)
    seen = set(served.values_list("version__question_id", flat=True))
    counts = [each.count for each in asked.draws]
    sound = [[question for question in pool if question not in faulty] for pool in asked.pools]
    drawn = draw(sound, counts, random, seen)
    if sum(map(len, drawn)) < sum(counts) and any(shortfalls(asked.pools, counts)):
        raise QuizNotOpen
    rows = zip(drawn, asked.draws, strict=True)
    return {question: each.points for questions, each in rows for question in sorted(questions)}
