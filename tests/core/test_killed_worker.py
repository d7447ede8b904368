"""A worker killed in the middle of its work loses nothing, whatever the broker."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter

import pytest

from lms.core import jobs
from lms.core.models import Job
from tests.core.killed_worker import SOON  # registers the handler here too

pytestmark = pytest.mark.slow

COUNT, THREADS = 30, 4


def start_worker(environment, lease_seconds):
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
        str(THREADS),
    ]
    command += ["-Q", "default,signing,checks", "-l", "warning", "--without-gossip", "--without-mingle"]
    command += ["-s", f"{environment['LMS_TEST_DATA_DIR']}/beat"]
    pace = {"LMS_JOB_LEASE_SECONDS": lease_seconds, "LMS_JOB_RESEND_SECONDS": "1", "LMS_JOB_SWEEP_SECONDS": "1"}
    return subprocess.Popen(command, env=environment | pace, start_new_session=True)


def wait_until(condition, seconds):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, list(Job.objects.values_list("state", "attempts", "sends", "error"))
        time.sleep(0.05)


def done():
    return Job.objects.filter(state=Job.State.DONE).count()


def running():
    return Job.objects.filter(state=Job.State.RUNNING).count()


def test_nothing_is_lost_when_a_worker_is_killed_at_work(own_environment, tmp_path):
    files, gate = tmp_path / "files", tmp_path / "gate"
    files.mkdir()
    for number in range(COUNT):
        jobs.enqueue("test.touch", payload={"file": str(files / f"{number}"), "gate": str(gate)})
    worker = start_worker(own_environment, lease_seconds="3")
    try:
        wait_until(lambda: done() >= SOON and running() == THREADS, 60)
    finally:
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
    assert done() < COUNT
    gate.touch()
    # A lease none outlives, however slow the machine: what runs twice is what the first worker was killed at.
    worker = start_worker(own_environment, lease_seconds="60")
    try:
        wait_until(lambda: done() == COUNT, 60)
    finally:
        worker.terminate()
        worker.wait(60)
    assert len(list(files.iterdir())) == COUNT
    attempts = Counter(Job.objects.values_list("attempts", flat=True))
    assert attempts == {1: COUNT - THREADS, 2: THREADS}  # twice those it was killed at
