"""The responders of the sandbox authorities: they say, in this process, that the certificates made with them are good."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509 import ocsp
from django.utils import timezone

from certificates.keys.authority import SandboxFiles, is_sandbox, read_key, time_files
from certificates.keys.sandbox import sandbox_seals
from certificates.lasting.port import RevocationSource, RevocationUnavailable

GOOD_FOR = timedelta(days=1)


class SandboxRevocation:
    """The port: answers for the sandbox authorities whose responder is there, and leaves others to `elsewhere`."""

    def __init__(
        self,
        responders: Sequence[pkcs12.PKCS12KeyAndCertificates],
        elsewhere: RevocationSource,
        clock: Callable[[], datetime] = timezone.now,
    ):
        self.responders, self.elsewhere, self.clock = responders, elsewhere, clock
        self.revoked_at: dict[x509.Certificate, datetime] = {}  # to rehearse; the sandbox revokes nothing

    def ask(self, certificate: x509.Certificate, issuer: x509.Certificate) -> Iterable[bytes]:
        responder = next((one for one in self.responders if one.additional_certs[0].certificate == issuer), None)
        if responder is not None:
            return [self.answer(certificate, issuer, responder)]
        if is_sandbox(certificate):
            raise RevocationUnavailable(
                "Cette autorité de bac à sable date d’avant les répondeurs : ses documents restent au niveau B-T "
                "(« Refaire le bac à sable », docs/certificats.md)."
            )
        return self.elsewhere.ask(certificate, issuer)

    def answer(self, certificate, issuer, responder: pkcs12.PKCS12KeyAndCertificates) -> bytes:
        now, revoked_at = self.clock(), self.revoked_at.get(certificate)
        builder = ocsp.OCSPResponseBuilder().add_response(
            cert=certificate,
            issuer=issuer,
            algorithm=hashes.SHA1(),  # noqa: S303  the name of a certificate, as all responders give it (RFC 5019, 2.1.1)
            cert_status=ocsp.OCSPCertStatus.REVOKED if revoked_at else ocsp.OCSPCertStatus.GOOD,
            this_update=now,
            next_update=now + GOOD_FOR,
            revocation_time=revoked_at,
            revocation_reason=None,
        )
        mine = responder.cert.certificate
        builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, mine).certificates([mine])
        return builder.sign(responder.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


@lru_cache(maxsize=1)
def open_sandbox_responders(pki_dir: Path, passphrase: str) -> tuple[pkcs12.PKCS12KeyAndCertificates, ...]:
    """Those under `pki_dir`."""
    return tuple(
        read_key(file, files.passphrase, passphrase)
        for files in (*map(SandboxFiles, sandbox_seals(pki_dir)), time_files(pki_dir))
        for file in files.responders
        if file.exists()
    )
