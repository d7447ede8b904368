"""Tests: a data folder that disappears, quick password hashing; PostgreSQL and Redis when the environment names them."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

# A test never touches the data of an installation: LMS_DATA_DIR is not heeded. A server or worker that a test starts
# works in the test's own folder.
if "LMS_TEST_DATA_DIR" in os.environ:
    os.environ["LMS_DATA_DIR"] = os.environ["LMS_TEST_DATA_DIR"]
else:
    os.environ["LMS_DATA_DIR"] = tempfile.mkdtemp(prefix="lms-test-")
    atexit.register(shutil.rmtree, os.environ["LMS_DATA_DIR"], ignore_errors=True)

from lms.settings.base import *  # noqa: F403
from lms.settings.base import (
    CACHES,
    CELERY_BROKER_TRANSPORT_OPTIONS,
    CELERY_BROKER_URL,
    DATABASES,
    LMS_BROKER_DIR,
    LMS_DATA_DIR,
    STORAGES,
)

for folder in (LMS_DATA_DIR / "media", LMS_DATA_DIR / "static", LMS_BROKER_DIR / "queue"):
    folder.mkdir(parents=True, exist_ok=True)

SECRET_KEY = "only for tests"  # noqa: S105
ALLOWED_HOSTS = ["*"]
LMS_DEMO = True
LMS_SIGNING_WORKER = True  # tests run the jobs in their own process
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_RATE_LIMITS = False
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True

# Each test starts with cold caches of its own (tests/conftest.py clears them).
CACHES["default"] = {
    **CACHES["local"],
    "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
    "LOCATION": "default",
}

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A real file: threads and other processes see it, as they do in life.
    DATABASES["default"]["TEST"] = {"NAME": str(Path(LMS_DATA_DIR) / "test.sqlite3")}

if CELERY_BROKER_URL.startswith("redis"):
    # Tests that run at the same time on the same Redis do not see one another.
    CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"] = f"{Path(LMS_DATA_DIR).name}:"
