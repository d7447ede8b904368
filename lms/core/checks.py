"""What an installation that is not a demonstration must not have; checked by `manage.py` and before serving or working."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections

TAG = "production"
LOCAL_MEMORY = "django.core.cache.backends.locmem.LocMemCache"


@checks.register(TAG, checks.Tags.database)
def no_demo_accounts(app_configs, databases=None, **kwargs):
    """Everybody knows their password."""
    if settings.LMS_DEMO or DEFAULT_DB_ALIAS not in (databases or []):
        return []
    try:
        found = get_user_model().objects.filter(email__iendswith="@demo.example", is_active=True)
        emails = sorted(found.values_list("email", flat=True))
    except DatabaseError:  # before the first migration there is nobody at all
        return []
    if not emails:
        return []
    return [
        checks.Error(
            f"La base contient des comptes de démonstration : {', '.join(emails)}.",
            hint="Désactivez-les dans le back-office, ou partez d’une base neuve (DATABASE_URL).",
            id="lms.E001",
        )
    ]


@checks.register(TAG)
def shared_cache(app_configs, **kwargs):
    """A cache in each process's memory is only right for one process: limits would multiply, old rows would linger."""
    if settings.LMS_DEMO or settings.LMS_WEB_PROCESSES == 1:
        return []
    if settings.CACHES["default"]["BACKEND"] != LOCAL_MEMORY:
        return []
    return [
        checks.Error(
            f"WEB_CONCURRENCY demande {settings.LMS_WEB_PROCESSES} processus, mais chacun aurait son propre cache.",
            hint="Donnez un Redis commun : CACHE_URL=redis://…",
            id="lms.E002",
        )
    ]


@checks.register(TAG)
def made_for_one_machine(app_configs, **kwargs):
    """What works, but not for many."""
    if settings.LMS_DEMO:
        return []
    found = []
    if connections[DEFAULT_DB_ALIAS].vendor == "sqlite":
        found.append(
            checks.Warning(
                "La base est un fichier SQLite : les écritures y font la queue.",
                hint="Pour plus de quelques centaines de personnes, PostgreSQL : DATABASE_URL=postgres://…",
                id="lms.W001",
            )
        )
    if settings.CELERY_BROKER_URL.startswith("filesystem:"):
        found.append(
            checks.Warning(
                "Les tâches passent par des fichiers de cette machine.",
                hint="Pour plusieurs travailleurs, Redis ou RabbitMQ : CELERY_BROKER_URL=redis://…",
                id="lms.W002",
            )
        )
    return found


def refuse_unsafe_start():
    """Called before serving, where Django runs no checks by itself. Raises ImproperlyConfigured."""
    errors = [found for found in checks.run_checks(tags=[TAG], databases=[DEFAULT_DB_ALIAS]) if found.is_serious()]
    if errors:
        raise ImproperlyConfigured("\n".join(f"{error.msg} {error.hint}" for error in errors))


def refuse_unsafe_worker(**kwargs):
    """The same before a Celery process works; Celery would swallow any lesser exception."""
    try:
        refuse_unsafe_start()
    except ImproperlyConfigured as refusal:
        raise SystemExit(str(refusal))
