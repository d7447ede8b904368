"""`manage.py prepare`: brings database, static files, sandbox authority and demo content up to date, saying so."""

import hashlib
import io
import json

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor


class Command(BaseCommand):
    help = "Prépare cette installation de démonstration ; ce qui est déjà fait n’est pas refait."

    def handle(self, **options):
        self.stamps_file = settings.LMS_DATA_DIR / "prepared.json"
        self.stamps = json.loads(self.stamps_file.read_text()) if self.stamps_file.exists() else {}
        self.migrate()
        self.once("static", static_fingerprint(), "Fichiers statiques : copie et compression", self.collect_static)
        self.stdout.write("• Autorité de certification d’essai")
        call_command("make_sandbox_authority", verbosity=0)
        call_command("keys", "adopt", stdout=io.StringIO())
        if settings.LMS_DEMO:
            self.once(
                "demo",
                demo_fingerprint(),
                "Contenu de démonstration : structures, compétences, formations",
                self.load_demo,
            )

    def migrate(self):
        executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if plan:
            self.stdout.write(f"• Base de données : {len(plan)} migrations")
            call_command("migrate", interactive=False, verbosity=0)
        else:
            self.stdout.write("• Base de données à jour")

    def once(self, name: str, fingerprint: str, message: str, act):
        """Do it unless it was done with the same sources."""
        if self.stamps.get(name) == fingerprint:
            return
        self.stdout.write(f"• {message}")
        act()
        self.stamps[name] = fingerprint
        self.stamps_file.write_text(json.dumps(self.stamps, indent=1))

    def collect_static(self):
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)

    def load_demo(self):
        call_command("load_demo", verbosity=0)


def static_fingerprint() -> str:
    """Changes whenever a static file does, in our folders or in a library's."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list(["CVS", ".*", "*~"]):
            modified = storage.get_modified_time(name).timestamp()
            digest.update(f"{name} {storage.size(name)} {modified}\n".encode())
    return digest.hexdigest()


def demo_fingerprint() -> str:
    """Changes with the data files, with the commands that load them, and with the database they go to."""
    sources = [path for path in (settings.BASE_DIR / "data").rglob("*") if path.is_file()]
    for app in apps.get_app_configs():
        if str(app.path).startswith(str(settings.BASE_DIR)):
            sources += (settings.BASE_DIR / app.path).glob("management/commands/load_*.py")
    digest = hashlib.sha256(str(connections[DEFAULT_DB_ALIAS].settings_dict["NAME"]).encode())
    for path in sorted(set(sources)):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()
