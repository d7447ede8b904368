"""One machine, one command: `make run`. Demo accounts and the sandbox authority are welcome here, DEBUG=1 if asked."""

import os
import secrets
from tempfile import TemporaryFile

from django.core.exceptions import ImproperlyConfigured

from lms.settings.base import *  # noqa: F403
from lms.settings.base import LMS_BROKER_DIR, LMS_DATA_DIR, SECRET_KEY, env_flag, env_list

DEBUG = env_flag("DEBUG")
LMS_DEMO = True

try:
    for folder in (LMS_DATA_DIR, LMS_DATA_DIR / "media", LMS_DATA_DIR / "static", LMS_BROKER_DIR / "queue"):
        folder.mkdir(parents=True, exist_ok=True)
    TemporaryFile(dir=LMS_DATA_DIR).close()
except OSError as error:
    raise ImproperlyConfigured(
        f"Impossible d’écrire dans le dossier de données {LMS_DATA_DIR} ({error.strerror}) : choisissez-en un autre, LMS_DATA_DIR=…"
    ) from error


def own_secret_key() -> str:
    """The key of this data folder, drawn once, so that sessions outlive a restart."""
    file = LMS_DATA_DIR / "secret_key"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(50))
    return file.read_text()


SECRET_KEY = SECRET_KEY or own_secret_key()
# A colleague may open the page from another machine of the same network.
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", "*")
LMS_CONTACT_EMAIL = os.environ.get("LMS_CONTACT_EMAIL") or "formation@demo.example"  # of the courses of the demo
# Who visits the demo does not read it all: no certificate is held for haste unless one asks to see that.
LMS_HOLD_RAPID_PERCENT = int(os.environ.get("LMS_HOLD_RAPID_PERCENT") or 0)
ACCOUNT_EMAIL_VERIFICATION = "optional"
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = LMS_DATA_DIR / "mail"
AUTH_PASSWORD_VALIDATORS: list = []  # the demo password is « demo »
if DEBUG:
    WHITENOISE_AUTOREFRESH = True
    WHITENOISE_USE_FINDERS = True
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
