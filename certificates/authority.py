"""The sandbox certification authority: a root, an issuing authority and the organisational seal, made on the spot.

For development and demonstration only: its root says so in its name, every document it seals carries SPÉCIMEN,
and production settings refuse it.
"""

import os
import secrets
import shutil
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

FOLDER = "sandbox"
MARK = "Bac à sable"
ROOT_NAME = f"{MARK} – autorité racine de démonstration"
ISSUING_NAME = f"{MARK} – autorité de délivrance de démonstration"
SEAL_NAME = f"{MARK} – cachet du Centre de transformation digitale"
ORGANISATION = "Agence des systèmes d’information et du numérique"
AUTHORITY_YEARS, SEAL_YEARS = 10, 3

# What each kind of key may do (RFC 5280, 4.2.1.3); a seal: ETSI EN 319 412-3.
AUTHORITY_USES = {"key_cert_sign", "crl_sign"}
SEAL_USES = {"digital_signature", "content_commitment"}
ALL_USES = AUTHORITY_USES | SEAL_USES | {
    "key_encipherment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only",
}  # fmt: skip


@dataclass(frozen=True)
class Holder:
    """A key with its certificate; None for a root about to sign its own."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate | None


@dataclass(frozen=True)
class SandboxFiles:
    """Where the authority's files are, under the folder of keys."""

    folder: Path

    @property
    def root(self) -> Path:
        return self.folder / "root.pem"

    @property
    def issuing(self) -> Path:
        return self.folder / "issuing.pem"

    @property
    def seal(self) -> Path:
        return self.folder / "seal.pem"

    @property
    def seal_p12(self) -> Path:
        return self.folder / "seal.p12"

    @property
    def seal_passphrase(self) -> Path:
        return self.folder / "seal.passphrase"


def sandbox_files(pki_dir: Path) -> SandboxFiles:
    return SandboxFiles(Path(pki_dir) / FOLDER)


def make_sandbox_authority(pki_dir: Path, now: datetime, passphrase: str = "") -> bool:
    """Make the authority in `pki_dir` unless it is there; True when it was made by this call.

    Everything is written aside, then renamed in one step: two calls at once leave one whole authority.
    """
    files = sandbox_files(pki_dir)
    if files.folder.exists():
        return False
    Path(pki_dir).mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=".authority-", dir=pki_dir))
    try:
        write_authority(SandboxFiles(aside), now, passphrase or secrets.token_urlsafe(24))
        aside.rename(files.folder)
    except OSError:
        if not files.folder.exists():
            raise
        return False
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return True


def write_authority(files: SandboxFiles, now: datetime, passphrase: str) -> None:
    """Make the three keys and write them; the root's key is thrown away, nothing more will be issued under it."""
    root = make_holder(ROOT_NAME, now, AUTHORITY_YEARS, path_length=1)
    issuing = make_holder(ISSUING_NAME, now, AUTHORITY_YEARS, path_length=0, issuer=root)
    seal = make_holder(SEAL_NAME, now, SEAL_YEARS, path_length=None, issuer=issuing)
    for path, holder in ((files.root, root), (files.issuing, issuing), (files.seal, seal)):
        path.write_bytes(holder.certificate.public_bytes(serialization.Encoding.PEM))
    write_private(
        files.seal_p12,
        pkcs12.serialize_key_and_certificates(
            b"seal",
            seal.key,
            seal.certificate,
            [issuing.certificate],
            serialization.BestAvailableEncryption(passphrase.encode()),
        ),
    )
    write_private(files.seal_passphrase, passphrase.encode())


def make_holder(name: str, now: datetime, years: int, path_length: int | None, issuer: Holder | None = None) -> Holder:
    """A P-256 key and its certificate; `path_length` None for a seal, which may certify nothing."""
    key = ec.generate_private_key(ec.SECP256R1())
    return Holder(key, certify(key.public_key(), name, now, years, path_length, issuer or Holder(key, None)))


def certify(
    public_key: ec.EllipticCurvePublicKey, name: str, now: datetime, years: int, path_length: int | None, issuer: Holder
) -> x509.Certificate:
    """The certificate of a key that may be elsewhere; an issuer that has no certificate yet signs its own."""
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "BJ"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, ORGANISATION),
            x509.NameAttribute(NameOID.COMMON_NAME, name),
        ]
    )
    is_authority = path_length is not None
    uses = AUTHORITY_USES if is_authority else SEAL_USES
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer.certificate else subject)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=365 * years))
        .add_extension(x509.BasicConstraints(is_authority, path_length), critical=True)
        .add_extension(x509.KeyUsage(**{use: use in uses for use in ALL_USES}), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()), critical=False)
    )
    return builder.sign(issuer.key, hashes.SHA256())


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)


def is_sandbox(certificate: x509.Certificate) -> bool:
    """Whether a certificate was made here: what it seals is a specimen."""
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return any(MARK in str(name.value) for name in names)
