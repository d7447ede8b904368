"""A name to correct on certificates: asked for with a proof, checked by HR, approved by a certificate officer."""

import hashlib
from datetime import datetime

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction

from certificates import rules
from certificates.actions.succession import reissue_certificate
from certificates.models import Certificate, NameCorrection
from lms.assessment.rules.uploads import check_upload, shown_name
from lms.core import audit
from lms.core.jobs import enqueue
from lms.people.actions import correct_identity
from lms.people.models import User
from lms.people.rules import plain_name

State = NameCorrection.State
PROOF = {"extensions": ["pdf", "jpg", "png"], "max_mb": 5}


class CorrectionRefused(Exception):
    """Nothing to correct, one is under way, somebody decided already, or not this person's to decide."""


@transaction.atomic
def ask_for_correction(
    certificate: Certificate, first_name: str, last_name: str, explanation: str, file_name: str, proof: bytes, now: datetime
) -> NameCorrection:  # fmt: skip
    """The holder asks for another name, with a proof. Raises UploadRefused, CorrectionRefused."""
    check_upload(file_name, proof, PROOF)
    first_name, last_name = plain_name(first_name), plain_name(last_name)
    is_same = rules.composed(f"{first_name} {last_name}") == certificate.printed_name
    if is_same or certificate.state != Certificate.State.VALID or not explanation.strip():
        raise CorrectionRefused
    try:
        with transaction.atomic():
            correction = NameCorrection.objects.create(
                certificate=certificate,
                first_name=first_name,
                last_name=last_name,
                explanation=explanation.strip(),
                asked_at=now,
                proof_name=shown_name(file_name),
                proof_sha256=hashlib.sha256(proof).hexdigest(),
            )
    except IntegrityError as error:
        raise CorrectionRefused from error
    audit.record("certificate.ask_correction", certificate.person, correction)
    correction.proof.save("", ContentFile(proof))  # last: what is refused leaves no file behind
    return correction


@transaction.atomic
def check_correction(correction: NameCorrection, actor: User, note: str, now: datetime) -> NameCorrection:
    """HR vouches for the name, having seen the proof. Locks the request. Raises CorrectionRefused."""
    correction = _locked(correction, [State.ASKED])
    correction.state, correction.checked_by, correction.checked_at = State.CHECKED, actor, now
    correction.check_note = note.strip()
    correction.save()
    audit.record("certificate.check_correction", actor, correction, note=correction.check_note)
    return correction


@transaction.atomic
def approve_correction(correction: NameCorrection, actor: User, reason: str, now: datetime) -> NameCorrection:
    """Write the name in the account, and issue again every valid certificate that prints the old one.

    Who checked does not approve. Locks the request, then what it issues. Raises CorrectionRefused.
    """
    correction = _locked(correction, [State.CHECKED])
    if correction.checked_by_id == actor.pk or not reason.strip():
        raise CorrectionRefused
    _decide(correction, State.APPROVED, actor, reason, now)
    asked, person = correction.certificate, correction.certificate.person
    correct_identity(
        person, first_name=correction.first_name, last_name=correction.last_name, matricule=person.matricule, by=actor
    )
    alike = Certificate.objects.proving().filter(person=person, printed_name=asked.printed_name).order_by("pk")
    for certificate in alike:
        reissue_certificate(
            certificate,
            Certificate.Origin.CORRECTION,
            actor,
            reason,
            now,
            printed_name=rules.composed(correction.new_name),
        )
    return correction


@transaction.atomic
def refuse_correction(correction: NameCorrection, actor: User, reason: str, now: datetime) -> NameCorrection:
    """Leave the name as it is, with a reason the holder reads. Locks the request. Raises CorrectionRefused."""
    correction = _locked(correction, [State.ASKED, State.CHECKED])
    if not reason.strip():
        raise CorrectionRefused
    _decide(correction, State.REFUSED, actor, reason, now)
    return correction


def _locked(correction, states) -> NameCorrection:
    rows = NameCorrection.objects.select_for_update(of=("self",)).select_related("certificate__person")
    correction = rows.get(pk=correction.pk)
    if correction.state not in states:
        raise CorrectionRefused
    return correction


def _decide(correction, state, actor, reason, now):
    correction.state, correction.decided_by, correction.decided_at = state, actor, now
    correction.reason = reason.strip()
    correction.save()
    audit.record(f"certificate.correction_{state}", actor, correction, reason=correction.reason)
    key = f"certificate:correction:{correction.pk}"
    enqueue("certificates.tell_correction", key=key, payload={"correction": correction.pk})
