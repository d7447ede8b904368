"""Snapshots and a badge to draw documents from, ordinary and extreme, without a database."""

import json
import random

from certificates.drawing.attachments import Attachment
from certificates.snapshot import AttestedLevel
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
