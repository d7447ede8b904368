"""One HTTP request to a service: bounded in time and size, never sent elsewhere."""

import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping

CHUNK_BYTES = 4096
EXCUSE_BYTES = 2000  # of what a service says when it refuses


class NoAnswer(Exception):
    """The service does not answer, or not well: away, slow, endless, or with an error."""


class Refusal(NoAnswer):
    """The service answers no: the status of HTTP, and what it says of it."""

    def __init__(self, url: str, status: int, excuse: bytes):
        self.status = status
        super().__init__(f"{url} refuse : HTTP {status} {said_in(excuse)}".strip())


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """A service that moved is set anew by the operator; nobody sends us elsewhere."""

    def redirect_request(self, *args, **kwargs):
        return None


OPENER = urllib.request.build_opener(NoRedirect)


def fetch(url: str, body: bytes | None, headers: Mapping[str, str], seconds: float, most_bytes: int) -> bytes:
    """What the service answers, within `seconds` in all and `most_bytes`. Raises NoAnswer, Refusal."""
    if not url.startswith(("http://", "https://")):
        raise NoAnswer(f"{url} n’est pas une adresse http")
    deadline = time.monotonic() + seconds
    request = urllib.request.Request(url, data=body, headers=dict(headers))  # noqa: S310  checked above
    try:
        with OPENER.open(request, timeout=seconds) as response:
            return read_until(response, deadline, most_bytes)
    except urllib.error.HTTPError as error:
        with error:
            raise Refusal(url, error.code, excuse_of(error)) from error
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


def excuse_of(error: urllib.error.HTTPError) -> bytes:
    try:
        return error.read(EXCUSE_BYTES)
    except (OSError, http.client.HTTPException):
        return b""


def said_in(excuse: bytes) -> str:
    """What an error in JSON says (RFC 6749, 5.2); nothing of what is no such thing."""
    try:
        said = json.loads(excuse)
        return ", ".join(str(said[name])[:200] for name in ("error", "error_description") if said.get(name))
    except (ValueError, AttributeError):
        return ""
