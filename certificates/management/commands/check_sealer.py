"""Try the seal, for the operator: open it, sign a test digest, say who signs, until when and under which root."""

import hashlib
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from cryptography import x509
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from certificates import rules
from certificates.drawing.archival import ArchivalCanvas
from certificates.drawing.fonts import REGULAR, register_fonts
from certificates.sealing.chain import in_der, is_issued_by, name_of
from certificates.sealing.document import signature_dictionary
from certificates.sealing.port import SealerRefused, SealerUnavailable
from certificates.sealing.room import open_sealer
from certificates.sealing.signer import Signer
from certificates.verifying.trust import trusted_roots


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
    first, second = tests_of(sealer)
    first()
    started = time.perf_counter()
    second()
    return (time.perf_counter() - started) * 1000


def tests_of(sealer) -> tuple[Callable, Callable]:
    """Two acts of the key: on digests; or, where documents are sealed whole, on a page that says nothing."""
    if isinstance(sealer, Signer):
        return tuple(partial(sealer.sign_digests, [hashlib.sha256(text).digest()]) for text in (b"one", b"another"))
    return (partial(sealer.seal, blank_page()),) * 2


def blank_page() -> bytes:
    """A page with nothing on it but the field of the seal."""
    register_fonts(Path(settings.LMS_FONTS_DIR))
    canvas = ArchivalCanvas((200, 100), REGULAR, "fr", timezone.now())
    canvas.add_seal_field(signature_dictionary(canvas.pdf_date), "Cachet d’essai", (10, 10, 20, 20))
    return canvas.finish("Essai du cachet", "", "", "")


def root_over(certificate: x509.Certificate) -> x509.Certificate:
    """The trusted root that issued this; without one, /verifier/ would call our own documents a stranger's."""
    for file in trusted_roots():
        for root in x509.load_pem_x509_certificates(file.read_bytes()):
            if is_issued_by(certificate, root):
                return root
    raise CommandError("Aucune racine reconnue n’est au-dessus du cachet : réglez LMS_SEAL_ROOT.")
