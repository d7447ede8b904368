"""`manage.py serve`: the web server, the worker and the scheduler together in one terminal."""

import errno
import fcntl
import signal
import socket
import sys
import threading
import urllib.error
import urllib.request
from contextlib import contextmanager

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from lms.core.supervisor import Program, Supervisor

COLOURS = {"site": "36", "tâches": "35", "arrêt": "33"}
WIDTH = max(map(len, COLOURS))


class Command(BaseCommand):
    help = "Sert la plateforme sur cette machine : site, tâches de fond et horloge, jusqu’à Ctrl-C."

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=settings.LMS_PORT)
        parser.add_argument("--host", default=settings.LMS_HOST)

    def handle(self, *, port, host, **options):
        self.address = f"http://{'localhost' if host in ('127.0.0.1', '0.0.0.0') else host}:{port}/"  # noqa: S104
        self.health = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}/sante/"  # noqa: S104
        with only_one_per_data_folder():
            refuse_taken_port(host, port)
            supervisor = Supervisor(programs(host, port), self.write_line)
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, supervisor.stop)
            threading.Thread(target=self.announce_when_ready, args=[supervisor.stopping], daemon=True).start()
            supervisor.run()
            self.stdout.write("Tout est arrêté.")

    def write_line(self, name: str, line: str):
        prefix = name.ljust(WIDTH)
        if self.stdout.isatty():
            prefix = f"\033[{COLOURS[name]}m{prefix}\033[0m"
        self.stdout.write(f"{prefix} │ {line}")
        self.stdout.flush()

    def announce_when_ready(self, stopping: threading.Event):
        while not stopping.wait(0.2):
            try:
                with urllib.request.urlopen(self.health, timeout=5):  # noqa: S310
                    break
            except (urllib.error.URLError, OSError):
                continue
        else:
            return
        lines = ["", f"{settings.LMS_SITE_NAME} répond à {self.address}", f"Back-office : {self.address}gestion/"]
        if settings.LMS_DEMO:
            lines += ["", f"Comptes de démonstration (mot de passe « {settings.LMS_DEMO_PASSWORD} ») :"]
            lines += [f"  {email:<30} {role}" for email, role in settings.LMS_DEMO_ACCOUNTS.items()]
        lines += ["", "Ctrl-C arrête tout.", ""]
        self.stdout.write("\n".join(lines))
        self.stdout.flush()


def programs(host: str, port: int) -> list[Program]:
    """The web server, and one Celery process that works off all queues and holds the scheduler."""
    web = [sys.executable, "-m", "gunicorn", "lms.wsgi:application", "--bind", f"{host}:{port}"]
    web += ["--workers", "1", "--worker-class", "gthread", "--threads", str(settings.LMS_WEB_THREADS)]
    web += ["--log-level", "warning", "--graceful-timeout", "5", "--no-control-socket"]
    jobs = [sys.executable, "-m", "celery", "-A", "lms", "--quiet", "worker", "-B", "-P", "threads", "-c", "3"]
    # Of its three threads, strangers’ files take two at most (certificates.verifying.quarantine).
    jobs += ["-Q", "default,signing,checks", "-n", "embarque@%h", "-l", "warning"]
    jobs += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    # This one process does the signing too: in production another machine does.
    return [Program("site", web), Program("tâches", jobs, {"LMS_SIGNING_WORKER": "1", "C_FORCE_ROOT": "1"})]


@contextmanager
def only_one_per_data_folder():
    """Two installations on the same folder would run each other's jobs."""
    settings.LMS_DATA_DIR.mkdir(parents=True, exist_ok=True)
    with (settings.LMS_DATA_DIR / "serve.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CommandError(
                f"La plateforme tourne déjà sur le dossier {settings.LMS_DATA_DIR}. "
                "Arrêtez-la (Ctrl-C dans son terminal) ou choisissez un autre dossier : LMS_DATA_DIR=…"
            )
        yield


def refuse_taken_port(host: str, port: int):
    """Fail before anything starts when another program listens there. Raises CommandError."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise CommandError(f"Impossible d’écouter sur {host}:{port} : {error.strerror}.")
            raise CommandError(f"Le port {port} est déjà pris. Choisissez-en un autre : PORT={port + 1} make run")
