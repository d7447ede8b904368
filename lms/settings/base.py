"""What every installation shares: SQLite, files and the file-system broker unless the environment says otherwise."""

import os
from email.utils import parseaddr

import dj_database_url
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from lms.settings.own import *  # noqa: F403
from lms.settings.own import BASE_DIR, LMS_DATA_DIR, LMS_JOB_SWEEP_SECONDS, LMS_PUBLIC_URL, LMS_SITE_NAME, env_list

# --- Django

DEBUG = False
SECRET_KEY = os.environ.get("SECRET_KEY", "")
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS")
ROOT_URLCONF = "lms.urls"
WSGI_APPLICATION = "lms.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    # Ours, from the topmost floor down, so that their templates win over the libraries'.
    "lms.hr",
    "certificates",
    "lms.assessment",
    "lms.learning",
    "courses",
    "lms.people",
    "lms.skills",
    "lms.core",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.contrib.typed_table_block",
    "wagtail.embeds",
    "wagtail.sites",
    "lms.people.apps.AccountsConfig",  # wagtail.users, whose list of everyone it keeps to superusers
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "treebeard",
    "django_filters",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    # `runserver` too serves static files through WhiteNoise.
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "lms.core.middleware.BodySizeMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "lms.core.middleware.CachedUserMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "lms.core.middleware.BackOfficePolicyMiddleware",
    "courses.back_office.sight.OwnPagesMiddleware",
    "courses.back_office.library.KeptFilesMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "lms.people.context_processors.navigation",
            ],
        },
    },
]
# Form widgets may be overridden in templates/django/forms.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- Database: one file by default, PostgreSQL by DATABASE_URL

# dj-database-url, because what an URL may hold (sockets, percent signs, options) is longer than it looks.
DATABASES = {
    "default": dj_database_url.parse(
        os.environ.get("DATABASE_URL") or f"sqlite:///{LMS_DATA_DIR / 'db.sqlite3'}",
        conn_max_age=600,
        conn_health_checks=True,
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        # A writer takes its place in the queue when the transaction opens, so it never fails half-way on a lock.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-16000;",
    }

# --- Caches and sessions

CACHE_URL = os.environ.get("CACHE_URL", "")
CACHES = {
    # Shared by all processes when CACHE_URL names a Redis.
    "default": (
        {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": CACHE_URL}
        if CACHE_URL
        else {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "LOCATION": "default",
            "OPTIONS": {"MAX_ENTRIES": 20_000},
        }
    ),
    # In this process only, for what a versioned key makes safe to keep: a round trip to Redis costs as much as a query.
    "local": {
        "BACKEND": "lms.core.local_cache.LocalCache",
        "LOCATION": "local",
        "OPTIONS": {"MAX_ENTRIES": 5_000},
    },
}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_SAMESITE = "Lax"

# --- Accounts

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "learning:home"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "lms.people.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_FORMS = {"signup": "lms.people.forms.SignupForm", "add_email": "lms.people.forms.AddEmailForm"}
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if LMS_PUBLIC_URL.startswith("https://") else "http"
MFA_TOTP_ISSUER = LMS_SITE_NAME
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]

# --- Mail

DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL") or "ne-pas-repondre@localhost"
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# Who answers for a course whose file names nobody.
LMS_CONTACT_EMAIL = os.environ.get("LMS_CONTACT_EMAIL") or parseaddr(DEFAULT_FROM_EMAIL)[1]
EMAIL_TIMEOUT = 10

# --- Language, time and place

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("français")), ("en", _("anglais"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
# There is no LocaleMiddleware yet: a half-translated page is worse than a French one.
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Africa/Porto-Novo"

# --- Files

STATIC_URL = "/static/"
STATIC_ROOT = LMS_DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "lms.core.staticfiles.VendorFinder",
]
MEDIA_URL = "/media/"
MEDIA_ROOT = LMS_DATA_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Certificates, imports, exports: read through a view that checks the right to, never by an address of their own.
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": LMS_DATA_DIR / "private", "base_url": None},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# The largest request: a file of strangers, judged by its form; a document of the library and what surrounds it.
LMS_BODY_MAX_BYTES = 10 * 1024 * 1024
LMS_BACK_OFFICE_BODY_MAX_BYTES = 25 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # Wagtail's page editor exceeds Django's thousand

# --- Security headers

X_FRAME_OPTIONS = "SAMEORIGIN"  # Wagtail previews pages in a frame
SECURE_REFERRER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        # Pico draws its form icons with data: images in its style sheet.
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
    }
}

# --- Wagtail

WAGTAIL_SITE_NAME = LMS_SITE_NAME
WAGTAIL_DATE_FORMAT = "%d/%m/%Y"
WAGTAIL_DATETIME_FORMAT = "%d/%m/%Y %H:%M"
WAGTAILADMIN_BASE_URL = LMS_PUBLIC_URL
WAGTAILADMIN_LOGIN_URL = "account_login"  # one login, with its second factor and its limits
WAGTAILADMIN_PERMITTED_LANGUAGES = [("fr", "français"), ("en", "English")]
WAGTAIL_CONTENT_LANGUAGES = [("fr", "français")]
WAGTAIL_I18N_ENABLED = False
# A draft is saved by itself after ten quiet seconds: each half-second would cost authors their megabytes, and the first
# such save would often meet the press on « Publier », which then finds the address of the new page taken.
WAGTAIL_AUTOSAVE_INTERVAL = 10_000
WAGTAIL_ALLOW_UNICODE_SLUGS = False  # « réseau » gives « reseau »: our addresses and codes are plain
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
# Nothing is fetched from third parties, by the server or by browsers.
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAILEMBEDS_FINDERS = []
WAGTAIL_FINISH_WORKFLOW_ACTION = "courses.finish.publish_reviewed"
WAGTAILADMIN_NOTIFICATION_INCLUDE_SUPERUSERS = False  # reviewers are written to, by their scope
WAGTAILIMAGES_IMAGE_FORM_BASE = "courses.back_office.library.ImageForm"
WAGTAILDOCS_DOCUMENT_FORM_BASE = "courses.back_office.library.DocumentForm"
WAGTAILDOCS_SERVE_METHOD = "serve_view"
# Nothing that a browser would run as a page of ours (no HTML, no SVG, no script).
WAGTAILDOCS_EXTENSIONS = [
    *("csv", "docx", "odp", "ods", "odt", "pdf", "pptx", "txt", "xlsx", "zip"),
    *("m4a", "mp3", "mp4", "ogg", "opus", "vtt", "webm"),
]
WAGTAILDOCS_CONTENT_TYPES = {"m4a": "audio/mp4", "opus": "audio/ogg", "vtt": "text/vtt", "webm": "video/webm"}
WAGTAILIMAGES_EXTENSIONS = ["avif", "gif", "jpg", "jpeg", "png", "webp"]
WAGTAILDOCS_MAX_UPLOAD_SIZE = 20 * 1024 * 1024
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 10 * 1024 * 1024
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database", "SEARCH_CONFIG": "french"}}

# --- Celery: files by default, Redis or RabbitMQ by CELERY_BROKER_URL

CELERY_BROKER_URL = os.environ.get("CELERY_BROKER_URL") or "filesystem://localhost/"
LMS_BROKER_DIR = LMS_DATA_DIR / "celery"
CELERY_BROKER_TRANSPORT_OPTIONS: dict = {}
if CELERY_BROKER_URL.startswith("filesystem:"):
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(LMS_BROKER_DIR / "queue"),
        "data_folder_out": str(LMS_BROKER_DIR / "queue"),
        "control_folder": str(LMS_BROKER_DIR / "control"),
        "polling_interval": 0.1,
    }
elif CELERY_BROKER_URL.startswith("redis"):
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": 3600,
        "socket_connect_timeout": 2,
        "socket_timeout": 10,
    }
CELERY_BROKER_CONNECTION_TIMEOUT = 2
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_RESULT_BACKEND = None  # what a task did is written in its Job row
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ACKS_LATE = True
# The file-system broker is looked at ten times a second, so what one look may take bounds the rate; elsewhere, no hoarding.
CELERY_WORKER_PREFETCH_MULTIPLIER = 16 if CELERY_BROKER_URL.startswith("filesystem:") else 1
# Tasks keep their connection to the database, as requests do (`lms.core.tasks`); Celery would make one for each.
CELERY_DB_REUSE_MAX = 10_000
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE_FILENAME = str(LMS_DATA_DIR / "celery" / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    "core.sweep_jobs": {
        "task": "core.sweep_jobs",
        "schedule": LMS_JOB_SWEEP_SECONDS,
        "options": {"expires": LMS_JOB_SWEEP_SECONDS},
    },
    # Attempts whose time is up; late is no harm, answers are refused by the clock and a touched attempt closes itself.
    "assessment.close_expired_attempts": {
        "task": "assessment.close_expired_attempts",
        "schedule": 60,
        "options": {"expires": 60},
    },
    # Supervised sittings that nobody closed, a day after their end.
    "assessment.close_forgotten_sittings": {
        "task": "assessment.close_forgotten_sittings",
        "schedule": crontab(minute="*/30"),
        "options": {"expires": 1800},
    },
    # Pages whose hour has come are published, those whose end has come are taken off.
    "courses.publish_scheduled": {
        "task": "courses.publish_scheduled",
        "schedule": crontab(minute="*/5"),
        "options": {"expires": 300},
    },
    # Roles that end or begin; late is no harm, the scoping rule heeds their dates itself.
    "people.sync_memberships": {"task": "people.sync_memberships", "schedule": crontab(hour=0, minute=5)},
    # Sealed files are given their archive, and stamped again before it ages.
    "certificates.archive_due": {
        "task": "certificates.archive_due",
        "schedule": crontab(minute="*/30"),
        "options": {"expires": 1800},
    },
    # What strangers brought to be checked is forgotten.
    "certificates.forget_checks": {
        "task": "certificates.forget_checks_done",
        "schedule": crontab(minute="*/5"),
        "options": {"expires": 300},
    },
    # A seal that ends in 90, 30 or 7 days is told of.
    "certificates.watch_seal": {"task": "certificates.watch_seal", "schedule": crontab(hour=6, minute=0)},
    # Lists of the states of certificates are signed anew each hour; a revocation does not wait for it.
    "certificates.publish_states": {
        "task": "certificates.publish_states_due",
        "schedule": crontab(minute="*/10"),
        "options": {"expires": 600},
    },
    # The log of acts is closed for the day under a root, dated by the time-stamp authority.
    "certificates.close_log": {"task": "certificates.close_log_daily", "schedule": crontab(hour=2, minute=0)},
    # Holders are reminded that a certificate ends soon.
    "certificates.ask_late_holders": {"task": "certificates.ask_late_holders", "schedule": crontab(hour=6, minute=40)},
    "certificates.remind_of_ends": {"task": "certificates.remind_of_ends", "schedule": crontab(hour=7, minute=0)},
    # Erased names are no longer confirmed once the retention period is over.
    "certificates.forget_old_names": {
        "task": "certificates.forget_old_names",
        "schedule": crontab(hour=0, minute=20),
    },
    # Levels whose evidence expired give way to what is still proven; late is no harm, lists heed the date themselves.
    "hr.refresh_expired_levels": {"task": "hr.refresh_expired_levels", "schedule": crontab(hour=0, minute=10)},
    # What answers say of questions, for the courses where something was submitted since.
    "assessment.compute_statistics": {"task": "assessment.compute_statistics", "schedule": crontab(hour=1, minute=0)},
}

# --- What is said, and where

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL") or "INFO"},
    "loggers": {
        # Celery announces each task at INFO; the job centre tells it better.
        "celery": {"level": "WARNING"},
        # Wagtail tells of each page indexed; its own log keeps what matters.
        "django_tasks": {"level": "WARNING"},
        "wagtail": {"level": "WARNING"},
        "django.request": {"level": "ERROR"},
        "fontTools": {"level": "WARNING"},
        "pyhanko": {"level": "WARNING"},
        "pyhanko_certvalidator": {"level": "WARNING"},
    },
}
