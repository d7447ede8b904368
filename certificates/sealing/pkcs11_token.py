"""The sealer of production: an EC P-256 key that never leaves its PKCS#11 token (an HSM, a card, SoftHSM2).

One session per process, opened at the first signature, so never before Celery forks; a token restarted or unplugged
for a while is opened again. A PIN that was refused is not tried again by this process: tokens lock after a few.
"""

import logging
import os
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import pkcs11
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass
from pkcs11 import exceptions as refusals

from certificates.sealing.chain import SealChain, in_der, read_chain
from certificates.sealing.port import SealerRefused, SealerUnavailable

logger = logging.getLogger(__name__)

HALF_BYTES = 32  # a raw P-256 signature is r then s, 32 bytes each (PKCS #11 v3.0, 2.3.1)
PIN_REFUSED = (
    refusals.PinIncorrect,
    refusals.PinInvalid,
    refusals.PinLenRange,
    refusals.PinExpired,
    refusals.PinLocked,
    refusals.UserPinNotInitialized,
)


@dataclass(frozen=True)
class TokenKey:
    """Where the key is: the module that speaks to the token, the token's label, the key's label, and the PIN."""

    module: str
    token: str
    key: str
    pin: str = field(repr=False)


class Pkcs11Sealer:
    """Signs with a key it never sees; the signature comes back raw and is given as DER."""

    def __init__(self, place: TokenKey, chain: SealChain):
        self.place = place
        self.certificate = in_der(chain.seal)
        self.chain = [in_der(certificate) for certificate in chain.above]
        self.is_sandbox = chain.is_sandbox
        self.lock = threading.Lock()
        self.session = self.key = self.opened_by = None
        self.pin_was_refused = False

    def sign_digests(self, digests: Sequence[bytes]) -> list[bytes]:
        """Raises SealerUnavailable when the token does not answer, SealerRefused when it answers no."""
        with self.lock:
            return [in_der_form(self.sign(digest)) for digest in digests]

    def sign(self, digest: bytes) -> bytes:
        """One raw signature; when the open session fails, once more in a new one."""
        if self.key is not None and self.opened_by == os.getpid():
            try:
                return self.key.sign(digest, mechanism=Mechanism.ECDSA)
            except pkcs11.PKCS11Error as error:
                logger.warning("Le jeton a rompu la session (%s) : on la rouvre.", type(error).__name__)
        if self.opened_by is not None:
            self.close()
        try:
            self.open()
            return self.key.sign(digest, mechanism=Mechanism.ECDSA)
        except pkcs11.PKCS11Error as error:
            self.close()
            raise SealerUnavailable(
                f"Le jeton « {self.place.token} » ne répond pas ({told(error)}). "
                "Le cachet sera retenté ; vérifiez le HSM, LMS_PKCS11_MODULE et LMS_PKCS11_TOKEN."
            ) from error

    def open(self) -> None:
        if self.pin_was_refused:
            raise SealerRefused(
                "Le jeton a refusé le PIN ; ce processus ne le présente plus, pour ne pas bloquer le jeton. "
                "Corrigez LMS_PKCS11_TOKEN_PIN, puis redémarrez le travailleur de signature."
            )
        token = pkcs11.lib(self.place.module).get_token(token_label=self.place.token)
        try:
            self.session = token.open(user_pin=self.place.pin)
        except PIN_REFUSED as error:
            self.pin_was_refused = True
            self.close()
            raise SealerRefused(
                f"Le jeton « {self.place.token} » refuse le PIN ({type(error).__name__}). "
                "Corrigez LMS_PKCS11_TOKEN_PIN, puis redémarrez le travailleur de signature."
            ) from error
        self.key = self.find_key()
        self.opened_by = os.getpid()

    def find_key(self) -> pkcs11.PrivateKey:
        """The one private key of that label; refused when a copy could be taken out of the token."""
        try:
            key = self.session.get_key(object_class=ObjectClass.PRIVATE_KEY, key_type=KeyType.EC, label=self.place.key)
        except (pkcs11.NoSuchKey, pkcs11.MultipleObjectsReturned) as error:
            self.close()
            raise SealerRefused(
                f"Le jeton « {self.place.token} » doit tenir une clé privée EC « {self.place.key} », et une seule : "
                "vérifiez LMS_PKCS11_KEY."
            ) from error
        if key[Attribute.EXTRACTABLE]:
            self.close()
            raise SealerRefused(
                f"La clé « {self.place.key} » peut être extraite du jeton : engendrez-la dans le jeton, non extractible."
            )
        return key

    def close(self) -> None:
        """Leave the token, and the module, which may remember one that is gone or its parent process."""
        self.session = self.key = self.opened_by = None
        with suppress(pkcs11.PKCS11Error):  # what does not answer cannot take its leave
            pkcs11.lib(self.place.module).finalize()


def told(error: pkcs11.PKCS11Error) -> str:
    """The error's name, which is the standard's, and what the wrapper adds, if anything."""
    return ", ".join(filter(None, [type(error).__name__, str(error)]))


def in_der_form(raw: bytes) -> bytes:
    """The DER signature (RFC 3279, 2.2.3) of a raw one. Raises SealerRefused when it is no P-256 signature."""
    if len(raw) != 2 * HALF_BYTES:
        raise SealerRefused("La signature rendue par le jeton n’est pas une signature P-256.")
    return encode_dss_signature(int.from_bytes(raw[:HALF_BYTES]), int.from_bytes(raw[HALF_BYTES:]))


@lru_cache(maxsize=1)
def open_token_sealer(place: TokenKey, certificates: Path, root: Path) -> Pkcs11Sealer:
    """The sealer of this process: made once, its session opened when first needed."""
    return Pkcs11Sealer(place, read_chain(certificates, root))
