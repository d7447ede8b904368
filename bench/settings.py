"""Settings of the bench: those every installation shares, as production has them, plus the floors to compare with."""

from lms.settings.base import *  # noqa: F403
from lms.settings.base import (
    CELERY_BROKER_TRANSPORT_OPTIONS,
    CELERY_BROKER_URL,
    INSTALLED_APPS,
    LMS_BROKER_DIR,
    LMS_DATA_DIR,
    LOGGING,
    STORAGES,
)

for folder in (LMS_DATA_DIR / "media", LMS_DATA_DIR / "static", LMS_BROKER_DIR / "queue"):
    folder.mkdir(parents=True, exist_ok=True)

DEBUG = False
SECRET_KEY = "the bench signs nothing that outlives it"
LMS_DEMO = True
LMS_SIGNING_WORKER = True
ROOT_URLCONF = "bench.urls"
INSTALLED_APPS = ["bench", *INSTALLED_APPS]
# The bench's one table is made from its model: it lives as long as the run.
MIGRATION_MODULES = {"bench": None}
# Hashed names as in production; compressing them would only lengthen the preparation.
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
LOGGING["root"]["level"] = "WARNING"
if CELERY_BROKER_URL.startswith("redis"):
    # Nobody else's jobs, on a Redis that others use.
    CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"] = f"{LMS_DATA_DIR.name}:"
