"""`manage.py load_framework`: load or complete a competence framework; can run again."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from lms.core.datafiles import MalformedFile
from lms.skills.actions import load_framework


class Command(BaseCommand):
    help = "Load the competence framework; what was edited since is kept unless --update."

    def add_arguments(self, parser):
        parser.add_argument("path", nargs="?", type=Path, default=settings.BASE_DIR / "data" / "framework.yaml")
        parser.add_argument("--update", action="store_true", help="replace what differs from the file")

    def handle(self, *args, path, update, **options):
        try:
            report = load_framework(path, update)
        except MalformedFile as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write("\n".join(report.lines()))
