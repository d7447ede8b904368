"""Jobs that reach keys, in the queue "signing": documents, passports, badges, states, archives, the root of the log."""

import logging
from collections.abc import Collection, Sequence

from django.conf import settings
from django.utils import timezone

from certificates.actions import (
    ARCHIVE_JOB,
    CLOSE_JOB,
    PUBLISH_JOB,
    CredentialSigners,
    archive_batch,
    ask_for_states,
    awaiting_minutes,
    close_log,
    held,
    make_credentials,
    make_late_credentials,
    publish_certificates,
    publish_states,
    reserve_certificates,
)
from certificates.actions.passports import JOB as PASSPORT_JOB
from certificates.actions.passports import publish_passport
from certificates.actions.programmes import reserve_programme_certificate
from certificates.actions.proving import MinutesAwaited
from certificates.actions.stopping import heed_stop, stopped_among
from certificates.drawing.attachments import Attachment
from certificates.drawing.passport import draw_passport
from certificates.drawing.sheet import draw_certificate
from certificates.keys.purposes import Purpose
from certificates.lasting.port import StampUnavailable, TimeStamper
from certificates.lasting.proofs import ProofKeeper
from certificates.lasting.room import certificates_of, open_revocation_source, open_time_stamper
from certificates.lasting.signature import seal_and_stamp, seal_and_stamp_all
from certificates.models import (
    Certificate,
    Credential,
    Passport,
)
from certificates.sealing.port import SealerRefused
from certificates.sealing.room import open_sealer, open_signer
from certificates.verifying.trust import time_roots, trusted_roots
from lms.core.jobs import enqueue, job_handler
from lms.core.models import Job
from lms.learning.models import Enrolment, ProgrammeEnrolment

logger = logging.getLogger(__name__)


def issue_together(jobs: Sequence[Job]) -> set[int]:
    """What `issue` does, of many at once: the same queries, one authorisation where the key is far. The jobs that it did.

    Left to `issue`: programmes, and what must wait for minutes, or while issuing is stopped.
    """
    enrolments = {job.payload["enrolment"] for job in jobs if "enrolment" in job.payload}
    numbers = [job.payload["certificate"] for job in jobs if "certificate" in job.payload]
    reserved = list(Certificate.objects.filter(pk__in=numbers))
    people = dict(Enrolment.objects.filter(pk__in=enrolments).values_list("pk", "person"))
    stopped = stopped_among({*people.values(), *(one.person_id for one in reserved)})
    ready = {pk for pk, person in people.items() if person not in stopped} - awaiting_minutes(enrolments)
    going = {one.pk: one for one in reserved if one.person_id not in stopped}
    make_documents(list((going | {one.pk: one for one in reserve_unheld(ready)}).values()))
    return {job.pk for job in jobs if job.payload.get("enrolment") in ready or job.payload.get("certificate") in going}


# Some ten hours: an HSM may be away for a night.
@job_handler("certificates.issue", queue="signing", max_attempts=20, together=issue_together)
def issue(job):
    """Reserve, draw and seal, publish; each step may be repeated, and is done once. What is held waits for a decision,
    what was passed in a sitting for its minutes, and everything while issuing is stopped.
    """
    if "certificate" in job.payload:
        certificate = Certificate.objects.get(pk=job.payload["certificate"])
        heed_stop([certificate.person_id])
        return make_documents([certificate])
    if "programme_enrolment" in job.payload:
        return issue_programme(job.payload["programme_enrolment"])
    enrolment = job.payload["enrolment"]
    if awaiting_minutes([enrolment]):
        raise MinutesAwaited
    heed_stop(Enrolment.objects.filter(pk=enrolment).values("person"))
    return make_documents(reserve_unheld([enrolment]))


def reserve_unheld(enrolments: Collection[int]) -> list[Certificate]:
    now = timezone.now()
    return reserve_certificates(set(enrolments) - held(enrolments, now), now)


def issue_programme(enrolment: int) -> None:
    """The certificate of a programme, when all that it stands on is there."""
    heed_stop(ProgrammeEnrolment.objects.filter(pk=enrolment).values("person"))
    certificate = reserve_programme_certificate(enrolment, timezone.now())
    make_documents([certificate] if certificate else [])


def make_documents(certificates: Sequence[Certificate]) -> None:
    """Draw, seal and publish those that are only reserved, no lock held."""
    certificates = [one for one in certificates if one.state == Certificate.State.RESERVED]
    if not certificates:
        return
    sealer, signers = open_sealer(), credential_signers()
    badges = make_credentials(certificates, signers, timezone.now()) if signers else {}
    drawn = [drawn_document(one, sealer.is_sandbox, badges.get(one.pk)) for one in certificates]
    sealed = seal_and_stamp_all(drawn, sealer, time_stamper_at_issue())
    heed_stop([one.person_id for one in certificates])
    publish_certificates(list(zip(certificates, sealed, strict=True)), timezone.now())


def drawn_document(certificate: Certificate, is_specimen: bool, credential: Credential | None) -> bytes:
    """The document, drawn from the snapshot, its design and the signed badge alone."""
    return draw_certificate(
        certificate.printed,
        settings.LMS_FONTS_DIR,
        is_specimen,
        certificate.design,
        (badge_inside(credential),) if credential else (),
        code_text=credential.code_text if credential else "",
    )


def badge_inside(credential: Credential) -> Attachment:
    return Attachment("badge.json", "application/ld+json", credential.document.encode(), "Open Badge 3.0")


def credential_signers() -> CredentialSigners | None:
    """The keys of badges; None where they are not set up, and documents are then issued without."""
    try:
        return CredentialSigners(
            proof=open_signer(Purpose.CREDENTIAL_ED25519),
            token=open_signer(Purpose.CREDENTIAL_ES256),
            code=open_signer(Purpose.QR_ES256),
        )
    except SealerRefused as refusal:
        logger.warning("Documents délivrés sans badge : %s", refusal)
        return None


@job_handler(PASSPORT_JOB, queue="signing", max_attempts=20)
def make_passport(job):
    """Draw, seal and keep a passport, no lock held; while issuing is stopped, it waits too."""
    passport = Passport.objects.get(pk=job.payload["passport"])
    heed_stop([passport.person_id])
    if passport.state != Passport.State.ASKED:
        return
    sealer = open_sealer()
    drawn = draw_passport(passport.printed, settings.LMS_FONTS_DIR, sealer.is_sandbox)
    sealed = seal_and_stamp(drawn, sealer, time_stamper_at_issue())
    heed_stop([passport.person_id])
    publish_passport(passport, sealed, timezone.now())


@job_handler(PUBLISH_JOB, queue="signing")
def publish(job):
    """Badges that are missing are made, then the lists of states signed anew."""
    signers = credential_signers()
    if signers is None:
        return
    made = make_late_credentials(signers, timezone.now())
    publish_states(signers, open_signer(Purpose.STATUS), timezone.now())
    if made:
        ask_for_states()


def time_stamper_at_issue() -> TimeStamper | None:
    """Nobody waits for the time: without a service, the seal goes without."""
    try:
        return open_time_stamper()
    except StampUnavailable:
        return None


@job_handler(ARCHIVE_JOB, queue="signing")
def archive(job):
    """One batch; it asks for the next, so that certificates to issue in the meantime are not kept waiting."""
    stamper = open_time_stamper()
    if stamper is None:
        raise StampUnavailable("Aucun service d’horodatage : réglez LMS_TSA_URL.")
    keeper = ProofKeeper(open_revocation_source(), certificates_of([*trusted_roots(), *time_roots()]))
    batch = archive_batch(job.payload.get("after", 0), keeper, stamper, timezone.now)
    if batch.last:
        enqueue(ARCHIVE_JOB, key=f"{ARCHIVE_JOB}:after:{job.pk}", payload={"after": batch.last})
    if batch.failures:
        file, reason = next(iter(batch.failures.items()))
        job.report_progress(
            100, f"{len(batch.failures)} sans archive, dont {file.certificate.printed_number} : {reason}"
        )


@job_handler(CLOSE_JOB, queue="signing")
def close(job):
    """The acts logged, and the root of the log dated; tried again while nobody gives the time."""
    close_log(open_time_stamper(), timezone.now())
