"""Keys of the sandbox that need no certificate: those of badges, QR codes and status lists, one folder each."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

from certificates.keys.authority import (
    FOLDER,
    SandboxFiles,
    make_in_one_step,
    sandbox_files,
    write_authority,
    write_private,
)
from certificates.keys.purposes import Algorithm, Purpose, algorithm_of
from certificates.rules import keys as key_rules


@dataclass(frozen=True)
class KeyFiles:
    """Where one such key is. Its label is the name of the folder."""

    folder: Path

    @property
    def key_p12(self) -> Path:
        return self.folder / "key.p12"

    @property
    def public(self) -> Path:
        return self.folder / "public.pem"

    @property
    def passphrase(self) -> Path:
        return self.folder / "key.passphrase"


def first_label(purpose: str) -> str:
    """What the first key of the sandbox for a purpose is called."""
    return FOLDER if purpose == Purpose.PDF else f"{FOLDER}-{purpose}"


def key_files(pki_dir: Path, label: str) -> KeyFiles:
    return KeyFiles(Path(pki_dir) / label)


def make_sandbox_key(pki_dir: Path, purpose: str, label: str, now: datetime, passphrase: str = "") -> bool:
    """Make a key for a purpose; for the seal, a whole authority with it. False when there is one of that label already."""
    if purpose == Purpose.PDF:
        return make_in_one_step(SandboxFiles(Path(pki_dir) / label), write_authority, now, passphrase)

    def write(files: KeyFiles, now: datetime, passphrase: str) -> None:
        is_ecdsa = algorithm_of(purpose) == Algorithm.ES256
        key = ec.generate_private_key(ec.SECP256R1()) if is_ecdsa else ed25519.Ed25519PrivateKey.generate()
        encryption = BestAvailableEncryption(passphrase.encode())
        content = pkcs12.serialize_key_and_certificates(label.encode(), key, None, None, encryption)
        write_private(files.key_p12, content)
        files.public.write_text(key_rules.pem_of(key.public_key()))
        write_private(files.passphrase, passphrase.encode())

    return make_in_one_step(key_files(pki_dir, label), write, now, passphrase)


def sandbox_public_key(pki_dir: Path, label: str) -> key_rules.PublicKey:
    return serialization.load_pem_public_key(key_files(pki_dir, label).public.read_bytes())


def sandbox_seals(pki_dir: Path) -> list[Path]:
    """The folders of the authorities of seals, the first and those made to rehearse a renewal."""
    return sorted(file.parent for file in Path(pki_dir).glob(f"{FOLDER}*/{sandbox_files(pki_dir).seal_p12.name}"))
