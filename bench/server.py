"""The processes under measure, started and stopped here, and the meter of their CPU time."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from django.db import connection

START_SECONDS = 30
STOP_SECONDS = 30  # longer than `serve` grants the programs it stops
WEB = ["-m", "gunicorn", "lms.wsgi:application", "--worker-class", "gthread", "--workers", "1", "--threads", "2"]
WORKER = [
    "-m",
    "celery",
    "-A",
    "lms",
    "worker",
    "-P",
    "threads",
    "-c",
    "2",
    "-Q",
    "default,signing,checks",
    "--without-gossip",
]


@contextmanager
def running(arguments: list[str], log: Path, environment: dict[str, str] | None = None) -> Iterator[psutil.Process]:
    """A child process, stopped (politely, then not) with all its children at the end."""
    with log.open("wb") as output:
        command = [sys.executable, *arguments]
        child = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env=environment)
        process = psutil.Process(child.pid)
        try:
            yield process
        except RuntimeError as error:
            error.add_note(log.read_text()[-3000:])
            raise
        finally:
            family = [process, *process.children(recursive=True)] if child.poll() is None else []
            child.terminate()
            try:
                child.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
            for survivor in psutil.wait_procs(family, timeout=2)[1]:
                survivor.kill()


@contextmanager
def web_server(port: int, folder: Path, environment: dict[str, str] | None = None) -> Iterator[psutil.Process]:
    """Gunicorn as in production (one worker, two threads), once it answers."""
    log = folder / "web.log"
    with running([*WEB, "--bind", f"127.0.0.1:{port}", "--log-level", "warning"], log, environment) as process:
        deadline = time.monotonic() + START_SECONDS
        while not any(link.status == psutil.CONN_LISTEN for link in process.net_connections("tcp")):
            if not process.is_running() or time.monotonic() > deadline:
                raise RuntimeError("The web server did not start.")
            time.sleep(0.05)
        yield process


@contextmanager
def task_worker(folder: Path, environment: dict[str, str] | None = None) -> Iterator[psutil.Process]:
    """One real Celery worker on the broker of the settings."""
    with running([*WORKER, "--loglevel", "warning"], folder / "worker.log", environment) as process:
        yield process


class Meter:
    """CPU seconds, user and system, of a server with its children and of the database's processes that serve it."""

    def __init__(self, server: psutil.Process):
        self.server = server

    def read(self) -> float:
        family = [self.server, *self.server.children(recursive=True), *database_processes()]
        return sum(cpu_seconds(process) for process in family)


def database_processes() -> list[psutil.Process]:
    """The backends of PostgreSQL on this machine that serve our database, but the one that serves us."""
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        pids = [pid for (pid,) in cursor.fetchall()]
    found = [psutil.Process(pid) for pid in pids if psutil.pid_exists(pid)]
    return [process for process in found if process.name().startswith("postgres")]


def cpu_seconds(process: psutil.Process) -> float:
    """User and system time; from the scheduler's nanoseconds where the kernel tells them, else from its ticks."""
    try:
        tasks = list(Path(f"/proc/{process.pid}/task").glob("*/schedstat"))
        if tasks:
            return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9
    except OSError:
        pass
    times = process.cpu_times()
    return times.user + times.system
