"""Checks a stranger's PDF in a process of its own, with little memory, little time and no secret.

A hostile file may ask a reader for gigabytes or for ever; here it costs itself.
"""

import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from threading import BoundedSemaphore

from certificates.verifying.verdicts import Check, Verdict

MEMORY_BYTES = 512 * 1024 * 1024
CPU_SECONDS = 5
WALL_SECONDS = 20
AT_ONCE = BoundedSemaphore(2)  # in each process that checks
BETWEEN = "--"  # in the child's arguments, the roots of seals from those of time-stamps
PATIENCE_SECONDS = 2  # then the request gives its thread back: hostile files must not keep all of them waiting


class TooBusy(Exception):
    """As many files as this process checks at once are being checked."""


def check_apart(
    content: bytes,
    root_files: Iterable[Path],
    time_root_files: Iterable[Path] = (),
    patience_seconds: float = PATIENCE_SECONDS,
) -> Check:
    """The verdict of `check_pdf`; a file that exhausts its limits is one that cannot be read. Raises TooBusy."""
    command = [
        sys.executable,
        "-m",
        "certificates.verifying.quarantine",
        *map(str, root_files),
        BETWEEN,
        *map(str, time_root_files),
    ]
    house = str(Path(__file__).resolve().parents[2])
    bare = {"PATH": os.defpath, "PYTHONPATH": house, "PYTHONDONTWRITEBYTECODE": "1"}
    if not AT_ONCE.acquire(timeout=patience_seconds):
        raise TooBusy
    try:
        done = subprocess.run(  # noqa: S603  our own interpreter and module
            command, input=content, capture_output=True, timeout=WALL_SECONDS, cwd=house, env=bare, check=False
        )
    except subprocess.TimeoutExpired:
        return Check(Verdict.UNREADABLE)
    finally:
        AT_ONCE.release()
    if done.returncode != 0:
        return Check(Verdict.UNREADABLE)
    return Check.from_json(json.loads(done.stdout))


def main(arguments: list[str]) -> None:
    """The child: limits first, then the libraries, then the file."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    from certificates.verifying.checking import check_pdf

    middle = arguments.index(BETWEEN)
    root_files, time_root_files = map(Path, arguments[:middle]), map(Path, arguments[middle + 1 :])
    check = check_pdf(sys.stdin.buffer.read(), root_files, time_root_files)
    sys.stdout.write(json.dumps(check.to_json()))


if __name__ == "__main__":
    main(sys.argv[1:])
