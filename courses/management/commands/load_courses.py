"""`manage.py load_courses [path …]`: courses from YAML files; may run twice, refuses a malformed file with line and reason."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from courses.actions import load_courses
from courses.imports.files import read_files
from courses.imports.located import FileRefused

KINDS = {"course": "formations", "lesson": "leçons", "quiz": "évaluations", "question": "questions"}
OUTCOMES = {"created": "créées", "updated": "mises à jour", "unchanged": "inchangées", "left": "laissées"}


class Command(BaseCommand):
    help = "Charge des formations écrites en YAML (par défaut : data/courses). Peut être relancée sans rien dupliquer."

    def add_arguments(self, parser):
        parser.add_argument("paths", nargs="*", type=Path, help="Fichiers YAML, ou dossiers qui en contiennent.")
        parser.add_argument(
            "--update", action="store_true", help="Le fichier l’emporte aussi sur ce qui a été modifié ici."
        )

    def handle(self, *, paths, update, **options):
        try:
            sources = read_files(paths or [settings.BASE_DIR / "data" / "courses"])
        except FileRefused as refusal:
            raise CommandError(f"Rien n’a été importé.\n{refusal}") from refusal
        report = load_courses(sources, update=update)
        for kind, name in KINDS.items():
            found = [
                f"{report.counts[kind, key]} {label}" for key, label in OUTCOMES.items() if report.counts[kind, key]
            ]
            self.stdout.write(f"{name} : {', '.join(found) or 'aucune'}")
        for key in report.left:
            self.stdout.write(f"laissé tel quel (modifié ici depuis le dernier import) : {key}")
