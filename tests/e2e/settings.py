"""The tests' settings with static files compressed and named as in production, for the weights to be true."""

from lms.settings.test import *  # noqa: F403
from lms.settings.test import LMS_DATA_DIR, STORAGES, env_flag

STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}}
WHITENOISE_AUTOREFRESH = False
WHITENOISE_USE_FINDERS = False
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = LMS_DATA_DIR / "mail"
# Only the worker may open the seal, as in life.
LMS_SIGNING_WORKER = env_flag("LMS_SIGNING_WORKER")
# The journeys go faster than anyone reads: certificates held for that have tests of their own.
LMS_HOLD_RAPID_PERCENT = 0
