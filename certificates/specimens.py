"""What a design would make of a real document, or of an example when there is none: marked, never sealed."""

from dataclasses import replace
from datetime import UTC, date, datetime

from django.conf import settings
from django.utils.translation import gettext as _

from certificates.design import DesignContent
from certificates.drawing.sheet import draw_preview
from certificates.models import Certificate, Design
from certificates.permissions import VIEW
from certificates.snapshot import ATTESTATION, FOLLOWED_ONLY, AttestedLevel, Snapshot
from lms.core.identity import identity
from lms.people.models import User


def preview_of(design: Design, viewer: User) -> bytes:
    """The PDF: the last document of the kind that the viewer may see, drawn with the design as it is typed."""
    content = design.content()
    snapshot = last_snapshot(content, viewer) or example(content.kind)
    return draw_preview(signed_as(snapshot, content), settings.LMS_FONTS_DIR, content)


def last_snapshot(content: DesignContent, viewer: User) -> Snapshot | None:
    """Of the last document of the kind whose holder the viewer may see."""
    rows = Certificate.objects.visible_to(viewer, VIEW)
    followed = {"snapshot__assurance": FOLLOWED_ONLY}
    rows = rows.filter(**followed) if content.kind == ATTESTATION else rows.exclude(**followed)
    last = rows.order_by("-pk").first()
    return last.printed if last else None


def signed_as(snapshot: Snapshot, content: DesignContent) -> Snapshot:
    """The same facts, signed by those of the design."""
    return replace(snapshot, signatories=content.signatories) if content.signatories else snapshot


def example(kind: str) -> Snapshot:
    """Facts to draw before anything was issued."""
    is_attestation = kind == ATTESTATION
    return Snapshot(
        number=f"{settings.LMS_CERTIFICATE_SERIES}-2026-000000",
        public_code="000000000000",
        verification_url=f"{settings.LMS_PUBLIC_URL}/verifier/",
        printed_name="Ɖɔ̀súxwɛ́ Àyìnɖé EXEMPLE",
        course_code="exemple",
        course_title=_("Le titre d’une formation, tel qu’il figure au catalogue"),
        content_version=1,
        course_revision=None,
        duration_minutes=150,
        in_person_minutes=360,
        competences=() if is_attestation else (AttestedLevel("CN1", _("Une compétence"), 3, _("Autonome")),),
        covered=(_("CN1 · Une compétence"),) if is_attestation else (),
        assurance=FOLLOWED_ONLY if is_attestation else "N2",
        pass_mark_percent=None if is_attestation else 70,
        issued_on=date(2026, 1, 1),
        sealed_at=datetime(2026, 1, 1, tzinfo=UTC),
        site_name=identity().name,
        issuer=settings.LMS_ISSUER,
        issuer_parent=settings.LMS_ISSUER_PARENT,
        signatory_name=settings.LMS_SIGNATORY_NAME,
        signatory_title=settings.LMS_SIGNATORY_TITLE,
    )
