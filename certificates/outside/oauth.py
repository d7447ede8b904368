"""The token by which a service knows us (OAuth 2.0 client credentials, RFC 6749, 4.4), kept until it ends."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode

from certificates.outside.web import NoAnswer, fetch

LARGEST_TOKEN_BYTES = 16 * 1024
SHORT_OF_SECONDS = 30  # before its end, a token is asked for anew
USUAL_SECONDS = 300  # what a token that says nothing of its end is kept for


@dataclass(frozen=True)
class Client:
    """Who we are to a service, and where it gives tokens; without an address, it asks for none."""

    token_url: str
    client_id: str
    secret: str = field(repr=False)


class Access:
    """The token of this process."""

    def __init__(self, client: Client, seconds: float, clock: Callable[[], float] = time.monotonic):
        self.client, self.seconds, self.clock = client, seconds, clock
        self.lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        self.token, self.until = "", float("-inf")

    def headers(self) -> dict[str, str]:
        """What a request carries. Raises NoAnswer when no token can be had."""
        if not self.client.token_url:
            return {}
        with self.lock:
            if self.clock() >= self.until:
                self.ask()
            return {"Authorization": f"Bearer {self.token}"}

    def ask(self) -> None:
        body = {
            "grant_type": "client_credentials",
            "client_id": self.client.client_id,
            "client_secret": self.client.secret,
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        answer = fetch(self.client.token_url, urlencode(body).encode(), headers, self.seconds, LARGEST_TOKEN_BYTES)
        try:
            said = json.loads(answer)
            token, lasts = str(said["access_token"]), float(said.get("expires_in", USUAL_SECONDS))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise NoAnswer(f"{self.client.token_url} ne rend pas de jeton d’accès") from error
        self.token, self.until = token, self.clock() + lasts - SHORT_OF_SECONDS
