"""Celery, configured from Django's settings; each app's `tasks.py` is found by itself."""

import os
import warnings

from celery import Celery
from celery.exceptions import SecurityWarning

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings.dev")

if "C_FORCE_ROOT" in os.environ:  # whoever sets it, in a container mostly, knows already
    warnings.filterwarnings("ignore", category=SecurityWarning)

app = Celery("lms")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
