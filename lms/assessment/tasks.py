"""Assessment's work in the background: expired attempts closed, regrades, letters, what answers say of questions."""

from celery import shared_task
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from courses.models import CoursePage, QuizPage
from lms.assessment.actions import settle_all
from lms.assessment.actions.regrading import apply_regrade, to_regrade
from lms.assessment.actions.sittings import close_forgotten
from lms.assessment.actions.statistics import JOB, ask_statistics, compute_statistics, courses_to_compute
from lms.assessment.letters import tell_of_allowance, tell_of_sitting, write_to_learner, write_to_trainers
from lms.assessment.models import (
    Allowance,
    Appeal,
    Attempt,
    MarkLine,
    Regrade,
    SittingEntry,
    SittingIncident,
    SittingSupervisor,
)
from lms.core.jobs import job_handler

REPORT_EVERY = 50


@job_handler("assessment.regrade")
def regrade(job):
    """Apply a decision, attempt by attempt; what one run leaves, the next finds again."""
    decided = Regrade.objects.select_related("new_version").get(pk=job.payload["regrade"])
    attempts = list(to_regrade(decided))
    for count, attempt_id in enumerate(attempts, start=1):
        apply_regrade(decided, attempt_id, timezone.now())
        if count % REPORT_EVERY == 0:
            job.report_progress(100 * count // len(attempts), f"{count} / {len(attempts)}")


@job_handler("assessment.tell_regraded")
def tell_regraded(job):
    """Tell the learner that a question of theirs was neutralised or marked again."""
    line = MarkLine.objects.select_related("question").get(pk=job.payload["line"])
    write_to_learner(line.attempt, "regraded", "Votre note a été revue", line=line)


@shared_task(name="assessment.close_expired_attempts")
def close_expired_attempts_task():
    """Each minute, mark what was handed in or is past its deadline, and tell the marks of exams that have closed.

    The attempt is itself the row that is not lost: one that a run leaves, the next finds again, and whoever touches the
    attempt before settles it.
    """
    settle_all(timezone.now())


@shared_task(name="assessment.close_forgotten_sittings")
def close_forgotten_sittings_task():
    """Close the sittings nobody closed a day after their end."""
    close_forgotten(timezone.now())


@job_handler("assessment.tell_supervisor")
def tell_supervisor(job):
    """Tell who supervises a sitting where, when, and what is expected of them."""
    named = SittingSupervisor.objects.select_related("sitting__quiz", "sitting__course", "person")
    tell_of_sitting(named.get(sitting=job.payload["sitting"], person=job.payload["person"]))


@job_handler("assessment.tell_excluded")
def tell_excluded(job):
    """Tell a learner that their attempt proves nothing, and why."""
    entry = SittingEntry.objects.with_facts().get(pk=job.payload["entry"])
    deciding = [row for row in entry.incidents.all() if row.effect == SittingIncident.Effect.EXCLUDES]
    write_to_learner(entry.attempt, "excluded", "Tentative écartée", entry=entry, incident=deciding[-1])


@job_handler("assessment.tell_appeal")
def tell_appeal(job):
    """Tell those who teach the course that a mark is contested."""
    appeal = Appeal.objects.select_related("question__attempt").get(pk=job.payload["appeal"])
    path = reverse("assessment_appeal", args=[appeal.pk])
    write_to_trainers(appeal.question.attempt, "appeal", "Une note est contestée", path, appeal=appeal)


@job_handler("assessment.tell_answer")
def tell_answer(job):
    """Tell the learner what their appeal was answered."""
    appeal = Appeal.objects.select_related("question__attempt").get(pk=job.payload["appeal"])
    write_to_learner(appeal.question.attempt, "appeal_answered", "Réponse à votre contestation", appeal=appeal)


@job_handler("assessment.tell_allowance")
def tell_allowance(job):
    """Tell the learner what they were granted."""
    tell_of_allowance(Allowance.objects.select_related("enrolment__person", "quiz").get(pk=job.payload["allowance"]))


@job_handler("assessment.tell_marked")
def tell_marked(job):
    """Tell the learner that all their answers are marked. Sent twice if the worker dies between sending and saying so."""
    write_to_learner(Attempt.objects.get(pk=job.payload["attempt"]), "marked", "Votre évaluation est corrigée")


@job_handler(JOB, max_attempts=3)
def item_statistics(job):
    """The quizzes of one course, one after the other; run again, it finds the same figures."""
    course = CoursePage.objects.get(pk=job.payload["course"])
    quizzes = list(QuizPage.objects.descendant_of(course).order_by("path"))
    for rank, quiz in enumerate(quizzes):
        job.report_progress(100 * rank // len(quizzes), quiz.title)
        compute_statistics(quiz, timezone.now())


@shared_task(name="assessment.compute_statistics")
def compute_statistics_task():
    """One job for each course where something was submitted since."""
    for course in courses_to_compute():
        with transaction.atomic():
            ask_statistics(course, timezone.now())
