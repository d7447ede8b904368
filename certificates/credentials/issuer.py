"""Who issues, as an identifier that machines resolve: did:web, which is the public address of the site (did:web 1.0)."""

from urllib.parse import quote, urlsplit


def did_of(public_url: str) -> str:
    """As in did:web:certificats.example.bj; a port is escaped, a path becomes colons."""
    parts = urlsplit(public_url)
    path = "".join(f":{quote(part)}" for part in parts.path.split("/") if part)
    return f"did:web:{parts.netloc.replace(':', '%3A')}{path}"


def method_of(did: str, kid: str) -> str:
    """The address of one of the keys in the issuer's document."""
    return f"{did}#{kid}"
