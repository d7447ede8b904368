"""Several programs in one terminal: started together, restarted when they die, stopped together to the last child."""

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

LEASH = Path(__file__).with_name("leash.py")
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 1, 30
# One that lived this long had started well: its next pause is short again.
SOUND_AFTER_SECONDS = 60


@dataclass
class Program:
    """One supervised program, and its current process."""

    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen | None = None
    started_at: float = 0
    restart_at: float = 0
    pause_seconds: float = FIRST_PAUSE_SECONDS


class Supervisor:
    """Runs programs until told to stop; each has its own process group, so that nothing of it survives."""

    def __init__(self, programs: list[Program], write, grace_seconds: float = 15):
        self.programs = programs
        self.write = write
        self.grace_seconds = grace_seconds
        self.stopping = threading.Event()

    def run(self):
        """Start all and keep them running until `stop()`."""
        try:
            while not self.stopping.is_set():
                for program in self.programs:
                    self._look_after(program)
                self.stopping.wait(0.2)
        finally:
            self._stop_all()

    def stop(self, *signal_arguments):
        """Asked once, let everything end its work; asked again, end at once."""
        if self.stopping.is_set():
            self.grace_seconds = 0
        self.stopping.set()

    def _look_after(self, program: Program):
        process = program.process
        if process is None:
            if time.monotonic() >= program.restart_at:
                self._start(program)
        elif process.poll() is not None:
            _signal_group(process, signal.SIGKILL)  # children it left behind
            if time.monotonic() - program.started_at > SOUND_AFTER_SECONDS:
                program.pause_seconds = FIRST_PAUSE_SECONDS
            self.write(
                program.name,
                f"s’est arrêté (code {process.returncode}) ; nouvel essai dans {program.pause_seconds:.0f} s",
            )
            program.process = None
            program.restart_at = time.monotonic() + program.pause_seconds
            program.pause_seconds = min(program.pause_seconds * 2, LONGEST_PAUSE_SECONDS)

    def _start(self, program: Program):
        program.started_at = time.monotonic()
        program.process = subprocess.Popen(  # noqa: S603
            [sys.executable, str(LEASH), str(os.getpid()), *program.command],
            env={**os.environ, "PYTHONUNBUFFERED": "1", **program.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        threading.Thread(target=self._relay, args=[program.name, program.process], daemon=True).start()

    def _relay(self, name: str, process: subprocess.Popen):
        for line in filter(str.strip, process.stdout):
            self.write(name, line.rstrip("\n"))

    def _stop_all(self):
        alive = [program.process for program in self.programs if program.process is not None]
        for process in alive:
            if process.poll() is None:
                process.terminate()
        self.write("arrêt", "les travaux en cours se terminent (encore Ctrl-C pour ne pas attendre)")
        began_at = time.monotonic()
        for process in alive:
            while process.poll() is None and time.monotonic() < began_at + self.grace_seconds:
                time.sleep(0.05)
            if process.poll() is None:
                self.write("arrêt", f"le processus {process.pid} tarde : il est arrêté de force")
            _signal_group(process, signal.SIGKILL)
            process.wait()


def _signal_group(process: subprocess.Popen, number: int):
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        return
