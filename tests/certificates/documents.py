"""Snapshots and a badge to draw documents from, ordinary and extreme, without a database."""

import json
import random
from datetime import UTC, date, datetime

from certificates.design import Logo
from certificates.drawing.attachments import Attachment
from certificates.drawing.svg import LogoRefused, read_logo
from certificates.passports.content import PassportContent, PassportLine
from certificates.snapshot import FOLLOWED_PROGRAMME, AttestedLevel
from tests.certificates.makers import a_snapshot

FOUR_COMPETENCES = tuple(
    AttestedLevel(*row)
    for row in (
        ("CN1", "Outils numériques", 2, "Guidé"),
        ("SN2", "Sécurité des postes et des mots de passe", 3, "Autonome"),
        ("DN1", "Données ouvertes et qualité des données", 2, "Guidé"),
        ("IX4", "Échanges entre administrations par X-Road", 4, "Référent"),
    )
)
LONG = a_snapshot(
    printed_name="Ọ̀ṣúnlékẹ̀ Ɖɔ̀súxwɛ́ Marie-Antoinette ẸGBẸ́YẸMÍ épouse HOUNKPATIN-AGBODJAN DE SOUZA",
    course_title="Rédiger et piloter la feuille de route numérique d’une commune : diagnostic, budget, partenaires, "
    "suivi des indicateurs et redevabilité devant le conseil communal et les habitants",
    competences=tuple(
        AttestedLevel(f"CN{n}", "Une compétence au nom assez long pour la ligne", 5, "Expert") for n in range(1, 10)
    ),
)


# As long as a badge's signature makes it.
CODE_TEXT = f"https://academie.example.bj/c/7Q4MXK2P9TRA/#{random.Random(3).randbytes(150).hex()}"


def a_line(number, **fields):
    """A document in a passport."""
    return PassportLine(
        **{
            "number": f"CTD-2026-{number:06}",
            "public_code": "7Q4MXK2P9TRA",
            "address": "https://academie.example.bj/c/7Q4MXK2P9TRA/",
            "printed_name": a_snapshot().printed_name,
            "course_title": "Interopérabilité et X-Road",
            "is_attestation": False,
            "assurance": "N2",
            "state": "valid",
            "issued_on": date(2026, 3, 1),
            "competences": FOUR_COMPETENCES[:2],
            **fields,
        }
    )


def a_passport(count):
    """With as many lines, the first ones unlike the others."""
    covered = ("CN1 · Outils numériques", "SN2 · Sécurité des postes", "DN1 · Données ouvertes")
    unlike = [
        a_line(1, expires_on=date(2027, 3, 1)),
        a_line(2, state="expired", course_title=LONG.course_title, printed_name=LONG.printed_name),
        a_line(3, is_attestation=True, assurance="N1", competences=(), covered=covered),
        a_line(4, assurance="N1", proof=FOLLOWED_PROGRAMME, parts=("Messagerie", "X-Road"), is_attestation=True),
    ]
    lines = [*unlike, *(a_line(number) for number in range(5, count + 1))][:count]
    return PassportContent(
        public_code="8Q4MXK2P9TRA",
        verification_url="https://academie.example.bj/p/8Q4MXK2P9TRA/",
        printed_name=a_snapshot().printed_name,
        dated_at=datetime(2026, 12, 1, 8, 30, tzinfo=UTC),
        site_name="Académie CTD",
        issuer="Centre de transformation digitale",
        issuer_parent="Agence des systèmes d’information et du numérique",
        lines=tuple(lines),
    )


def heavy_logo() -> Logo:
    """A picture that takes all the room that pictures may take."""
    points = random.Random(5)
    path = "M50 50"
    logo = None
    while True:
        path += "".join(f"L{points.randint(0, 9999) / 100} {points.randint(0, 9999) / 100}" for _ in range(40))
        try:
            logo = read_logo(f'<svg viewBox="0 0 100 100"><path d="{path}z"/></svg>'.encode(), "Armoiries")
        except LogoRefused:
            return logo


def open_badge(snapshot) -> Attachment:
    """As heavy as a real credential (4 kB), its proof as hard to squeeze."""
    proof = random.Random(7).randbytes(400).hex()
    words = f"Ce que prouve {snapshot.course_title}. " * 20
    credential = {
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        ],
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": snapshot.course_title,
        "criteria": words,
        "proof": [{"type": "DataIntegrityProof", "proofValue": proof}],
    }
    content = json.dumps(credential, ensure_ascii=False).encode()
    return Attachment("badge.json", "application/vc+ld+json", content, "Open Badge 3.0")
