"""`manage.py load_demo`: everything a newcomer needs to look around; can run again, and never in production."""

from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from lms.core.datafiles import MalformedFile
from lms.hr.demo import PASSWORD, load_demo


class Command(BaseCommand):
    help = "Load framework, organisations and courses, then demo accounts, colleagues, evidence and enrolments."

    def add_arguments(self, parser):
        parser.add_argument("path", nargs="?", type=Path, default=settings.BASE_DIR / "data" / "demo.yaml")

    def handle(self, *args, path, **options):
        if not settings.LMS_DEMO:
            raise CommandError(
                _(
                    "Cette installation n’accepte pas de comptes de démonstration (LMS_DEMO vaut False). "
                    "Pour essayer la plateforme, lancez-la avec DJANGO_SETTINGS_MODULE=lms.settings.dev ; "
                    "pour la remplir sans comptes, lancez load_framework, load_organisations, load_courses et sync_roles."
                )
            )
        for command, label in (
            ("load_framework", _("Référentiel de compétences")),
            ("load_organisations", _("Structures")),
            ("load_courses", _("Formations")),
            ("sync_roles", _("Rôles")),
        ):
            self.stdout.write(f"{label}…")
            call_command(command, stdout=self.stdout)
        self.stdout.write(_("Comptes et collègues de démonstration…"))
        try:
            report = load_demo(path, timezone.now(), timezone.localdate())
        except MalformedFile as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(
            _(
                "%(units)d structures, %(people)d personnes, %(evidence)d preuves, %(enrolments)d inscriptions, "
                "%(programmes)d parcours, %(reviews)d formation à relire, %(proofs)d séance et confirmation, "
                "%(versions)d version importante ajoutés"
            )
            % vars(report)
        )
        self.stdout.write(_("Mot de passe des comptes de démonstration : %(password)s") % {"password": PASSWORD})
