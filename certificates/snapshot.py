"""What a document says, frozen when its number is given: all that is drawn, and all that is drawn from."""

from dataclasses import asdict, dataclass
from datetime import date, datetime

FOLLOWED_ONLY = "N1"  # the course was followed, no level was tested
FOLLOWED_PROGRAMME = "N1 programme"


CERTIFICATE, ATTESTATION = "certificate", "attestation"


def document_kind(assurance: str) -> str:
    """Which of the two documents says it."""
    return ATTESTATION if assurance == FOLLOWED_ONLY else CERTIFICATE


@dataclass(frozen=True)
class AttestedLevel:
    """A level (1 to 5) in one competence, with its name on the framework's scale."""

    code: str
    name: str
    level: int
    level_name: str = ""


@dataclass(frozen=True)
class Signatory:
    """Who answers for the document, as printed."""

    name: str
    title: str


@dataclass(frozen=True)
class HeldSitting:
    """Where and when a test was taken under supervision."""

    held_on: date
    place: str


@dataclass(frozen=True)
class CoursePart:
    """A course that counted in a programme: the number and assurance of its document, "" where none was asked for."""

    course_code: str
    title: str
    content_version: int
    completed_on: date
    number: str = ""
    assurance: str = ""


@dataclass(frozen=True)
class Snapshot:
    """The printed fields, and the instant of the seal (`sealed_at`, aware), so that drawing again gives the same file.

    The fields with a default came after the first certificates: what was frozen without them still reads.
    """

    number: str
    public_code: str
    verification_url: str
    printed_name: str
    course_code: str
    course_title: str
    content_version: int
    course_revision: int | None
    duration_minutes: int  # on line
    competences: tuple[AttestedLevel, ...]
    assurance: str
    issued_on: date
    sealed_at: datetime
    site_name: str
    issuer: str
    issuer_parent: str
    signatory_name: str
    signatory_title: str
    in_person_minutes: int = 0
    covered: tuple[str, ...] = ()  # the competences of a course that was followed only: no level is attested
    pass_mark_percent: int | None = None  # of the test; None for those frozen before it was kept, and without a test
    expires_on: date | None = None  # the last day, None for ever
    signatories: tuple[Signatory, ...] = ()
    sittings: tuple[HeldSitting, ...] = ()  # of the tests passed, when each was supervised (N3)
    confirmed_on: date | None = None  # when the hierarchy confirmed that it is applied at work (N4)
    updates: str = ""  # the number of the certificate it brings up to a newer version: only what changed was asked
    parts: tuple[CoursePart, ...] = ()  # of a programme, which `course_title` then names; none of a course

    @property
    def is_attestation(self) -> bool:
        """Whether it only says that the course was followed (*attestation de suivi*)."""
        return self.assurance == FOLLOWED_ONLY

    @property
    def is_of_programme(self) -> bool:
        return bool(self.parts)

    @property
    def certified_codes(self) -> set[str]:
        """The codes of the courses on whose certificates that of a programme stands."""
        return {part.course_code for part in self.parts if part.number}

    @property
    def proof(self) -> str:
        """The key of the words that say what is proved: the assurance, or that a whole programme was followed."""
        return FOLLOWED_PROGRAMME if self.is_attestation and self.is_of_programme else self.assurance

    @property
    def kind(self) -> str:
        """Which of the two documents it is."""
        return document_kind(self.assurance)

    @property
    def signed_by(self) -> tuple[Signatory, ...]:
        """Those printed, one at least."""
        return self.signatories or (Signatory(self.signatory_name, self.signatory_title),)

    def to_json(self) -> dict:
        fields = asdict(self)
        for name in ("issued_on", "sealed_at", "expires_on", "confirmed_on"):
            fields[name] = fields[name] and fields[name].isoformat()
        for row in fields["sittings"]:
            row["held_on"] = row["held_on"].isoformat()
        for row in fields["parts"]:
            row["completed_on"] = row["completed_on"].isoformat()
        return fields

    @classmethod
    def from_json(cls, fields: dict) -> "Snapshot":
        expires_on, confirmed_on = fields.get("expires_on"), fields.get("confirmed_on")
        return cls(
            **{
                **fields,
                "competences": tuple(AttestedLevel(**row) for row in fields["competences"]),
                "issued_on": date.fromisoformat(fields["issued_on"]),
                "sealed_at": datetime.fromisoformat(fields["sealed_at"]),
                "covered": tuple(fields.get("covered", ())),
                "expires_on": expires_on and date.fromisoformat(expires_on),
                "signatories": tuple(Signatory(**row) for row in fields.get("signatories", ())),
                "sittings": tuple(
                    HeldSitting(date.fromisoformat(row["held_on"]), row["place"]) for row in fields.get("sittings", ())
                ),
                "confirmed_on": confirmed_on and date.fromisoformat(confirmed_on),
                "parts": tuple(
                    CoursePart(**{**row, "completed_on": date.fromisoformat(row["completed_on"])})
                    for row in fields.get("parts", ())
                ),
            }
        )
