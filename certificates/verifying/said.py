"""What is said of certificates and files to machines: the same as on the pages, under names of the interface."""

from datetime import date

from certificates import rules, storage
from certificates.models import Certificate, CertificateFile
from certificates.snapshot import CoursePart
from certificates.verifying.dropped import Answer
from certificates.verifying.shown import name_is_shown
from certificates.words import ASSURANCE_MEANINGS, assessment_mode


def said_of_certificate(
    certificate: Certificate, file: CertificateFile | None, today: date, is_confirmed: bool
) -> dict[str, object]:
    """Every printed field, the state on that day, and the file downloads serve."""
    printed = certificate.printed
    is_shown = name_is_shown(certificate, is_confirmed)
    state = rules.public_state(certificate.state, certificate.expires_on, today)
    return {
        "number": certificate.printed_number,
        "code": certificate.printed_code,
        "url": printed.verification_url,
        "state": state,
        "state_since": certificate.state_changed_at.isoformat(timespec="seconds"),
        "state_reason": certificate.state_reason,
        "is_valid": state == "valid",
        "is_specimen": bool(file and file.is_specimen),
        "holder": {
            "name": printed.printed_name if is_shown else None,
            "visibility": "erased" if certificate.erased_at else "shown" if is_shown else "masked",
        },
        "course": {
            "title": printed.course_title,
            "content_version": printed.content_version,
            "duration_minutes": printed.duration_minutes,
        },
        "parts": [said_of_part(part) for part in printed.parts],
        "competences": [
            {"code": row.code, "name": row.name, "level": row.level, "level_name": row.level_name}
            for row in printed.competences
        ],
        "assurance": printed.assurance,
        "assurance_meaning": ASSURANCE_MEANINGS[printed.proof],
        "assessment": assessment_mode(printed),
        "issued_on": printed.issued_on.isoformat(),
        "expires_on": certificate.expires_on.isoformat() if certificate.expires_on else None,
        "issuer": {"name": printed.issuer, "parent": printed.issuer_parent},
        "signatory": {"name": printed.signatory_name, "title": printed.signatory_title},
        "file": said_of_its_file(file) if file else None,
    }


def said_of_part(part: CoursePart) -> dict[str, object]:
    """A course of a programme."""
    return {
        "title": part.title,
        "content_version": part.content_version,
        "completed_on": part.completed_on.isoformat(),
        "number": part.number or None,
        "assurance": part.assurance or None,
    }


def said_of_its_file(file: CertificateFile) -> dict[str, object]:
    return {
        "sha256": file.sha256,
        "size_bytes": file.size_bytes,
        "level": file.level,
        "sealed_with_sha256": file.seal_sha256,
        "time_stamped_at": file.stamped_at.isoformat(timespec="seconds") if file.stamped_at else None,
    }


def said_of_file(answer: Answer, content: bytes, today: date) -> dict[str, object]:
    """The three lines; true, false, or null when it cannot be said."""
    intact, ours, valid = answer.lines
    certificate = answer.certificate
    return {
        "sha256": storage.fingerprint(content),
        "is_intact": intact.is_true,
        "is_ours": ours.is_true,
        "is_valid_today": valid.is_true,
        "lines": [line.text for line in answer.lines],
        # Whoever has these very bytes has read the name in them.
        "certificate": said_of_certificate(certificate, answer.file, today, is_confirmed=True) if certificate else None,
        "passport": said_of_passport(answer) if answer.passport else None,
    }


def said_of_passport(answer: Answer) -> dict[str, object]:
    """When it was made, and what became of what it lists; `state` is null where the holder keeps it for their link."""
    printed = answer.passport.printed
    return {
        "code": answer.passport.printed_code,
        "url": printed.verification_url,
        "dated_at": printed.dated_at.isoformat(timespec="seconds"),
        "is_specimen": answer.passport.is_specimen,
        "holder": printed.printed_name or None,
        "documents": [
            {
                "number": one.line.number,
                "course_title": one.line.course_title,
                "state_then": one.line.state,
                "state": one.state or None,
            }
            for one in answer.passport_lines
        ],
    }
