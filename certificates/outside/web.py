"""One HTTP request to an authority: bounded in time and size, never sent elsewhere."""

import http.client
import time
import urllib.request
from collections.abc import Mapping

CHUNK_BYTES = 4096


class NoAnswer(Exception):
    """The service does not answer, or not well: away, slow, endless, or with an error."""


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """An authority that moved is set anew by the operator; nobody sends us elsewhere."""

    def redirect_request(self, *args, **kwargs):
        return None


OPENER = urllib.request.build_opener(NoRedirect)


def fetch(url: str, body: bytes | None, headers: Mapping[str, str], seconds: float, most_bytes: int) -> bytes:
    """What the service answers, within `seconds` in all and `most_bytes`. Raises NoAnswer."""
    if not url.startswith(("http://", "https://")):
        raise NoAnswer(f"{url} n’est pas une adresse http")
    deadline = time.monotonic() + seconds
    request = urllib.request.Request(url, data=body, headers=dict(headers))  # noqa: S310  checked above
    try:
        with OPENER.open(request, timeout=seconds) as response:
            return read_until(response, deadline, most_bytes)
    except (OSError, http.client.HTTPException) as error:  # urllib's own errors are OSErrors
        raise NoAnswer(f"{url} ne répond pas : {error}") from error


def read_until(response: http.client.HTTPResponse, deadline: float, most_bytes: int) -> bytes:
    """The body, however slowly it drips."""
    content = bytearray()
    while chunk := response.read1(CHUNK_BYTES):
        content += chunk
        if len(content) > most_bytes:
            raise NoAnswer(f"la réponse dépasse {most_bytes} octets")
        if time.monotonic() > deadline:
            raise NoAnswer("la réponse est trop lente")
    return bytes(content)
