"""`manage.py serve`: starts all, restarts what dies, stops to the last process, refuses clearly."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import psutil
import pytest

pytestmark = pytest.mark.slow

# How long to wait for what must come, at most: a busy machine is no failure.
PATIENCE_SECONDS = 120


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def port():
    return free_port()


@pytest.fixture
def serve(own_environment, port, tmp_path):
    """Start `serve` and give it with a way to wait for a line; whatever survives the test is killed."""
    started = []

    def start(*arguments):
        log = tmp_path / f"serve-{len(started)}.log"
        with log.open("w") as output:
            process = subprocess.Popen(
                [sys.executable, "manage.py", "serve", "--port", str(port), *arguments],
                env=own_environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        started.append(process)
        process.said = log.read_text
        return process

    yield start
    for process in started:
        if process.poll() is None:
            for one in [*psutil.Process(process.pid).children(recursive=True), process]:
                one.kill()
            process.wait()


def wait_for(process, text):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while text not in process.said():
        assert process.poll() is None and time.monotonic() < deadline, process.said()
        time.sleep(0.1)


def family(process):
    return psutil.Process(process.pid).children(recursive=True)


def gone(processes):
    return psutil.wait_procs(processes, timeout=PATIENCE_SECONDS)[1] == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serve_starts_all_and_stops_to_the_last_process(serve, port, number):
    server = serve()
    wait_for(server, f"répond à http://localhost:{port}/")
    assert "agent@demo.example" in server.said()
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/sante/") as answer:
        assert answer.status == 200
    children = family(server)
    commands = " ".join(" ".join(child.cmdline()) for child in children)
    assert "gunicorn" in commands and "celery" in commands
    server.send_signal(number)
    assert server.wait(PATIENCE_SECONDS) == 0
    assert server.said().endswith("Tout est arrêté.\n")
    assert gone(children)
    assert "Traceback" not in server.said()


def test_serve_restarts_a_killed_worker_and_leaves_none_of_its_children(serve):
    server = serve()
    wait_for(server, "répond à")
    workers = [child for child in family(server) if "celery" in " ".join(child.cmdline())]
    worker = next(child for child in workers if child.ppid() == server.pid)
    old = [worker, *worker.children(recursive=True)]
    worker.kill()
    wait_for(server, "s’est arrêté (code -9)")
    assert gone(old)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not any("celery" in " ".join(child.cmdline()) for child in family(server)):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    server.terminate()
    assert server.wait(PATIENCE_SECONDS) == 0


@pytest.mark.skipif(sys.platform != "linux", reason="the leash is Linux's")
def test_nothing_survives_a_supervisor_that_is_killed(serve):
    server = serve()
    wait_for(server, "répond à")
    children = family(server)
    os.kill(server.pid, signal.SIGKILL)
    server.wait()
    assert gone(children)


def test_serve_refuses_a_port_that_is_taken(serve, port):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        server = serve()
        assert server.wait(PATIENCE_SECONDS) == 1
    assert f"Le port {port} est déjà pris. Choisissez-en un autre : PORT={port + 1} make run" in server.said()


def test_serve_refuses_a_data_folder_in_use(serve):
    first = serve()
    wait_for(first, "répond à")
    second = serve()
    assert second.wait(PATIENCE_SECONDS) == 1
    assert "La plateforme tourne déjà sur le dossier" in second.said()
    first.terminate()
    assert first.wait(PATIENCE_SECONDS) == 0


def test_run_prepares_nothing_in_a_data_folder_in_use(serve, own_environment):
    first = serve()
    wait_for(first, "répond à")
    second = subprocess.run(
        [sys.executable, "manage.py", "run"],
        env={**own_environment, "PORT": str(free_port())},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )
    assert second.returncode == 1
    assert second.stdout == ""
    assert "La plateforme tourne déjà sur le dossier" in second.stderr
