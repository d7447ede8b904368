"""Documents sealed, stamped and archived as on a given day: a sandbox with its clock set to it."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from django.conf import settings

from certificates.drawing.sheet import draw_certificate
from certificates.keys.authority import make_sandbox_authority, read_key, sandbox_files, time_files
from certificates.lasting.archive import archive
from certificates.lasting.proofs import ProofKeeper, Subject
from certificates.lasting.sandbox_revocation import SandboxRevocation, open_sandbox_responders
from certificates.lasting.sandbox_time import SandboxTimeAuthority, SandboxTimeStamper
from certificates.lasting.signature import SealedDocument, seal_and_stamp
from certificates.sealing.local_p12 import LocalP12Sealer
from tests.certificates.makers import a_snapshot


@dataclass
class Workshop:
    """An authority made on a day, in a folder."""

    folder: Path
    now: datetime

    def __post_init__(self):
        make_sandbox_authority(self.folder, self.now)
        files, times = sandbox_files(self.folder), time_files(self.folder)
        self.roots, self.time_roots = [files.root], [times.root]
        self.sealer = LocalP12Sealer(read_key(files.seal_p12, files.passphrase))
        self.authority = SandboxTimeAuthority(read_key(times.unit_p12, times.passphrase), self.clock)
        self.stamper = SandboxTimeStamper(self.authority)
        self.source = SandboxRevocation(open_sandbox_responders(self.folder, ""), None, self.clock)
        self.keeper = self.new_keeper()
        self.drawn = draw_certificate(a_snapshot(sealed_at=self.now), settings.LMS_FONTS_DIR, True)

    def clock(self) -> datetime:
        return self.now

    def new_keeper(self) -> ProofKeeper:
        return ProofKeeper(self.source, [certificate(file) for file in (*self.roots, *self.time_roots)])

    @property
    def seal(self) -> x509.Certificate:
        return x509.load_der_x509_certificate(self.sealer.certificate)

    def sealed(self, stamper=...) -> SealedDocument:
        """At B-T, unless the stamper says otherwise."""
        return seal_and_stamp(self.drawn, self.sealer, self.stamper if stamper is ... else stamper)

    def archived(self, sealed: SealedDocument | bytes, stamper=None, sealed_at=None) -> bytes:
        """At B-LTA; bytes are those of an archive, to be stamped again."""
        again = isinstance(sealed, bytes)
        content = sealed if again else sealed.content
        signer = self.stamper.stamp(bytes(32)).chain[0].fingerprint(hashes.SHA256()).hex()
        seal = self.seal.fingerprint(hashes.SHA256()).hex()
        subject = Subject(seal, signer if again or sealed.stamp else "", sealed_at or self.now, again)
        proofs = self.keeper.proofs(subject, content, self.stamper.stamp(bytes(32)).chain, self.now)
        return archive(content, proofs, stamper or self.stamper).content


def certificate(file: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(file.read_bytes())
