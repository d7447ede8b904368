"""A certificate drawn and sealed, then given its archive, beside the least it could cost: one use of the key, one time-stamp."""

import hashlib
import secrets
from datetime import UTC, date, datetime

from cryptography.hazmat.primitives import hashes
from django.conf import settings
from django.utils import timezone

from bench.measure import own_cpu_ms
from bench.report import Row, row
from certificates.drawing.attachments import Attachment
from certificates.drawing.sheet import draw_certificate
from certificates.lasting.archive import Archived, archive
from certificates.lasting.proofs import ProofKeeper, Subject
from certificates.lasting.room import certificates_of, open_revocation_source, open_time_stamper
from certificates.lasting.signature import seal_and_stamp
from certificates.lasting.token import question_about
from certificates.sealing.cms import CmsMould
from certificates.sealing.document import seal_document
from certificates.sealing.room import open_sealer
from certificates.sealing.signer import Signer
from certificates.snapshot import AttestedLevel, Snapshot
from certificates.verifying.trust import time_roots, trusted_roots

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
# As heavy as the real ones: a signed badge inside, and its signature in the QR code.
BADGE = Attachment("badge.json", "application/vc+ld+json", secrets.token_hex(1800).encode(), "Open Badge 3.0")
CODE_TEXT = f"{SNAPSHOT.verification_url}#{secrets.token_urlsafe(210)}"
ASKED_A_SECOND = 65  # and core


def rows() -> list[Row]:
    """In milliseconds of CPU of this process."""
    sealer = uncounted(open_sealer())
    return [*sealing_rows(sealer), archive_row(sealer)]


def uncounted(sealer: Signer) -> Signer:
    """The same key, whose signatures are verified but not counted in the database: one row more is no part of a seal."""
    return Signer(sealer.key, sealer.holder, lambda key, signatures: None)


def draw(sealer: Signer) -> bytes:
    return draw_certificate(
        SNAPSHOT, settings.LMS_FONTS_DIR, sealer.is_sandbox, attachments=(BADGE,), code_text=CODE_TEXT
    )


def sealing_rows(sealer: Signer) -> list[Row]:
    """A document drawn and sealed, how many of them a core makes in a second; then one sealed alone, beside a raw
    signature and the SHA-256 of the file.
    """
    drawn, mould = draw(sealer), CmsMould(sealer)

    def drawn_and_sealed() -> bytes:
        return seal_document(draw(sealer), mould)

    def sealed() -> bytes:
        return seal_document(drawn, mould)

    def signature() -> list[bytes]:
        return sealer.holder.sign_digests([hashlib.sha256(drawn).digest()])

    cost = own_cpu_ms(
        {"drawn_and_sealed": (drawn_and_sealed, 10), "sealed": (sealed, 200), "signature": (signature, 200)}
    )
    return [
        row("certificate_drawn_and_sealed", cost["drawn_and_sealed"], "ms", cost["signature"]),
        row("certificates_a_second", 1000 / cost["drawn_and_sealed"], "/s", ASKED_A_SECOND, more_is_better=True),
        row("certificate_sealed", cost["sealed"], "ms", cost["signature"]),
    ]


def archive_row(sealer: Signer) -> Row:
    """A sealed document given its archive, less what the time-stamp service itself costs, which is elsewhere in life."""
    stamper = open_time_stamper()
    first = seal_and_stamp(draw(sealer), sealer, stamper)
    keeper = ProofKeeper(open_revocation_source(), certificates_of([*trusted_roots(), *time_roots()]))
    time_stamp_unit = first.stamp.signer.fingerprint(hashes.SHA256()).hex()
    subject = Subject(first.seal_sha256, time_stamp_unit, timezone.now(), is_archived=False)

    def archived() -> Archived:
        return archive(first.content, keeper.proofs(subject, first.content, first.stamp.chain, timezone.now()), stamper)

    def answer() -> bytes:
        return stamper.authority.answer(question_about(bytes(32), timezone.now()).to_der())

    cost = own_cpu_ms({"archived": (archived, 100), "answer": (answer, 100)})
    return row("certificate_archived", cost["archived"] - cost["answer"], "ms", cost["answer"])
