"""The holder of development and demonstration: PKCS#12 files beside the database, made by the sandbox."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils
from cryptography.hazmat.primitives.serialization import pkcs12

from certificates.keys.authority import SandboxFiles, is_sandbox, read_key
from certificates.keys.purposes import Purpose
from certificates.keys.sandbox import key_files
from certificates.sealing.port import SealerRefused

# Deterministic (RFC 6979): sealing the same document again gives the same bytes, so a task that runs twice
# writes the same file, under the same fingerprint.
ALGORITHM = ec.ECDSA(utils.Prehashed(hashes.SHA256()), deterministic_signing=True)


class LocalKey:
    """A key without a certificate, loaded once per process; only the process that runs the signing queue may."""

    def __init__(self, bundle: pkcs12.PKCS12KeyAndCertificates):
        self.key = bundle.key

    def sign_digests(self, digests: Sequence[bytes]) -> list[bytes]:
        if isinstance(self.key, ed25519.Ed25519PrivateKey):
            return [self.key.sign(digest) for digest in digests]
        return [self.key.sign(digest, ALGORITHM) for digest in digests]


class LocalP12Sealer(LocalKey):
    """The key of a seal, with its certificate."""

    def __init__(self, bundle: pkcs12.PKCS12KeyAndCertificates):
        super().__init__(bundle)
        certificate = bundle.cert.certificate
        self.is_sandbox = is_sandbox(certificate)
        self.certificate = certificate.public_bytes(serialization.Encoding.DER)
        self.chain = [extra.certificate.public_bytes(serialization.Encoding.DER) for extra in bundle.additional_certs]


@lru_cache(maxsize=16)
def open_local_key(pki_dir: Path, purpose: str, label: str, passphrase: str) -> LocalKey:
    """The key of that label under `pki_dir`; an empty passphrase means the one in its file. Raises SealerRefused."""
    if purpose == Purpose.PDF:
        files = SandboxFiles(Path(pki_dir) / label)
        file, kind = files.seal_p12, LocalP12Sealer
    else:
        files = key_files(pki_dir, label)
        file, kind = files.key_p12, LocalKey
    if not file.exists():
        raise SealerRefused(f"Pas de clé de bac à sable « {label} » : lancez d’abord manage.py make_sandbox_authority.")
    return kind(read_key(file, files.passphrase, passphrase))
