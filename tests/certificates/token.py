"""A real token for tests: SoftHSM2, with a key made inside it and certified by a test authority."""

import subprocess
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pkcs11
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from pkcs11 import Attribute, KeyType, MechanismFlag
from pkcs11.util.ec import encode_named_curve_parameters

from certificates.keys.authority import Holder, certify, make_holder

MODULES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
    "/opt/homebrew/lib/softhsm/libsofthsm2.so",
)
MODULE = next((name for name in MODULES if Path(name).exists()), "")
TOKEN, KEY, PIN = "cachet", "cachet-2026", "93120477"
EDWARDS25519 = b"\x13\x0cedwards25519"  # a PrintableString (PKCS #11 v3.0, 2.3.10)
SEAL, ISSUING, ROOT = "Cachet d’essai", "Autorité de délivrance d’essai", "Autorité racine d’essai"


@dataclass(frozen=True)
class TestToken:
    """A token's folder, the files of its seal, and its authority."""

    __test__ = False

    folder: Path
    public_key: ec.EllipticCurvePublicKey
    issuing: Holder
    root: Holder

    @property
    def objects(self) -> Path:
        return self.folder / "tokens"

    @property
    def root_file(self) -> Path:
        return self.folder / "root.pem"

    def certify(self, now: datetime, years: int = 3, **changes) -> Path:
        """A file of the seal's certificate made at `now`, and the one above."""
        seal = certify(changes.get("public_key", self.public_key), SEAL, now, years, None, self.issuing)
        file = self.folder / f"seal-{seal.serial_number}.pem"
        file.write_bytes(pem(seal) + pem(self.issuing.certificate))
        return file

    def take_away(self) -> None:
        self.objects.rename(self.folder / "elsewhere")

    def bring_back(self) -> None:
        (self.folder / "elsewhere").rename(self.objects)


def pem(certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def make_token(folder: Path, now: datetime) -> TestToken:
    """Start a token in `folder`, which SOFTHSM2_CONF already names, with its key."""
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder}/tokens\nlog.level = ERROR\n")
    command = ["softhsm2-util", "--init-token", "--free", "--label", TOKEN, "--pin", PIN, "--so-pin", "5678"]
    subprocess.run(command, check=True, capture_output=True)
    public_key = make_key(KEY)
    root = make_holder(ROOT, now, 10, path_length=1)
    issuing = make_holder(ISSUING, now, 10, path_length=0, issuer=root)
    (folder / "root.pem").write_bytes(pem(root.certificate))
    return TestToken(folder, public_key, issuing, root)


def make_key(label: str, **template) -> ec.EllipticCurvePublicKey:
    """A P-256 key made in the token, which by default never lets it out; its public half."""
    module = pkcs11.lib(MODULE)
    try:
        with module.get_token(token_label=TOKEN).open(rw=True, user_pin=PIN) as session:
            curve = {Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}
            public, _ = session.create_domain_parameters(KeyType.EC, curve, local=True).generate_keypair(
                label=label,
                store=True,
                capabilities=MechanismFlag.SIGN | MechanismFlag.VERIFY,
                private_template={getattr(Attribute, name.upper()): value for name, value in template.items()},
            )
            point = public[Attribute.EC_POINT]
    finally:
        module.finalize()
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point[-65:])


def make_edwards_key(label: str) -> ed25519.Ed25519PublicKey:
    """The same on Ed25519."""
    module = pkcs11.lib(MODULE)
    try:
        with module.get_token(token_label=TOKEN).open(rw=True, user_pin=PIN) as session:
            curve = {Attribute.EC_PARAMS: EDWARDS25519}
            public, _ = session.create_domain_parameters(KeyType.EC_EDWARDS, curve, local=True).generate_keypair(
                label=label, store=True, capabilities=MechanismFlag.SIGN | MechanismFlag.VERIFY
            )
            point = public[Attribute.EC_POINT]
    finally:
        module.finalize()
    return ed25519.Ed25519PublicKey.from_public_bytes(point[-32:])
