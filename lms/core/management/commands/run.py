"""`manage.py run`: what `make run` does once everything is installed."""

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from lms.core.management.commands.serve import only_one_per_data_folder, refuse_taken_port


class Command(BaseCommand):
    help = "Prépare l’installation puis la sert : prepare, serve."

    def handle(self, **options):
        refuse_taken_port(settings.LMS_HOST, settings.LMS_PORT)
        with only_one_per_data_folder():
            call_command("prepare")
        call_command("serve")
