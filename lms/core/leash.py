"""Start a program that stops when the one that started it dies, however it dies (on Linux; elsewhere just start it).

Run by its path, without importing the platform: `python lms/core/leash.py <pid of the starter> <program> <arguments>`.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(starter_pid: int, command: list[str]):
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != starter_pid:  # it died before we asked
            sys.exit(1)
    os.execvp(command[0], command)  # noqa: S606


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
