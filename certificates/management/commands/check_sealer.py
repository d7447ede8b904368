"""Try the seal, for the operator: open it, sign a test digest, say who signs, until when and under which root."""

import hashlib
import time

from cryptography import x509
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from certificates import rules
from certificates.sealing.chain import in_der, is_issued_by, name_of
from certificates.sealing.port import SealerRefused, SealerUnavailable
from certificates.sealing.room import open_sealer
from certificates.trust import trusted_roots


class Command(BaseCommand):
    help = "Essaie le cachet : l’ouvre, signe une empreinte d’essai, la vérifie, dit qui signe, jusqu’à quand, sous quelle racine."

    def handle(self, *args, **options):
        try:
            sealer = open_sealer()
            milliseconds = sign_a_test(sealer)
        except (SealerRefused, SealerUnavailable) as refusal:
            raise CommandError(f"Le cachet ne scelle pas. {refusal}") from refusal
        seal, *above = map(x509.load_der_x509_certificate, (sealer.certificate, *sealer.chain))
        root = root_over([seal, *above][-1])
        ends_at = seal.not_valid_after_utc
        self.stdout.write(f"Scelleur : {settings.LMS_SEALER}")
        self.stdout.write(f"Cachet : {name_of(seal)}")
        for certificate in above:
            self.stdout.write(f"Délivré sous : {name_of(certificate)}")
        self.stdout.write(f"Racine : {name_of(root)}, SHA-256 {hashlib.sha256(in_der(root)).hexdigest()}")
        self.stdout.write(f"Scelle jusqu’au : {timezone.localtime(ends_at - rules.SEAL_LAST_DAY):%d/%m/%Y %H:%M}")
        self.stdout.write(f"Mention SPÉCIMEN : {'oui' if sealer.is_sandbox else 'non'}")
        self.stdout.write(f"Signature d’essai : vérifiée avec le certificat ({milliseconds:.2f} ms).")


def sign_a_test(sealer) -> float:
    """Sign digests of no document; how long the second took in milliseconds, the first opening the session."""
    sealer.sign_digests([hashlib.sha256(b"check_sealer").digest()])
    started = time.perf_counter()
    sealer.sign_digests([hashlib.sha256(b"check_sealer again").digest()])
    return (time.perf_counter() - started) * 1000


def root_over(certificate: x509.Certificate) -> x509.Certificate:
    """The trusted root that issued this; without one, /verifier/ would call our own documents a stranger's."""
    for file in trusted_roots():
        for root in x509.load_pem_x509_certificates(file.read_bytes()):
            if is_issued_by(certificate, root):
                return root
    raise CommandError("Aucune racine reconnue n’est au-dessus du cachet : réglez LMS_SEAL_ROOT.")
