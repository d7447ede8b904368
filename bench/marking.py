"""How fast attempts are marked: ten thousand by the rules alone, and as the server closes those whose time is up."""

import time
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from bench.models import Mark
from bench.report import Row, row
from courses.models import QuizPage
from lms.assessment.actions import ledger, save_answers, settle_all, start_attempt
from lms.assessment.models import Attempt
from lms.learning.models import Enrolment
from lms.people.models import User

ATTEMPTS = 10_000
CLOSED = 200  # of them, for real: reading, marking, writing, telling the course


def rows() -> list[Row]:
    """Seconds for the rules alone (the floor: walking the same questions); attempts closed a second, against bare writes."""
    quiz = QuizPage.objects.filter(slug="evaluation-1").get()
    attempts = expired_attempts(quiz)
    rules, walk = by_rules(attempts[0])
    started = time.perf_counter()
    if settle_all(timezone.now()) != CLOSED:
        raise RuntimeError("Some attempts were not closed.")
    closed = CLOSED / (time.perf_counter() - started)
    return [
        row("marking_10000_attempts_by_rules", rules, "s", walk),
        row("expired_attempts_closed", closed, "/s", bare_writes(), more_is_better=True),
    ]


def expired_attempts(quiz: QuizPage) -> list[Attempt]:
    """Attempts of as many people, every question answered as the first was, past their deadline."""
    people = [User(email=f"banc{n}@demo.example", first_name="Afi", last_name=f"Banc {n}") for n in range(CLOSED)]
    course = quiz.get_parent().specific
    now = timezone.now()
    enrolments = Enrolment.objects.bulk_create(
        Enrolment(person=person, course=course, enrolled_at=now, item_count=1)
        for person in User.objects.bulk_create(people)
    )
    attempts = [start_attempt(enrolment, quiz, now) for enrolment in enrolments]
    for attempt in attempts:
        answers = {row.position: right_or_not(row) for row in attempt.questions.select_related("version")}
        save_answers(attempt, answers, now)
    Attempt.objects.filter(pk__in=[attempt.pk for attempt in attempts]).update(due_at=now - timedelta(hours=1))
    return attempts


def right_or_not(served):
    """An answer of the shape its type asks for."""
    content = served.version.content
    if served.version.type == "ordering":
        return {item: rank for rank, item in enumerate(content["answer"])}
    return content.get("answer", "un texte à comparer")


def by_rules(attempt: Attempt) -> tuple[float, float]:
    """Seconds to mark ten thousand attempts at hand, and to walk their questions without marking them."""
    questions = list(attempt.questions.select_related("version"))
    for question in questions:
        question.attempt = attempt
    now = timezone.now()
    started = time.perf_counter()
    for _ in range(ATTEMPTS):
        ledger.derive(attempt, questions, ledger.automatic_lines(questions, now))
    marked = time.perf_counter()
    for _ in range(ATTEMPTS):
        sum(len(question.version.content) for question in questions if question.response is not None)
    return marked - started, time.perf_counter() - marked


def bare_writes() -> float:
    """Transactions of one inserted row that this process makes in a second."""
    started = time.perf_counter()
    for number in range(CLOSED):
        with transaction.atomic():
            Mark.objects.create(label="closed", value=str(number), written_at=time.time())
    return CLOSED / (time.perf_counter() - started)
