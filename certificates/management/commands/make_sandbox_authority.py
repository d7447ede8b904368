"""Make the sandbox certification authority, once."""

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from certificates.authority import make_sandbox_authority, sandbox_files


class Command(BaseCommand):
    help = "Crée l’autorité de certification de bac à sable et le cachet de démonstration, s’ils n’existent pas."

    def handle(self, *args, **options):
        made = make_sandbox_authority(settings.LMS_PKI_DIR, timezone.now(), settings.LMS_SEAL_PASSPHRASE)
        folder = sandbox_files(settings.LMS_PKI_DIR).folder
        if made:
            self.stdout.write(f"Autorité de bac à sable créée dans {folder} : racine, autorité de délivrance, cachet.")
            self.stdout.write("Les documents scellés avec elle portent la mention SPÉCIMEN.")
        else:
            self.stdout.write(f"Autorité de bac à sable déjà présente dans {folder} : rien n’a changé.")
