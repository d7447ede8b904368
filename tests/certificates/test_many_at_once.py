"""Many certificates at once, some asked for twice, by worker processes killed again and again: no gap, no duplicate.

Two hundred by default; as many as LMS_TEST_ENROLMENTS says: 4000 takes some minutes.
"""

import os
import random
import signal
import subprocess
import sys
import textwrap
import threading
from collections import Counter

import pytest
from django.core.files.storage import storages
from django.utils import timezone

from certificates.actions import ask_for_certificate
from certificates.models import Certificate, CertificateAct, CertificateFile, KeyHour, SealKey, Series
from lms.core.models import Job
from lms.learning.models import Completion, Enrolment
from lms.people.models import User
from tests.certificates.makers import make_course

ENROLMENTS = int(os.environ.get("LMS_TEST_ENROLMENTS") or 200)
WORKERS, KILLS_EACH = 2, 3
TOGETHER = 5  # that one takes at once, for kills to fall among many
# A worker that takes the jobs of its list, then whatever was left undone, saying each on a line. What it draws is one page,
# told apart by a comment: drawing is not what is tried here.
WORKER = textwrap.dedent(
    """
    import sys, time
    import django
    from django.conf import settings
    pki, private, jobs = sys.argv[1], sys.argv[2], sys.argv[3]
    settings.LMS_PKI_DIR = pki
    settings.STORAGES["private"]["OPTIONS"]["location"] = private
    settings.LMS_JOB_LEASE_SECONDS = 3
    django.setup()
    from django.db import connection
    from django.utils import timezone
    from certificates.tasks import signing
    from certificates.lasting.signature import seal_and_stamp
    from lms.core import jobs as outbox
    from lms.core.jobs import run_job
    from lms.core.models import Job
    draw, drawn = signing.draw_certificate, []

    def draw_once(printed, *more, **named):
        if not drawn:
            drawn.append(draw(printed, *more, **named))
        return drawn[0] + b"%" + printed.number.encode() + b"\\n"

    signing.draw_certificate = draw_once
    outbox.TOGETHER = int(sys.argv[4])
    for line in open(jobs):
        if run_job(int(line)):
            print(line.strip(), flush=True)
    undone = Job.objects.filter(name="certificates.issue").exclude(state="done")
    patience = time.monotonic() + 300
    while pks := list(undone.values_list("pk", flat=True)):
        if time.monotonic() > patience:
            sys.exit(undone.first().error)
        for pk in pks:
            Job.objects.filter(pk=pk, state="waiting").update(run_after=timezone.now())
            if run_job(pk):
                print(pk, flush=True)
        time.sleep(0.2)
    """
)


def make_completions(count):
    now, course = timezone.now(), make_course()
    people = User.objects.bulk_create(
        User(email=f"agent{number}@demo.example", first_name="Agent", last_name=f"N° {number}")
        for number in range(count)
    )
    enrolments = Enrolment.objects.bulk_create(
        Enrolment(person=person, course=course, state="completed", enrolled_at=now) for person in people
    )
    Completion.objects.bulk_create(
        Completion(enrolment=enrolment, completed_at=now, content_version=1, conditions=[]) for enrolment in enrolments
    )
    return enrolments


class Seat:
    """One worker after another at the same work: each is killed after some jobs, the last one is left to finish."""

    def __init__(self, number, arguments, environment):
        self.arguments, self.environment = arguments, environment
        self.draw = random.Random(number)
        self.killed, self.code, self.errors = 0, None, ""
        self.thread = threading.Thread(target=self.work)
        self.thread.start()

    def work(self):
        while self.code is None:
            patience = (
                self.draw.randint(1, 1 + ENROLMENTS // (3 * WORKERS * TOGETHER)) if self.killed < KILLS_EACH else None
            )
            command = [sys.executable, "-c", WORKER, *self.arguments]
            with subprocess.Popen(
                command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
            ) as worker:
                errors = threading.Thread(target=self.listen, args=(worker.stderr,))
                errors.start()
                for done, _ in enumerate(worker.stdout, start=1):
                    if done == patience:
                        worker.kill()
                worker.wait()
                errors.join()
            if worker.returncode == -signal.SIGKILL:
                self.killed += 1
            else:
                self.code = worker.returncode

    def listen(self, stream):
        self.errors += stream.read()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_numbers_have_no_gap_and_no_certificate_is_twice_when_workers_are_killed(tmp_path, settings, own_environment):
    enrolments = make_completions(ENROLMENTS)
    for enrolment in enrolments:
        ask_for_certificate(enrolment)
    jobs = list(Job.objects.filter(name="certificates.issue").values_list("pk", flat=True))
    assert len(jobs) == ENROLMENTS
    deliveries = jobs + random.Random(1).sample(jobs, ENROLMENTS // 5)
    environment = {
        **own_environment,
        "LMS_TSA_URL": "http://127.0.0.1:9/",
        "LMS_SIGNING_WORKER": "1",
        "LOG_LEVEL": "CRITICAL",
    }
    seats = []
    for number in range(WORKERS):
        random.Random(number).shuffle(deliveries)
        list_of_jobs = tmp_path / f"jobs-{number}"
        list_of_jobs.write_text("".join(f"{pk}\n" for pk in deliveries))
        arguments = [str(settings.LMS_PKI_DIR), str(tmp_path / "private"), str(list_of_jobs), str(TOGETHER)]
        seats.append(Seat(number, arguments, environment))
    for seat in seats:
        seat.thread.join()
    assert [seat.code for seat in seats] == [0] * WORKERS, [seat.errors for seat in seats]
    assert sum(seat.killed for seat in seats) >= WORKERS  # so that the test tries what it says
    assert Counter(Certificate.objects.values_list("state", flat=True)) == {"valid": ENROLMENTS}
    assert sorted(Certificate.objects.values_list("number", flat=True)) == list(range(1, ENROLMENTS + 1))
    assert Series.objects.get().last_number == ENROLMENTS
    assert Certificate.objects.values("enrolment").distinct().count() == ENROLMENTS
    acts = Counter(CertificateAct.objects.values_list("verb", flat=True))
    assert acts == {"reserved": ENROLMENTS, "issued": ENROLMENTS}
    stored = {name for _, _, names in os.walk(storages["private"].path("certificates")) for name in names}
    kept = {f"{sha256}.pdf" for sha256 in CertificateFile.objects.values_list("sha256", flat=True)}
    assert len(kept) == ENROLMENTS
    assert kept <= stored
    assert Job.objects.filter(name="certificates.tell").count() == ENROLMENTS
    assert SealKey.objects.filter(purpose="pdf").count() == 1
    signed = sum(KeyHour.objects.filter(key__purpose="pdf").values_list("signatures", flat=True))
    assert ENROLMENTS <= signed <= ENROLMENTS + WORKERS * KILLS_EACH * TOGETHER + ENROLMENTS // 5
