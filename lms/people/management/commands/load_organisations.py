"""`manage.py load_organisations`: load or complete the organisation tree and the admitted domains; can run again."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from lms.core.datafiles import MalformedFile
from lms.people.actions import admit_domain, load_organisations


class Command(BaseCommand):
    help = (
        "Load organisations, departments, communes and e-mail domains; what was edited since is kept unless --update."
    )

    def add_arguments(self, parser):
        parser.add_argument("folder", nargs="?", type=Path, default=settings.BASE_DIR / "data")
        parser.add_argument("--update", action="store_true", help="replace what differs from the files")

    def handle(self, *args, folder, update, **options):
        try:
            report = load_organisations(folder, update)
        except MalformedFile as refusal:
            raise CommandError(str(refusal)) from refusal
        if settings.LMS_DEMO:
            admit_domain("demo.example", _("Comptes de démonstration"))
        self.stdout.write("\n".join(report.lines()))
