"""A small keep-alive HTTP client: what it costs is not counted, so it only has to be always the same."""

from dataclasses import dataclass
from http.client import HTTPConnection
from urllib.parse import urlencode

CSRF_TOKEN = "b" * 32


@dataclass(frozen=True)
class Visitor:
    """Whose cookies a request carries; nobody's when the session is empty."""

    session: str = ""

    @property
    def cookies(self) -> str:
        session = f"sessionid={self.session}; " if self.session else ""
        return f"{session}csrftoken={CSRF_TOKEN}"


@dataclass(frozen=True)
class Request:
    """One request; with `fields` it is a form that is posted."""

    path: str
    visitor: Visitor = Visitor()
    fields: tuple[tuple[str, str], ...] | None = None
    statuses: tuple[int, ...] = (200,)


class Client:
    """Sends requests over one connection and refuses any answer that was not expected."""

    def __init__(self, port: int):
        self.connection = HTTPConnection("127.0.0.1", port, timeout=30)

    def send(self, request: Request) -> bytes:
        """The body of the answer, as it came (compressed); raises RuntimeError on another status than expected."""
        headers = {"Accept-Encoding": "gzip", "Accept": "text/html"}
        if request.visitor.session or request.fields is not None:
            headers["Cookie"] = request.visitor.cookies
        if request.fields is None:
            self.connection.request("GET", request.path, headers=headers)
        else:
            headers |= {"X-CSRFToken": CSRF_TOKEN, "Content-Type": "application/x-www-form-urlencoded"}
            self.connection.request("POST", request.path, urlencode(request.fields), headers)
        answer = self.connection.getresponse()
        body = answer.read()
        if answer.status not in request.statuses:
            raise RuntimeError(f"{request.path}: {answer.status} {answer.headers.get('Location', '')}")
        return body

    def close(self) -> None:
        self.connection.close()
