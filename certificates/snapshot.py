"""What a certificate says, frozen when its number is given: all that is drawn, and all that is drawn from."""

from dataclasses import asdict, dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class AttestedLevel:
    """A level (1 to 5) in one competence, with its name on the framework's scale."""

    code: str
    name: str
    level: int
    level_name: str = ""


@dataclass(frozen=True)
class Snapshot:
    """The printed fields, and the instant of the seal (`sealed_at`, aware), so that drawing again gives the same file."""

    number: str
    public_code: str
    verification_url: str
    printed_name: str
    course_code: str
    course_title: str
    content_version: int
    course_revision: int | None
    duration_minutes: int
    competences: tuple[AttestedLevel, ...]
    assurance: str
    issued_on: date
    sealed_at: datetime
    site_name: str
    issuer: str
    issuer_parent: str
    signatory_name: str
    signatory_title: str

    def to_json(self) -> dict:
        fields = asdict(self)
        fields["issued_on"] = self.issued_on.isoformat()
        fields["sealed_at"] = self.sealed_at.isoformat()
        return fields

    @classmethod
    def from_json(cls, fields: dict) -> "Snapshot":
        return cls(
            **{
                **fields,
                "competences": tuple(AttestedLevel(**row) for row in fields["competences"]),
                "issued_on": date.fromisoformat(fields["issued_on"]),
                "sealed_at": datetime.fromisoformat(fields["sealed_at"]),
            }
        )
