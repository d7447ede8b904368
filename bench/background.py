"""How soon and how fast a real Celery worker runs what the job centre sends, beside a bare Celery task."""

import statistics
import time
from collections.abc import Callable
from pathlib import Path

from bench.models import Mark
from bench.report import Row, row
from bench.server import task_worker
from bench.tasks import write
from lms.core.jobs import enqueue

SINGLES = 15
BATCH = 150
LONGEST_SECONDS = 60


def rows(folder: Path) -> list[Row]:
    """The start latency (ms) and the rate (per second) of a job, the floor being a Celery task that writes the same row."""
    ways = {"bare": send_bare, "job": send_job}
    with task_worker(folder):
        for send in ways.values():
            started_after(send, "warm-up")
        delays = {name: [] for name in ways}
        for number in range(SINGLES):
            for name, send in ways.items():
                delays[name].append(1000 * started_after(send, f"{name}-{number}"))
        rates = {name: rate(send, f"{name}-batch") for name, send in ways.items()}
    latency = {name: statistics.median(values) for name, values in delays.items()}
    return [
        row("task_start_latency", latency["job"], "ms", latency["bare"]),
        row("task_rate", rates["job"], "/s", rates["bare"], more_is_better=True),
    ]


def send_bare(label: str) -> None:
    write.delay(label)


def send_job(label: str) -> None:
    enqueue("bench.write", payload={"label": label})


def started_after(send: Callable[[str], None], label: str) -> float:
    """Seconds from asking for a task to its running."""
    asked_at = time.time()
    send(label)
    return wait_for(label, 1)[0] - asked_at


def rate(send: Callable[[str], None], label: str) -> float:
    """Tasks asked for and run in a second, many at once."""
    asked_at = time.time()
    for _ in range(BATCH):
        send(label)
    return BATCH / (max(wait_for(label, BATCH)) - asked_at)


def wait_for(label: str, count: int) -> list[float]:
    """When each of the tasks of this label ran, once all have."""
    deadline = time.monotonic() + LONGEST_SECONDS
    while time.monotonic() < deadline:
        found = list(Mark.objects.filter(label=label).values_list("written_at", flat=True))
        if len(found) >= count:
            return found
        time.sleep(0.01)
    raise RuntimeError(f"The worker ran {len(found)} of {count} tasks in {LONGEST_SECONDS} s.")
