"""A worker process killed for real, in the middle of a job, at a step a test names."""

import os
import signal
import subprocess
import sys
import textwrap

from django.conf import settings
from django.db import connection
from django.utils import timezone

# It takes up a job and dies where it calls the target. A fingerprint is taken when a file is stored, then when it is recorded.
CHILD = textwrap.dedent(
    """
    import os, signal, sys, importlib
    import django
    from django.conf import settings
    database, pki, private, target, job = sys.argv[1:]
    settings.DATABASES["default"]["NAME"] = database
    from django.db import connections
    connections["default"].settings_dict["NAME"] = database
    settings.LMS_PKI_DIR = pki
    settings.STORAGES["private"]["OPTIONS"]["location"] = private
    django.setup()
    module, _, name = target.rpartition(".")
    try:
        place = importlib.import_module(module)
    except ModuleNotFoundError:
        outer, _, inner = module.rpartition(".")
        place = getattr(importlib.import_module(outer), inner)
    real, calls = getattr(place, name), []

    def die(*args, **kwargs):
        calls.append(1)
        if name == "fingerprint" and len(calls) < 2:
            return real(*args, **kwargs)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(place, name, die)
    from lms.core.jobs import run_job
    run_job(int(job))
    """
)


def kill_at(target, job, tmp_path, **environment):
    """Run `job` in a process of its own that is killed (kill -9) when it calls `target`, a dotted name; its lease has ended."""
    database = str(connection.settings_dict["NAME"])
    arguments = [database, str(settings.LMS_PKI_DIR), str(tmp_path / "private"), target, str(job.pk)]
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "lms.settings.test",
        "LMS_TEST_DATA_DIR": str(settings.LMS_DATA_DIR),
        **environment,
    }
    child = subprocess.run(
        [sys.executable, "-c", CHILD, *arguments], env=environment, capture_output=True, text=True, check=False
    )
    assert child.returncode == -signal.SIGKILL, child.stderr
    type(job).objects.filter(pk=job.pk).update(lease_until=timezone.now())
