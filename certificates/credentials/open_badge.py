"""A certificate as an Open Badge 3.0: the document, and the statements it makes.

Source: 1EdTech Open Badges 3.0, on W3C Verifiable Credentials Data Model 2.0.
"""

import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from certificates.credentials.issuer import did_of
from certificates.credentials.statements import (
    ANY_URI,
    BADGE,
    BOOLEAN,
    CREDENTIALS,
    DATE_TIME,
    ONLY_BLANK,
    SCHEMA,
    STATUS,
    Statements,
    literal,
    node,
)
from certificates.snapshot import Snapshot
from certificates.words import ASSURANCE_MEANINGS, ASSURANCE_NAMES, assessment_mode, hours_in_words

CONTEXTS = [
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
]
SCHEMA_OF_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
SCHEMA_TYPE = "1EdTechJsonSchemaValidator2019"
SCHEMA_TYPE_ADDRESS = "https://purl.imsglobal.org/spec/vccs/v1p0/context.json#1EdTechJsonSchemaValidator2019"


@dataclass(frozen=True)
class Badge:
    """What a badge is made of: the printed fields, who it is, and its place in the lists of states."""

    printed: Snapshot
    uuid: uuid.UUID
    public_url: str
    list_number: int
    list_index: int
    expires_on: date | None = None

    @property
    def did(self) -> str:
        return did_of(self.public_url)

    @property
    def address(self) -> str:
        return f"urn:uuid:{self.uuid}"

    @property
    def subject(self) -> str:
        """Someone, without saying who: nothing outside this badge has that number."""
        return f"urn:uuid:{uuid.uuid5(self.uuid, 'subject')}"

    @property
    def achievement(self) -> str:
        """The same for all who hold a certificate of this version of the course."""
        return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{self.did}/{self.printed.course_code}/{self.printed.content_version}')}"

    @property
    def criteria(self) -> str:
        return f"{self.public_url}/verifier/#{self.printed.assurance}"

    def status_list(self, purpose: str) -> str:
        return f"{self.public_url}/etats/{purpose}/{self.list_number}/"

    def status(self, purpose: str) -> str:
        return f"{self.status_list(purpose)}#{self.list_index}"

    @property
    def description(self) -> str:
        printed = self.printed
        levels = "; ".join(f"{row.name}, niveau {row.level} sur 5" for row in printed.competences)
        hours = hours_in_words(printed.duration_minutes).replace("\N{NO-BREAK SPACE}", " ")
        what = f"Formation de {hours}, version {printed.content_version}."
        if printed.is_of_programme:
            what = f"Parcours de {hours} : {' ; '.join(part.title for part in printed.parts)}."
        return what + (f" {levels}." if levels else "")

    @property
    def narrative(self) -> str:
        level = self.printed.assurance
        proof = self.printed.proof
        said = f"Niveau d’assurance {level}, {ASSURANCE_NAMES[proof]}. {ASSURANCE_MEANINGS[proof]}"
        if level not in PROVED_BY_PEOPLE:
            return said
        return f"{said} Mode d’évaluation : {assessment_mode(self.printed)}.".replace("\N{NO-BREAK SPACE}", " ")


PURPOSES = ("revocation", "suspension")
PROVED_BY_PEOPLE = ("N3", "N4")  # how, when and where then says as much as the level


def utc_text(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def document_of(badge: Badge) -> dict:
    """The credential, unsigned."""
    printed = badge.printed
    document = {
        "@context": CONTEXTS,
        "id": badge.address,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": printed.course_title,
        "issuer": {"id": badge.did, "type": ["Profile"], "name": printed.issuer, "url": badge.public_url},
        "validFrom": utc_text(printed.sealed_at),
        "credentialSubject": {
            "id": badge.subject,
            "type": ["AchievementSubject"],
            "identifier": [
                {
                    "type": "IdentityObject",
                    "hashed": False,
                    "identityType": "name",
                    "identityHash": printed.printed_name,
                }
            ],
            "achievement": {
                "id": badge.achievement,
                "type": ["Achievement"],
                "achievementType": "Certificate",
                "name": printed.course_title,
                "description": badge.description,
                "criteria": {"id": badge.criteria, "narrative": badge.narrative},
            },
        },
        "credentialStatus": [
            {
                "id": badge.status(purpose),
                "type": "BitstringStatusListEntry",
                "statusPurpose": purpose,
                "statusListIndex": str(badge.list_index),
                "statusListCredential": badge.status_list(purpose),
            }
            for purpose in PURPOSES
        ],
        "credentialSchema": [{"id": SCHEMA_OF_BADGES, "type": SCHEMA_TYPE}],
    }
    if badge.expires_on:
        document["validUntil"] = last_instant(badge.expires_on)
    return document


def last_instant(day: date) -> str:
    """A certificate is good on its last day, wherever in the world it is read."""
    return utc_text(datetime.combine(day, time(23, 59, 59), UTC))


def statements_of(badge: Badge) -> Statements:
    """The same as the document, statement by statement."""
    printed, said = badge.printed, Statements()
    said.types(badge.address, f"{CREDENTIALS}VerifiableCredential", f"{BADGE}OpenBadgeCredential")
    said.say(badge.address, f"{SCHEMA}name", literal(printed.course_title))
    said.say(badge.address, f"{CREDENTIALS}issuer", node(badge.did))
    said.say(badge.address, f"{CREDENTIALS}validFrom", literal(utc_text(printed.sealed_at), DATE_TIME))
    said.say(badge.address, f"{CREDENTIALS}credentialSubject", node(badge.subject))
    said.say(badge.address, f"{CREDENTIALS}credentialSchema", node(SCHEMA_OF_BADGES))
    if badge.expires_on:
        said.say(badge.address, f"{CREDENTIALS}validUntil", literal(last_instant(badge.expires_on), DATE_TIME))
    said.types(SCHEMA_OF_BADGES, SCHEMA_TYPE_ADDRESS)
    said.types(badge.did, f"{BADGE}Profile")
    said.say(badge.did, f"{SCHEMA}name", literal(printed.issuer))
    said.say(badge.did, f"{SCHEMA}url", literal(badge.public_url, ANY_URI))
    say_subject(said, badge)
    for purpose in PURPOSES:
        say_status(said, badge, purpose)
    return said


def say_subject(said: Statements, badge: Badge) -> None:
    printed = badge.printed
    said.types(badge.subject, f"{BADGE}AchievementSubject")
    said.say(badge.subject, f"{BADGE}identifier", ONLY_BLANK)
    said.types(ONLY_BLANK, f"{BADGE}IdentityObject")
    said.say(ONLY_BLANK, f"{BADGE}hashed", literal("false", BOOLEAN))
    said.say(ONLY_BLANK, f"{BADGE}identityType", literal("name"))
    said.say(ONLY_BLANK, f"{BADGE}identityHash", literal(printed.printed_name))
    said.say(badge.subject, f"{BADGE}achievement", node(badge.achievement))
    said.types(badge.achievement, f"{BADGE}Achievement")
    said.say(badge.achievement, f"{BADGE}achievementType", literal("Certificate"))
    said.say(badge.achievement, f"{SCHEMA}name", literal(printed.course_title))
    said.say(badge.achievement, f"{SCHEMA}description", literal(badge.description))
    said.say(badge.achievement, f"{BADGE}Criteria", node(badge.criteria))
    said.say(badge.criteria, f"{BADGE}narrative", literal(badge.narrative))


def say_status(said: Statements, badge: Badge, purpose: str) -> None:
    entry = badge.status(purpose)
    said.say(badge.address, f"{CREDENTIALS}credentialStatus", node(entry))
    said.types(entry, f"{STATUS}BitstringStatusListEntry")
    said.say(entry, f"{STATUS}statusPurpose", literal(purpose))
    said.say(entry, f"{STATUS}statusListIndex", literal(str(badge.list_index)))
    said.say(entry, f"{STATUS}statusListCredential", node(badge.status_list(purpose)))
