"""Make the sandbox authorities, once; later, what is missing of them."""

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from certificates.keys.authority import make_sandbox_authority, sandbox_files, time_files


class Command(BaseCommand):
    help = (
        "Crée les autorités de bac à sable (cachet, horodatage) ou ce qui leur manque ; ce qui est là n’est pas touché."
    )

    def handle(self, *args, **options):
        seal, time = sandbox_files(settings.LMS_PKI_DIR), time_files(settings.LMS_PKI_DIR)
        had_seal = seal.folder.exists()
        if not make_sandbox_authority(settings.LMS_PKI_DIR, timezone.now(), settings.LMS_SEAL_PASSPHRASE):
            self.stdout.write(f"Autorités de bac à sable déjà présentes dans {settings.LMS_PKI_DIR} : rien n’a changé.")
        elif had_seal:
            self.stdout.write(f"Autorité d’horodatage ajoutée dans {time.folder} ; le cachet n’a pas changé.")
        else:
            self.stdout.write(
                f"Autorité de bac à sable créée dans {seal.folder} : racine, autorité de délivrance, cachet."
            )
            self.stdout.write(f"Autorité d’horodatage créée dans {time.folder}.")
            self.stdout.write("Les documents scellés avec elle portent la mention SPÉCIMEN.")
