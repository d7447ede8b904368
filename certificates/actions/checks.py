"""A few questions of a course, by which its learner shows they know it: served, saved, marked."""

import contextlib
from collections.abc import Collection
from datetime import datetime
from random import Random, SystemRandom
from typing import Any

from django.conf import settings
from django.db import transaction

from certificates.actions.holds import release_by_check
from certificates.actions.issuing import last_certificate
from certificates.actions.recertifying import RecertificationRefused, left_to_read, lessons_of, recertify
from certificates.actions.renewals import renew_by_check
from certificates.actions.succession import locked_enrolment
from certificates.models import Certificate, CheckQuestion, KnowledgeCheck, Recertification
from certificates.rules import issuing as issue_rules
from courses.asked import asked_by, in_all
from courses.models import CoursePage, QuestionVersion, QuizPage
from courses.rules.answers import MANUAL_TYPES, UNMARKED_TYPES
from lms.assessment.models import Regrade, ServedQuestion
from lms.assessment.rules.feedback import shown_after_submission
from lms.assessment.rules.marking import mark
from lms.assessment.rules.reading import words_to_read
from lms.assessment.rules.serving import shuffled_order
from lms.core import audit
from lms.learning.models import Enrolment
from lms.learning.rules import least_reading_seconds

Purpose = KnowledgeCheck.Purpose


class CheckRefused(Exception):
    """No try is left, or the course has no question that marks itself: a person decides."""


@transaction.atomic
def start_check(enrolment: Enrolment, purpose: str, now: datetime, random: Random | None = None) -> KnowledgeCheck:
    """Begin a check, or find again the one that is open. Locks the enrolment. Raises CheckRefused."""
    random = random or SystemRandom()
    enrolment = locked_enrolment(enrolment.pk)
    checks = list(enrolment.knowledge_checks.filter(purpose=purpose))
    if checks and checks[-1].submitted_at is None:
        return checks[-1]
    if not issue_rules.may_try(len(_counted(checks, enrolment)), settings.LMS_CHECK_TRIES, is_open=False):
        raise CheckRefused
    untold = untold_questions(enrolment.course, now)
    versions = questions_to_ask(enrolment, settings.LMS_CHECK_QUESTIONS, random, last=untold)
    return _begin(versions, random, enrolment=enrolment, purpose=purpose, number=len(checks) + 1, started_at=now)


@transaction.atomic
def start_update_check(recertification: Recertification, now: datetime, random: Random | None = None) -> KnowledgeCheck:
    """Begin the check of an update, or find again the one that is open: the questions of what changed, once it is read.

    One left open for an earlier version is handed in as it is. Locks the enrolment, then what handing in locks. Raises CheckRefused.
    """
    random = random or SystemRandom()
    enrolment = locked_enrolment(recertification.enrolment_id)
    row = Recertification.objects.select_related("enrolment").get(pk=recertification.pk)
    checks = list(enrolment.knowledge_checks.filter(purpose=Purpose.UPDATE))
    if checks and checks[-1].submitted_at is None:
        if checks[-1].recertification_id == row.pk:
            return checks[-1]
        submit_check(checks[-1], now)
    is_ready = row.state == Recertification.State.OPEN and not left_to_read(lessons_of(row))
    if not is_ready or not update_tries_left(row):
        raise CheckRefused
    return _begin(
        questions_of_update(row, random), random, enrolment=enrolment, purpose=Purpose.UPDATE, number=len(checks) + 1,
        started_at=now, recertification=row,
    )  # fmt: skip


def questions_of_update(recertification: Recertification, random: Random | None = None) -> list[QuestionVersion]:
    """What its check asks."""
    random = random or SystemRandom()
    return questions_to_ask(
        recertification.enrolment, recertification.question_count, random, recertification.questions
    )


def update_tries_left(recertification: Recertification) -> int:
    made = recertification.knowledge_checks.filter(submitted_at__isnull=False).count()
    return max(0, settings.LMS_CHECK_TRIES - made)


def finish_update(recertification: Recertification, now: datetime) -> Certificate:
    """The new certificate, once all is done; whether a test is needed is read from its questions. Raises RecertificationRefused."""
    return recertify(recertification, bool(questions_of_update(recertification)), now)


def _begin(versions: list[QuestionVersion], random: Random, **fields) -> KnowledgeCheck:
    if not versions:
        raise CheckRefused
    check = KnowledgeCheck.objects.create(
        **fields,
        pass_mark_percent=settings.LMS_CHECK_PASS_PERCENT,
    )
    CheckQuestion.objects.bulk_create(
        CheckQuestion(
            knowledge_check=check,
            position=position,
            version=version,
            order=shuffled_order(version.type, version.content, random),
        )
        for position, version in enumerate(versions, start=1)
    )
    return check


def may_start(enrolment: Enrolment, purpose: str) -> bool:
    """Whether `start_check` would give a check: one is open, or a try is left and there are questions to ask."""
    checks = list(enrolment.knowledge_checks.filter(purpose=purpose))
    is_open = any(check.submitted_at is None for check in checks)
    return issue_rules.may_try(len(_counted(checks, enrolment)), settings.LMS_CHECK_TRIES, is_open) and (
        is_open or bool(questions_to_ask(enrolment, 1, SystemRandom()))
    )


def questions_to_ask(
    enrolment: Enrolment, count: int, random: Random, among: Collection[int] | None = None, last: Collection[int] = ()
) -> list[QuestionVersion]:
    """So many questions of the quizzes of the course (or `among` these), by chance, those the learner was never asked first.

    Only those that mark themselves, and that no decision set aside; those of `last` where no other is left.
    """
    quizzes = QuizPage.objects.live().descendant_of(enrolment.course)
    asked = in_all([asked_by(quiz) for quiz in quizzes.prefetch_related("draws")])
    wanted = asked.points if among is None else among
    versions = list(
        asked.versions_of(wanted)
        .exclude(type__in=MANUAL_TYPES | UNMARKED_TYPES)
        .exclude(pk__in=Regrade.objects.neutralising().filter(quiz__in=quizzes).values("version"))
        .order_by("pk")
    )
    random.shuffle(versions)
    seen = _seen_by(enrolment.person_id)
    return sorted(versions, key=lambda one: (one.question_id in last, one.question_id in seen))[:count]


def untold_questions(course: CoursePage, now: datetime) -> set[int]:
    """The questions of a course whose right answers are not told: an exam may ask them, or a quiz that tells them at its closing."""
    quizzes = QuizPage.objects.live().descendant_of(course).prefetch_related("draws")
    secret = [quiz for quiz in quizzes if not shown_after_submission(quiz.preset, quiz.closes_at, now, True).answers]
    return set(in_all(map(asked_by, secret)).points)


def save_check(check: KnowledgeCheck, answers: dict[int, Any]) -> None:
    """Keep the answers of a check under way, by position; what is not there is left as it is."""
    for question in check.questions.filter(position__in=answers):
        if question.response != answers[question.position]:
            CheckQuestion.objects.filter(pk=question.pk, knowledge_check__submitted_at__isnull=True).update(
                response=answers[question.position]
            )


@transaction.atomic
def submit_check(check: KnowledgeCheck, now: datetime) -> KnowledgeCheck:
    """Mark the answers kept; passed, it releases what waits for it. Again changes nothing. Locks the check."""
    check = KnowledgeCheck.objects.select_for_update(of=("self",)).select_related("enrolment__person").get(pk=check.pk)
    if check.submitted_at:
        return check
    questions = list(check.questions.select_related("version"))
    for question in questions:
        question.awarded_points = mark(question.version.type, question.version.content, question.response)
    CheckQuestion.objects.bulk_update(questions, ["awarded_points"])
    words = sum(words_to_read(question.version.prompt, question.version.content) for question in questions)
    check.submitted_at = now
    check.score_percent = issue_rules.check_score([question.awarded_points for question in questions])
    check.is_passed = check.score_percent >= check.pass_mark_percent
    check.is_rapid = (now - check.started_at).total_seconds() < least_reading_seconds(words)
    check.save()
    audit.record(
        "certificate.check", check.enrolment.person, check, purpose=check.purpose, passed=check.is_passed,
        rapid=check.is_rapid,
    )  # fmt: skip
    if check.purpose == Purpose.HOLD:
        release_by_check(check, now)
    elif check.purpose == Purpose.UPDATE:
        _update_by_check(check, now)
    else:
        renew_by_check(check, now)
    return check


def _update_by_check(check: KnowledgeCheck, now: datetime) -> None:
    """A check that convinces brings the certificate up to date; where that must wait, the page of the update says why."""
    if check.is_convincing:
        with contextlib.suppress(RecertificationRefused):
            recertify(check.recertification, True, now)


def _counted(checks: list[KnowledgeCheck], enrolment: Enrolment) -> list[KnowledgeCheck]:
    """The tries that count: for a renewal, those made since the last certificate was issued."""
    last = last_certificate(enrolment.pk)
    return [check for check in checks if not (last and last.issued_at and check.started_at < last.issued_at)]


def _seen_by(person_id: int) -> Collection[int]:
    served = ServedQuestion.objects.filter(attempt__enrolment__person=person_id)
    checked = CheckQuestion.objects.filter(knowledge_check__enrolment__person=person_id)
    return {
        *served.values_list("version__question_id", flat=True),
        *checked.values_list("version__question_id", flat=True),
    }
