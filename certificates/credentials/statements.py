"""The statements of a document of ours in the canonical form that `eddsa-rdfc-2022` signs (RDF Dataset Canonicalization 1.0).

Every node of our documents has an address, but one at most: sorting the lines is then all that canonicalising is, and no
reader of JSON-LD is needed to sign. The tests compare each document with what such a reader makes of it.
"""

TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
CREDENTIALS = "https://www.w3.org/2018/credentials#"
STATUS = "https://www.w3.org/ns/credentials/status#"
SECURITY = "https://w3id.org/security#"
BADGE = "https://purl.imsglobal.org/spec/vc/ob/vocab.html#"
SCHEMA = "https://schema.org/"
DATE_TIME = "http://www.w3.org/2001/XMLSchema#dateTime"
ANY_URI = "https://www.w3.org/2001/XMLSchema#anyURI"
BOOLEAN = "https://www.w3.org/2001/XMLSchema#boolean"
ONLY_BLANK = "_:c14n0"
# Canonical N-Quads, 2: the control characters, and those two signs.
ESCAPES = {code: f"\\u{code:04X}" for code in (*range(0x20), 0x7F)} | {
    ord(sign): f"\\{letter}" for sign, letter in zip('\b\t\n\f\r"\\', 'btnfr"\\', strict=True)
}


def node(address: str) -> str:
    return address if address == ONLY_BLANK else f"<{address}>"


def literal(text: str, kind: str = "") -> str:
    written = f'"{text.translate(ESCAPES)}"'
    return f"{written}^^<{kind}>" if kind else written


class Statements:
    """Lines about nodes, told in any order."""

    def __init__(self):
        self.lines: set[str] = set()

    def say(self, subject: str, predicate: str, value: str) -> None:
        """`value` is written already: a node, or a literal."""
        self.lines.add(f"{node(subject)} <{predicate}> {value} .\n")

    def types(self, subject: str, *types: str) -> None:
        for each in types:
            self.say(subject, TYPE, node(each))

    def canonical(self) -> bytes:
        return "".join(sorted(self.lines)).encode()
