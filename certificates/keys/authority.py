"""The sandbox authorities, made on the spot: one that issues the organisational seal, one that gives the time.

For development and demonstration only: their roots say so in their names, every document sealed carries SPÉCIMEN,
and production settings refuse them. The keys of the authorities are thrown away, nothing more will be issued under them;
what is kept is the seal, the time-stamping unit, and the responders that say whether their certificates are revoked.
"""

import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

FOLDER, TIME_FOLDER = "sandbox", "sandbox-time"
MARK = "Bac à sable"
ROOT_NAME = f"{MARK} – autorité racine de démonstration"
ISSUING_NAME = f"{MARK} – autorité de délivrance de démonstration"
SEAL_NAME = f"{MARK} – cachet du Centre de transformation digitale"
TIME_ROOT_NAME = f"{MARK} – autorité d’horodatage de démonstration"
TIME_UNIT_NAME = f"{MARK} – serveur d’heure de démonstration"
RESPONDER_NAME = f"{MARK} – état des certificats ({{}})"
# Verifiers heed the answers about a certificate only if it says where they are asked; ours come with the documents.
RESPONDER_URL = "http://etat.bac-a-sable.invalid/"
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
    """Where the files of the authority of the seal are. Authorities made before there were responders have none."""

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
    def passphrase(self) -> Path:
        return self.folder / "seal.passphrase"

    @property
    def responders(self) -> tuple[Path, Path]:
        """The keys that answer for the issuing authority (about the seal) and for the root (about the former)."""
        return self.folder / "issuing-responder.p12", self.folder / "root-responder.p12"


@dataclass(frozen=True)
class TimeFiles:
    """Where the files of the authority of the time are."""

    folder: Path

    @property
    def root(self) -> Path:
        return self.folder / "root.pem"

    @property
    def unit_p12(self) -> Path:
        return self.folder / "unit.p12"

    @property
    def passphrase(self) -> Path:
        return self.folder / "unit.passphrase"

    @property
    def responders(self) -> tuple[Path]:
        return (self.folder / "root-responder.p12",)


def sandbox_files(pki_dir: Path) -> SandboxFiles:
    return SandboxFiles(Path(pki_dir) / FOLDER)


def time_files(pki_dir: Path) -> TimeFiles:
    return TimeFiles(Path(pki_dir) / TIME_FOLDER)


def make_sandbox_authority(pki_dir: Path, now: datetime, passphrase: str = "") -> bool:
    """Make what is missing of the two authorities in `pki_dir`; True when this call made any.

    What is there is left as it is: an installation made before the time was given gets the authority of the time only.
    """
    made = [
        make_in_one_step(sandbox_files(pki_dir), write_authority, now, passphrase),
        make_in_one_step(time_files(pki_dir), write_time_authority, now, passphrase),
    ]
    return any(made)


def make_in_one_step(files: SandboxFiles | TimeFiles, write: Callable, now: datetime, passphrase: str) -> bool:
    """Have an authority written aside, then renamed in one step: two calls at once leave one whole authority."""
    folder = files.folder
    if folder.exists():
        return False
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=".authority-", dir=folder.parent))
    try:
        write(type(files)(aside), now, passphrase or secrets.token_urlsafe(24))
        aside.rename(folder)
    except OSError:
        if not folder.exists():
            raise
        return False
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return True


def write_authority(files: SandboxFiles, now: datetime, passphrase: str) -> None:
    """A root, an issuing authority, the seal, and who answers for the two authorities."""
    root = make_holder(ROOT_NAME, now, AUTHORITY_YEARS, path_length=1)
    asked = {"responder_url": RESPONDER_URL}
    issuing = make_holder(ISSUING_NAME, now, AUTHORITY_YEARS, path_length=0, issuer=root, **asked)
    seal = make_holder(SEAL_NAME, now, SEAL_YEARS, path_length=None, issuer=issuing, **asked)
    for path, holder in ((files.root, root), (files.issuing, issuing), (files.seal, seal)):
        path.write_bytes(holder.certificate.public_bytes(serialization.Encoding.PEM))
    write_key(files.seal_p12, seal, [issuing], passphrase)
    for path, authority, of in zip(files.responders, (issuing, root), ("délivrance", "racine"), strict=True):
        write_key(path, make_responder(of, now, authority), [authority], passphrase)
    write_private(files.passphrase, passphrase.encode())


def write_time_authority(files: TimeFiles, now: datetime, passphrase: str) -> None:
    """A root, the time-stamping unit, and who answers for the root. Apart from the seal's: who gives the time seals nothing."""
    root = make_holder(TIME_ROOT_NAME, now, AUTHORITY_YEARS, path_length=0)
    asked = {"purpose": ExtendedKeyUsageOID.TIME_STAMPING, "responder_url": RESPONDER_URL}
    unit = make_holder(TIME_UNIT_NAME, now, AUTHORITY_YEARS, path_length=None, issuer=root, **asked)
    files.root.write_bytes(root.certificate.public_bytes(serialization.Encoding.PEM))
    write_key(files.unit_p12, unit, [root], passphrase)
    write_key(files.responders[0], make_responder("horodatage", now, root), [root], passphrase)
    write_private(files.passphrase, passphrase.encode())


def make_responder(of: str, now: datetime, authority: Holder) -> Holder:
    purpose = ExtendedKeyUsageOID.OCSP_SIGNING
    return make_holder(RESPONDER_NAME.format(of), now, AUTHORITY_YEARS, None, issuer=authority, purpose=purpose)


def write_key(path: Path, holder: Holder, above: Sequence[Holder], passphrase: str) -> None:
    """A key with its certificate and those above it, in a PKCS#12 file."""
    content = pkcs12.serialize_key_and_certificates(
        path.stem.encode(),
        holder.key,
        holder.certificate,
        [authority.certificate for authority in above],
        serialization.BestAvailableEncryption(passphrase.encode()),
    )
    write_private(path, content)


def read_key(path: Path, passphrase_file: Path, passphrase: str = "") -> pkcs12.PKCS12KeyAndCertificates:
    """What `write_key` wrote; an empty passphrase means the one in the file."""
    return pkcs12.load_pkcs12(path.read_bytes(), passphrase.encode() or passphrase_file.read_bytes())


def make_holder(name: str, now: datetime, years: int, path_length: int | None, **more) -> Holder:
    """A P-256 key and its certificate (`certify` says which)."""
    key = ec.generate_private_key(ec.SECP256R1())
    issuer = more.pop("issuer", None) or Holder(key, None)
    return Holder(key, certify(key.public_key(), name, now, years, path_length, issuer, **more))


def certify(
    public_key: ec.EllipticCurvePublicKey,
    name: str,
    now: datetime,
    years: int,
    path_length: int | None,
    issuer: Holder,
    purpose: x509.ObjectIdentifier | None = None,
    responder_url: str = "",
) -> x509.Certificate:
    """The certificate of a key that may be elsewhere; an issuer that has no certificate yet signs its own.

    `path_length` is None for whom certifies nothing: a seal, or what `purpose` says (RFC 5280, 4.2.1.12).
    """
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "BJ"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, ORGANISATION),
            x509.NameAttribute(NameOID.COMMON_NAME, name),
        ]
    )
    is_authority = path_length is not None
    uses = AUTHORITY_USES if is_authority else {"digital_signature"} if purpose else SEAL_USES
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
    if responder_url:
        place = x509.AccessDescription(
            AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(responder_url)
        )
        builder = builder.add_extension(x509.AuthorityInformationAccess([place]), critical=False)
    if purpose:
        builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=True)  # RFC 3161, 2.3
    if purpose == ExtendedKeyUsageOID.OCSP_SIGNING:  # nobody answers for who answers (RFC 6960, 4.2.2.2.1)
        builder = builder.add_extension(x509.OCSPNoCheck(), critical=False)
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
