"""How a document looks and what it says besides its facts: the content of a design, frozen version by version."""

import hashlib
import json
from dataclasses import asdict, dataclass, fields

from certificates.snapshot import ATTESTATION, CERTIFICATE, Signatory

FRENCH, ENGLISH = "fr", "en"
LANGUAGES = {"fr": (FRENCH,), "en": (ENGLISH,), "fr-en": (FRENCH, ENGLISH)}


@dataclass(frozen=True)
class Texts:
    """The sentences around the facts, in one language; `header` and `statement` may be empty."""

    title: str
    given_to: str
    purpose: str
    header: str = ""
    statement: str = ""


TEXT_NAMES = tuple(field.name for field in fields(Texts))


@dataclass(frozen=True)
class Colours:
    """Four colours, #rrggbb: of titles, of the course, of ornaments, of the ground of the panel."""

    main: str = "#1a2350"
    second: str = "#0f6368"
    accent: str = "#9c3d24"
    ground: str = "#faf3e4"


@dataclass(frozen=True)
class Logo:
    """A picture as PDF operators in a box of `width` by `height`, its corner at 0, 0; made by `drawing.svg` alone."""

    alt: str
    width: float
    height: float
    operators: str


@dataclass(frozen=True)
class DesignContent:
    """All that a design brings to a document: with a snapshot, it gives the document."""

    kind: str
    languages: tuple[str, ...]  # one or two, the first is the main one
    texts: tuple[Texts, ...]  # one per language
    colours: Colours = Colours()
    logos: tuple[Logo, ...] = ()
    signatories: tuple[Signatory, ...] = ()

    def to_json(self) -> dict:
        return asdict(self)

    @classmethod
    def from_json(cls, kept: dict) -> "DesignContent":
        return cls(
            kind=kept["kind"],
            languages=tuple(kept["languages"]),
            texts=tuple(Texts(**row) for row in kept["texts"]),
            colours=Colours(**kept["colours"]),
            logos=tuple(Logo(**row) for row in kept["logos"]),
            signatories=tuple(Signatory(**row) for row in kept["signatories"]),
        )

    @property
    def sha256(self) -> str:
        """By which a version is known: the same content is the same version."""
        return hashlib.sha256(json.dumps(self.to_json(), sort_keys=True).encode()).hexdigest()


# What documents say until an officer writes otherwise.
DEFAULT_TEXTS = {
    (CERTIFICATE, FRENCH): Texts(
        "Certificat de réussite", "décerné à", "pour avoir suivi la formation et réussi son évaluation"
    ),
    (CERTIFICATE, ENGLISH): Texts(
        "Certificate of Achievement", "awarded to", "who completed the course and passed its assessment"
    ),
    (ATTESTATION, FRENCH): Texts("Attestation de suivi", "délivrée à", "pour avoir suivi toute la formation"),
    (ATTESTATION, ENGLISH): Texts("Record of Attendance", "issued to", "who followed the whole course"),
}
DEFAULT_COLOURS = {CERTIFICATE: Colours(), ATTESTATION: Colours(main="#0f4f54", second="#1a2350")}


def default_content(kind: str, languages: tuple[str, ...] = (FRENCH,)) -> DesignContent:
    """The design everything is drawn with until there is another."""
    texts = tuple(DEFAULT_TEXTS[kind, language] for language in languages)
    return DesignContent(kind, languages, texts, DEFAULT_COLOURS[kind])
