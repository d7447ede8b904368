"""The time-stamp authority of production, over HTTP (RFC 3161, 3.4): LMS_TSA_URL."""

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache

from cryptography import x509
from django.utils import timezone

from certificates.lasting.port import Stamp, StampRefused, StampUnavailable
from certificates.lasting.token import TimeTrust, question_about, stamp_from
from certificates.outside.breaker import Breaker
from certificates.outside.web import NoAnswer, fetch

LARGEST_REPLY_BYTES = 64 * 1024
HEADERS = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}


class HttpTimeStamper:
    """Asks over HTTP; after a failure nobody asks again for a while, so that whoever issues does not wait each time."""

    def __init__(
        self,
        url: str,
        trust: TimeTrust,
        seconds: float,
        breaker: Breaker,
        clock: Callable[[], datetime] = timezone.now,
    ):
        self.url, self.trust, self.seconds, self.breaker, self.clock = url, trust, seconds, breaker, clock

    def stamp(self, digest: bytes) -> Stamp:
        if self.breaker.is_open():
            raise StampUnavailable(f"On ménage le service d’horodatage, qui vient d’échouer. {self.breaker.reason}")
        question = question_about(digest, self.clock())
        try:
            stamp = stamp_from(self.send(question.to_der()), question, self.trust, self.clock())
        except (StampUnavailable, StampRefused) as failure:
            self.breaker.trip(str(failure))
            raise
        self.breaker.reset()
        return stamp

    def send(self, query: bytes) -> bytes:
        try:
            return fetch(self.url, query, HEADERS, self.seconds, LARGEST_REPLY_BYTES)
        except NoAnswer as failure:
            raise StampUnavailable(f"Le service d’horodatage ne répond pas : {failure}.") from failure


@lru_cache(maxsize=1)
def open_http_time(url: str, roots: tuple[x509.Certificate, ...], seconds: float, rest: float) -> HttpTimeStamper:
    """The one of this process, with its breaker."""
    return HttpTimeStamper(url, TimeTrust(roots), seconds, Breaker(rest))
