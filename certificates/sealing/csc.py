"""The holder of keys at a remote signature service (Cloud Signature Consortium API, v1.0.4 and v2.0).

Many digests are signed with one authorisation, whose proof (SAD) is good for these digests only (SCAL2). What differs
between the two versions is the names of the members, and that v2 is told how we are authenticated.
"""

import base64
import binascii
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from cryptography import x509

from certificates.outside.breaker import Breaker
from certificates.outside.oauth import Access, Client
from certificates.outside.web import NoAnswer, Refusal, fetch
from certificates.rules.keys import spki_of
from certificates.sealing.port import SealerRefused, SealerUnavailable

LARGEST_ANSWER_BYTES = 1024 * 1024
SHA256_OID, ECDSA_SHA256_OID = "2.16.840.1.101.3.4.2.1", "1.2.840.10045.4.3.2"
UNAUTHORIZED = 401


@dataclass(frozen=True)
class CscPlace:
    """Where the service is (its base address, version included), who we are to it, and its PIN if it wants one."""

    url: str
    version: str
    client: Client
    pin: str = field(repr=False)
    seconds: float
    batch: int
    rest_seconds: float


class CscService:
    """The service, for this process; after a failure it is spared for a while."""

    def __init__(self, place: CscPlace):
        self.place = place
        self.access = Access(place.client, place.seconds)
        self.breaker = Breaker(place.rest_seconds)

    def describe(self, credential: str) -> tuple[list[x509.Certificate], int]:
        """The certificates of a credential, its own first, and how many digests it signs at once."""
        said = self.ask("credentials/info", {"credentialID": credential, "certificates": "chain"})
        try:
            if said.get("key", {}).get("status", "enabled") != "enabled":
                raise SealerRefused(f"Le service de signature dit la clé « {credential} » désactivée.")
            certificates = [
                x509.load_der_x509_certificate(base64.b64decode(one)) for one in said["cert"]["certificates"]
            ]
            if not certificates:
                raise KeyError("certificates")
            return certificates, max(1, min(int(said.get("multisign", 1)), self.place.batch))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise SealerUnavailable(
                f"Le service de signature décrit mal la clé « {credential} » : {error!r}."
            ) from error

    def sign(self, credential: str, digests: Sequence[bytes]) -> list[bytes]:
        """One authorisation, one request. The signatures are DER; they are checked by whom asks."""
        hashes = [base64.b64encode(digest).decode() for digest in digests]
        sad = self.ask("credentials/authorize", self.authorization(credential, hashes)).get("SAD")
        if not sad or not isinstance(sad, str):
            raise SealerUnavailable("Le service de signature ne rend pas d’autorisation (SAD).")
        said = self.ask("signatures/signHash", self.request(credential, hashes, sad)).get("signatures")
        try:
            return [base64.b64decode(one, validate=True) for one in said]
        except (TypeError, ValueError, binascii.Error) as error:
            raise SealerUnavailable("Le service de signature ne rend pas de signatures.") from error

    def authorization(self, credential: str, hashes: list[str]) -> dict:
        asked = {"credentialID": credential, "numSignatures": len(hashes)}
        if self.place.version == "v1":
            return asked | {"hash": hashes} | ({"PIN": self.place.pin} if self.place.pin else {})
        asked |= {"hashes": hashes, "hashAlgorithmOID": SHA256_OID}
        return asked | ({"authData": [{"id": "PIN", "value": self.place.pin}]} if self.place.pin else {})

    def request(self, credential: str, hashes: list[str], sad: str) -> dict:
        asked = {"credentialID": credential, "SAD": sad, "signAlgo": ECDSA_SHA256_OID}
        if self.place.version == "v1":
            return asked | {"hash": hashes, "hashAlgo": SHA256_OID}
        return asked | {"hashes": hashes, "hashAlgorithmOID": SHA256_OID, "operationMode": "S"}

    def ask(self, method: str, body: dict) -> dict:
        """What the service answers to one method, JSON. Raises SealerUnavailable, SealerRefused."""
        if self.breaker.is_open():
            raise SealerUnavailable(f"On ménage le service de signature, qui vient d’échouer. {self.breaker.reason}")
        try:
            said = json.loads(self.send(method, json.dumps(body).encode()))
            if not isinstance(said, dict):
                raise NoAnswer(f"{method} : ce n’est pas un objet JSON")
        except (NoAnswer, ValueError) as failure:
            self.breaker.trip(str(failure))
            kind = SealerRefused if isinstance(failure, Refusal) and failure.status < 500 else SealerUnavailable
            raise kind(f"Le service de signature n’a pas signé : {failure}.") from failure
        return said

    def send(self, method: str, body: bytes) -> bytes:
        """Once more with a new token, when the one we had is refused: it may have been withdrawn."""
        url, place = f"{self.place.url.rstrip('/')}/{method}", self.place
        for is_last in (False, True):
            headers = {"Content-Type": "application/json", "Accept": "application/json", **self.access.headers()}
            try:
                return fetch(url, body, headers, place.seconds, LARGEST_ANSWER_BYTES)
            except Refusal as refusal:
                if is_last or refusal.status != UNAUTHORIZED or not place.client.token_url:
                    raise
                self.access.forget()
        raise AssertionError


class CscHolder:
    """One credential of the service, which must be the key of the register."""

    def __init__(self, service: CscService, credential: str, spki: bytes):
        self.service, self.credential, self.spki = service, credential, spki
        self.batch = 0

    def sign_digests(self, digests: Sequence[bytes]) -> list[bytes]:
        if not self.batch:
            certificates, self.batch = self.service.describe(self.credential)
            if spki_of(certificates[0].public_key()) != self.spki:
                self.batch = 0
                raise SealerRefused(
                    f"Le service de signature rend, pour « {self.credential} », le certificat d’une autre clé que celle "
                    "du registre (manage.py keys list)."
                )
        return [
            signature for some in in_lots(digests, self.batch) for signature in self.service.sign(self.credential, some)
        ]


def in_lots(digests: Sequence[bytes], size: int) -> Iterable[Sequence[bytes]]:
    return (digests[start : start + size] for start in range(0, len(digests), size))


@lru_cache(maxsize=1)
def open_csc(place: CscPlace) -> CscService:
    """The service of this process, with its token and its breaker."""
    return CscService(place)


@lru_cache(maxsize=16)
def open_csc_key(service: CscService, credential: str, spki: bytes) -> CscHolder:
    """A credential of this process, described once."""
    return CscHolder(service, credential, spki)
