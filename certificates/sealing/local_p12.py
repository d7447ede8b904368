"""The sealer of development and demonstration: a PKCS#12 file beside the database, signed by the sandbox authority."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.serialization import pkcs12

from certificates.authority import is_sandbox, read_key, sandbox_files
from certificates.sealing.port import SealerRefused

# Deterministic (RFC 6979): sealing the same document again gives the same bytes, so a task that runs twice
# writes the same file, under the same fingerprint.
ALGORITHM = ec.ECDSA(utils.Prehashed(hashes.SHA256()), deterministic_signing=True)


class LocalP12Sealer:
    """Loads the key once per process; only the process that runs the signing queue may."""

    def __init__(self, bundle: pkcs12.PKCS12KeyAndCertificates):
        self.key = bundle.key
        certificate = bundle.cert.certificate
        self.is_sandbox = is_sandbox(certificate)
        self.certificate = certificate.public_bytes(serialization.Encoding.DER)
        self.chain = [extra.certificate.public_bytes(serialization.Encoding.DER) for extra in bundle.additional_certs]

    def sign_digests(self, digests: Sequence[bytes]) -> list[bytes]:
        return [self.key.sign(digest, ALGORITHM) for digest in digests]


@lru_cache(maxsize=1)
def open_local_sealer(pki_dir: Path, passphrase: str) -> LocalP12Sealer:
    """The sealer of the sandbox authority under `pki_dir`; an empty passphrase means the one in the file."""
    files = sandbox_files(pki_dir)
    if not files.seal_p12.exists():
        raise SealerRefused("Pas de cachet de bac à sable : lancez d’abord manage.py make_sandbox_authority.")
    return LocalP12Sealer(read_key(files.seal_p12, files.passphrase, passphrase))
