"""A certificate drawn and sealed, beside the signature alone: the SHA-256 of the same document and one use of the key."""

import hashlib
from datetime import UTC, date, datetime

from django.conf import settings

from bench.measure import own_cpu_ms
from bench.report import Row, row
from certificates.drawing.sheet import draw_certificate
from certificates.sealing.cms import CmsMould
from certificates.sealing.document import seal_document
from certificates.sealing.room import open_sealer
from certificates.snapshot import AttestedLevel, Snapshot

SNAPSHOT = Snapshot(
    number="CTD-2026-000123",
    public_code="7K3MWQ2ZP4XN",
    verification_url="https://example.org/c/7K3MWQ2ZP4XN/",
    printed_name="Afí Ɖéjì Sènan Hounkpatin",
    course_code="messagerie-hygiene",
    course_title="Messagerie professionnelle et hygiène numérique",
    content_version=1,
    course_revision=1,
    duration_minutes=80,
    competences=tuple(AttestedLevel(f"CN{n}", f"Compétence numérique {n}", n, "Autonome") for n in range(1, 5)),
    assurance="N2",
    issued_on=date(2026, 11, 22),
    sealed_at=datetime(2026, 11, 22, 12, tzinfo=UTC),
    site_name="Académie CTD",
    issuer="Centre de transformation digitale",
    issuer_parent="Agence des systèmes d’information et du numérique",
    signatory_name="Koffi Banc",
    signatory_title="Responsable de la certification",
)


def rows() -> list[Row]:
    """One row, in milliseconds of CPU of this process."""
    sealer = open_sealer()

    def sealed() -> bytes:
        drawn = draw_certificate(SNAPSHOT, settings.LMS_FONTS_DIR, sealer.is_sandbox)
        return seal_document(drawn, CmsMould(sealer))

    document = sealed()

    def signature() -> list[bytes]:
        return sealer.sign_digests([hashlib.sha256(document).digest()])

    cost = own_cpu_ms({"sealed": (sealed, 10), "signature": (signature, 200)})
    return [row("certificate_drawn_and_sealed", cost["sealed"], "ms", cost["signature"])]
