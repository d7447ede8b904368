"""The holder of production: keys that never leave their PKCS#11 token (an HSM, a card, SoftHSM2).

One session per process, whatever the number of keys, opened at the first signature, so never before Celery forks; a token
restarted or unplugged for a while is opened again. A PIN that was refused is not tried again by this process: tokens lock
after a few.
"""

import logging
import os
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache

import pkcs11
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass
from pkcs11 import exceptions as refusals

from certificates.keys.purposes import Algorithm
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
# How the token names each algorithm: the type of key, the way of signing (PKCS #11 v3.0, 2.3).
NAMES = {
    Algorithm.ES256: (KeyType.EC, Mechanism.ECDSA),
    Algorithm.EDDSA: (KeyType.EC_EDWARDS, Mechanism.EDDSA),
}


@dataclass(frozen=True)
class TokenPlace:
    """The module that speaks to the token, the token's label, and the PIN."""

    module: str
    token: str
    pin: str = field(repr=False)


class Token:
    """The one session of this process with a token; keys are found in it by label."""

    def __init__(self, place: TokenPlace):
        self.place = place
        self.lock = threading.Lock()
        self.session = self.opened_by = None
        self.keys: dict[tuple[str, Algorithm], pkcs11.PrivateKey] = {}
        self.pin_was_refused = False

    def sign(self, label: str, algorithm: Algorithm, digest: bytes) -> bytes:
        """One raw signature; when the open session fails, once more in a new one.

        Raises SealerUnavailable when the token does not answer, SealerRefused when it answers no.
        """
        with self.lock:
            if self.session is not None and self.opened_by == os.getpid():
                try:
                    return self.sign_in_session(label, algorithm, digest)
                except pkcs11.PKCS11Error as error:
                    logger.warning("Le jeton a rompu la session (%s) : on la rouvre.", type(error).__name__)
            if self.opened_by is not None:
                self.close()
            try:
                self.open()
                return self.sign_in_session(label, algorithm, digest)
            except pkcs11.PKCS11Error as error:
                self.close()
                raise SealerUnavailable(
                    f"Le jeton « {self.place.token} » ne répond pas ({told(error)}). "
                    "Le cachet sera retenté ; vérifiez le HSM, LMS_PKCS11_MODULE et LMS_PKCS11_TOKEN."
                ) from error

    def sign_in_session(self, label: str, algorithm: Algorithm, digest: bytes) -> bytes:
        name = label, algorithm
        if name not in self.keys:
            self.keys[name] = self.find_key(label, algorithm)
        return self.keys[name].sign(digest, mechanism=NAMES[algorithm][1])

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
        self.opened_by = os.getpid()

    def find_key(self, label: str, algorithm: Algorithm) -> pkcs11.PrivateKey:
        """The one private key of that label; refused when a copy could be taken out of the token."""
        try:
            key = self.session.get_key(object_class=ObjectClass.PRIVATE_KEY, key_type=NAMES[algorithm][0], label=label)
        except (pkcs11.NoSuchKey, pkcs11.MultipleObjectsReturned) as error:
            raise SealerRefused(
                f"Le jeton « {self.place.token} » doit tenir une clé privée {NAMES[algorithm][0].name} « {label} », et "
                "une seule : vérifiez LMS_PKCS11_KEY et manage.py keys list."
            ) from error
        if key[Attribute.EXTRACTABLE]:
            raise SealerRefused(
                f"La clé « {label} » peut être extraite du jeton : engendrez-la dans le jeton, non extractible."
            )
        return key

    def close(self) -> None:
        """Leave the token, and the module, which may remember one that is gone or its parent process."""
        self.session = self.opened_by = None
        self.keys.clear()
        with suppress(pkcs11.PKCS11Error):  # what does not answer cannot take its leave
            pkcs11.lib(self.place.module).finalize()


class TokenHolder:
    """One key of a token. ECDSA signatures come back raw and are given as DER."""

    def __init__(self, token: Token, label: str, algorithm: Algorithm):
        self.token, self.label, self.algorithm = token, label, algorithm

    def sign_digests(self, digests: Sequence[bytes]) -> list[bytes]:
        raws = [self.token.sign(self.label, self.algorithm, digest) for digest in digests]
        return [in_der_form(raw) for raw in raws] if self.algorithm == Algorithm.ES256 else raws


def told(error: pkcs11.PKCS11Error) -> str:
    """The error's name, which is the standard's, and what the wrapper adds, if anything."""
    return ", ".join(filter(None, [type(error).__name__, str(error)]))


def in_der_form(raw: bytes) -> bytes:
    """The DER signature (RFC 3279, 2.2.3) of a raw one. Raises SealerRefused when it is no P-256 signature."""
    if len(raw) != 2 * HALF_BYTES:
        raise SealerRefused("La signature rendue par le jeton n’est pas une signature P-256.")
    return encode_dss_signature(int.from_bytes(raw[:HALF_BYTES]), int.from_bytes(raw[HALF_BYTES:]))


@lru_cache(maxsize=1)
def open_token(place: TokenPlace) -> Token:
    """The token of this process: made once, its session opened when first needed."""
    return Token(place)
