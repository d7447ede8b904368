"""A platform that seals whole documents, for want of one that takes digests: the State's online signature.

Its programming interface is to be confirmed. Ours is the least that such a service can be, and is what the stub of the tests
answers (docs/cles.md, « La plateforme de signature »):

    POST <LMS_PLATFORM_URL>/seal    Authorization: Bearer …    Content-Type: application/pdf
    Credential: <the key>    Idempotency-Key: <the same for the same document>    200, application/pdf: the sealed document
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from certificates.models import SealKey
from certificates.outside.breaker import Breaker
from certificates.outside.oauth import Access, Client
from certificates.outside.web import NoAnswer, Refusal, fetch
from certificates.sealing.chain import in_der
from certificates.sealing.gapless import without_gap
from certificates.sealing.port import SealerRefused, SealerUnavailable
from certificates.sealing.returned import check_returned

LARGEST_DOCUMENT_BYTES = 1024 * 1024


@dataclass(frozen=True)
class PlatformPlace:
    """Where the platform is, and who we are to it."""

    url: str
    client: Client
    seconds: float
    rest_seconds: float


class Platform:
    """The platform, for this process; after a failure it is spared for a while."""

    def __init__(self, place: PlatformPlace):
        self.place = place
        self.access = Access(place.client, place.seconds)
        self.breaker = Breaker(place.rest_seconds)

    def seal(self, pdf: bytes, credential: str) -> bytes:
        """What it gives back, not checked yet. Raises SealerUnavailable, SealerRefused."""
        if self.breaker.is_open():
            raise SealerUnavailable(f"On ménage la plateforme de signature, qui vient d’échouer. {self.breaker.reason}")
        try:
            headers = {
                "Content-Type": "application/pdf",
                "Accept": "application/pdf",
                "Credential": credential,
                "Idempotency-Key": hashlib.sha256(pdf).hexdigest(),
                **self.access.headers(),
            }
            url = f"{self.place.url.rstrip('/')}/seal"
            return fetch(url, pdf, headers, self.place.seconds, LARGEST_DOCUMENT_BYTES)
        except NoAnswer as failure:
            self.access.forget()
            self.breaker.trip(str(failure))
            kind = SealerRefused if isinstance(failure, Refusal) and failure.status < 500 else SealerUnavailable
            raise kind(f"La plateforme de signature n’a pas scellé : {failure}.") from failure


class PlatformSealer:
    """A key of the register at the platform: documents go whole, and come back with one seal more and nothing else."""

    def __init__(self, key: SealKey, platform: Platform, count: Callable[[SealKey, int], None]):
        self.key, self.platform, self.count = key, platform, count
        self.is_sandbox: bool = key.is_specimen
        self.certificate, *self.chain = map(in_der, key.certificates)

    def seal(self, drawn: bytes) -> bytes:
        """The sealed bytes. Raises SealerRefused, SealerUnavailable, QuotaReached, OtherLayout."""
        sent = without_gap(drawn)
        self.count(self.key, 1)
        returned = self.platform.seal(sent, self.key.label)
        check_returned(returned, sent, self.certificate)
        return returned


@lru_cache(maxsize=1)
def open_platform(place: PlatformPlace) -> Platform:
    """The platform of this process, with its token and its breaker."""
    return Platform(place)
