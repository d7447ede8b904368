"""What a passport says, frozen when it is asked for: all that is drawn, and all that is drawn from."""

from dataclasses import asdict, dataclass
from datetime import date, datetime

from certificates.snapshot import AttestedLevel


@dataclass(frozen=True)
class PassportLine:
    """One document of the holder: what it prints, and its `state` on the day of the passport (as `public_state` says it).

    `address` opens its page of verification, with the holder's key where that alone opens it.
    """

    number: str
    public_code: str
    address: str
    printed_name: str
    course_title: str
    is_attestation: bool
    assurance: str
    state: str
    issued_on: date
    expires_on: date | None = None
    competences: tuple[AttestedLevel, ...] = ()
    covered: tuple[str, ...] = ()
    proof: str = ""  # the key of the words of its assurance, where it is not the assurance itself
    parts: tuple[str, ...] = ()  # the titles of the courses of a programme


@dataclass(frozen=True)
class PassportContent:
    """The printed fields; `dated_at` (aware) is the instant whose states it shows, and that of its seal."""

    public_code: str
    verification_url: str
    printed_name: str
    dated_at: datetime
    site_name: str
    issuer: str
    issuer_parent: str
    lines: tuple[PassportLine, ...]

    def to_json(self) -> dict:
        fields = asdict(self)
        fields["dated_at"] = self.dated_at.isoformat()
        for line in fields["lines"]:
            for name in ("issued_on", "expires_on"):
                line[name] = line[name] and line[name].isoformat()
        return fields

    @classmethod
    def from_json(cls, fields: dict) -> "PassportContent":
        lines = tuple(line_from_json(line) for line in fields["lines"])
        return cls(**{**fields, "dated_at": datetime.fromisoformat(fields["dated_at"]), "lines": lines})


def line_from_json(fields: dict) -> PassportLine:
    expires_on = fields["expires_on"]
    return PassportLine(
        **{
            **fields,
            "issued_on": date.fromisoformat(fields["issued_on"]),
            "expires_on": expires_on and date.fromisoformat(expires_on),
            "competences": tuple(AttestedLevel(**row) for row in fields["competences"]),
            "covered": tuple(fields["covered"]),
            "parts": tuple(fields.get("parts", ())),
        }
    )


def without_names(fields: dict) -> dict:
    """The same, as JSON, with no name left in it."""
    lines = [{**line, "printed_name": ""} for line in fields["lines"]]
    return {**fields, "printed_name": "", "lines": lines}
