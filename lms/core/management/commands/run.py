"""`manage.py run`: what `make run` does once everything is installed."""

from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Prépare l’installation puis la sert : prepare, serve."

    def handle(self, **options):
        call_command("prepare")
        call_command("serve")
