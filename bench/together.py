"""Many certificates at once, as in life: a batch that was approved, issued by two signing processes of Celery.

LMS_BENCH_CERTIFICATES says how many (10000 for the whole claim: on two cores, with PostgreSQL and Redis).
"""

import os
import time
from pathlib import Path

import psutil
from django.utils import timezone

from bench.report import Row, row
from bench.server import running
from certificates.actions.batches import run_batch
from certificates.models import BatchLine, Certificate, IssueBatch
from certificates.verifying.trust import time_roots
from courses.models import CoursePage, QuizPage
from lms.assessment.models import Attempt
from lms.hr.models import Evidence
from lms.learning.models import Completion, Enrolment
from lms.learning.rules import QUIZ
from lms.people.models import User

COUNT = int(os.environ.get("LMS_BENCH_CERTIFICATES") or 400)
ASKED_A_SECOND = 10_000 / 150  # by two processes on two cores
WORKER = ["-m", "celery", "-A", "lms", "worker", "-P", "prefork", "-c", "2", "-Q", "signing", "--without-gossip"]
WARM_SHARE = 0.1  # done before the clock starts: processes have their fonts, keys and connections
LONGEST_SECONDS = 900
BYTES_IN_MB = 1024 * 1024


def rows(folder: Path) -> list[Row]:
    """Certificates a second, numbered, drawn, sealed and stored; and the memory of the busiest process, at the end
    against the beginning (MB).
    """
    course = CoursePage.objects.get(slug="messagerie-hygiene")
    asked = completions(course)
    run_batch(approved_batch(course, asked))
    # Nobody gives the time: that is another service's work.
    alone = {"LMS_TSA_URL": "http://127.0.0.1:9/", "LMS_TSA_ROOTS": str(time_roots()[0])}
    with running([*WORKER, "--loglevel", "warning"], folder / "signing.log", {**os.environ, **alone}) as worker:
        first = wait_for(round(COUNT * WARM_SHARE), worker)
        started, memory = time.perf_counter(), largest(worker)
        last = wait_for(COUNT, worker)
        seconds, memory_at_the_end = time.perf_counter() - started, largest(worker)
    if Evidence.objects.filter(certificate__enrolment__in=asked).values("certificate").distinct().count() != COUNT:
        raise RuntimeError("Some certificates gave no level.")
    return [
        row(
            "certificates_issued_together",
            (last - first) / seconds,
            "/s",
            ASKED_A_SECOND,
            more_is_better=True,
            counts=f"{COUNT} documents (N2) numbered, drawn, badge signed, sealed, stored, told, levels written, by two processes on "
            f"{os.cpu_count()} cores; 10 000 would take {10_000 * seconds / (last - first):.0f} s",
        ),
        row("certificates_issued_together_memory", memory_at_the_end, "MB", memory),
    ]


def completions(course: CoursePage) -> list[Enrolment]:
    """As many people who have just passed the test of the course, then finished it."""
    now, quiz = timezone.now(), QuizPage.objects.child_of(course).first()
    people = User.objects.bulk_create(
        User(email=f"lot{number}@demo.example", first_name="Afí", last_name=f"Sènan {number}")
        for number in range(COUNT)
    )
    enrolments = Enrolment.objects.bulk_create(
        Enrolment(person=person, course=course, state="completed", enrolled_at=now) for person in people
    )
    said = {"state": "submitted", "started_at": now, "submitted_at": now, "score_percent": 90, "is_passed": True}
    asked = {"number": 1, "pass_mark_percent": quiz.pass_mark_percent, "max_points": 10, "rules": quiz.rules()}
    Attempt.objects.bulk_create(Attempt(enrolment=one, quiz=quiz, **asked, **said) for one in enrolments)
    conditions = [{"code": f"{QUIZ}:{quiz.pk}", "is_met": True}]
    Completion.objects.bulk_create(
        Completion(enrolment=one, completed_at=now, content_version=1, conditions=conditions) for one in enrolments
    )
    return enrolments


def approved_batch(course: CoursePage, enrolments: list[Enrolment]) -> IssueBatch:
    """A batch of all of them, as one person proposed it and another approved it."""
    now = timezone.now()
    officers = User.objects.bulk_create(User(email=f"{role}@lot.example") for role in ("propose", "approuve"))
    batch = IssueBatch.objects.create(
        course=course,
        state=IssueBatch.State.APPROVED,
        proposed_by=officers[0],
        proposed_at=now,
        decided_by=officers[1],
        decided_at=now,
    )
    BatchLine.objects.bulk_create(BatchLine(batch=batch, enrolment=enrolment) for enrolment in enrolments)
    return batch


def wait_for(count: int, worker: psutil.Process) -> int:
    """How many are issued, once `count` are. Raises RuntimeError when the worker stops, or takes too long."""
    deadline = time.monotonic() + LONGEST_SECONDS
    while (issued := Certificate.objects.published().count()) < count:
        if not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE or time.monotonic() > deadline:
            raise RuntimeError(f"{issued} certificates of {count}, and no more.")
        time.sleep(0.2)
    return issued


def largest(worker: psutil.Process) -> float:
    """Megabytes in memory of the largest of its processes."""
    return max(process.memory_info().rss for process in worker.children(recursive=True)) / BYTES_IN_MB
