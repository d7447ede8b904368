"""A worker killed in the middle of its work loses nothing, whatever the broker."""

import os
import signal
import subprocess
import sys
import time

import pytest

from lms.core import jobs
from lms.core.models import Job
from tests.core import killed_worker  # noqa: F401  (registers the handler here too)

pytestmark = pytest.mark.slow

COUNT = 30


def start_worker(environment):
    command = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "tests.core.killed_worker",
        "worker",
        "-B",
        "-P",
        "threads",
        "-c",
        "4",
    ]
    command += ["-Q", "default,signing", "-l", "warning", "--without-gossip", "--without-mingle"]
    command += ["-s", f"{environment['LMS_TEST_DATA_DIR']}/beat"]
    hurry = {"LMS_JOB_LEASE_SECONDS": "1", "LMS_JOB_RESEND_SECONDS": "1", "LMS_JOB_SWEEP_SECONDS": "1"}
    return subprocess.Popen(command, env=environment | hurry, start_new_session=True)


def wait_until(condition, seconds):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, list(Job.objects.values_list("state", "attempts", "sends", "error"))
        time.sleep(0.05)


def done():
    return Job.objects.filter(state=Job.State.DONE).count()


def test_nothing_is_lost_when_a_worker_is_killed_at_work(own_environment, tmp_path):
    for number in range(COUNT):
        jobs.enqueue("test.touch", payload={"file": str(tmp_path / f"{number}")})
    worker = start_worker(own_environment)
    try:
        wait_until(lambda: done() >= 5, 30)
    finally:
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
    assert done() < COUNT
    worker = start_worker(own_environment)
    try:
        wait_until(lambda: done() == COUNT, 60)
    finally:
        worker.terminate()
        worker.wait(20)
    assert len(list(tmp_path.iterdir())) == COUNT
    assert max(Job.objects.values_list("attempts", flat=True)) == 2  # those it was killed at
