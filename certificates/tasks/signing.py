"""Jobs that reach keys, in the queue "signing": documents, passports, badges, states, archives, the root of the log."""

import logging
from collections.abc import Sequence

from django.conf import settings
from django.utils import timezone

from certificates.actions import (
    ARCHIVE_JOB,
    CLOSE_JOB,
    PUBLISH_JOB,
    CredentialSigners,
    archive_batch,
    ask_for_states,
    awaits_minutes,
    close_log,
    is_held,
    make_credential,
    make_late_credentials,
    publish_certificate,
    publish_states,
    reserve_certificate,
)
from certificates.actions.act_batches import settle_line
from certificates.actions.passports import JOB as PASSPORT_JOB
from certificates.actions.passports import publish_passport
from certificates.actions.programmes import reserve_programme_certificate
from certificates.actions.proving import MinutesAwaited
from certificates.actions.stopping import heed_stop
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
from lms.learning.models import Enrolment, ProgrammeEnrolment

logger = logging.getLogger(__name__)


@job_handler("certificates.issue", queue="signing", max_attempts=20)  # some ten hours: an HSM may be away for a night
def issue(job):
    """Reserve, draw and seal, publish; each step may be repeated, and is done once. What is held waits for a decision,
    what was passed in a sitting for its minutes, and everything while issuing is stopped.
    """
    if "certificate" not in job.payload:
        if "programme_enrolment" in job.payload:
            return issue_programme(job.payload["programme_enrolment"])
        if awaits_minutes(job.payload["enrolment"]):
            raise MinutesAwaited
        return issue_all([job.payload["enrolment"]])
    certificate = Certificate.objects.get(pk=job.payload["certificate"])
    heed_stop([certificate.person_id])
    return make_documents([certificate])


@job_handler("certificates.issue_together", queue="signing", max_attempts=3)
def issue_together(job):
    """Several, whose seals are asked for with one authorisation where the key is far. Each has a job of its own too, which
    then finds it done, or does it: one that fails here stops nobody.
    """
    issue_all([enrolment for enrolment in job.payload["enrolments"] if not awaits_minutes(enrolment)])


def issue_all(enrolments: Sequence[int]) -> None:
    """What both do, of those that no minutes keep waiting."""
    heed_stop(Enrolment.objects.filter(pk__in=enrolments).values("person"))
    certificates = [
        reserve_certificate(enrolment, timezone.now())
        for enrolment in enrolments
        if not is_held(enrolment, timezone.now())
    ]
    make_documents(certificates)


def issue_programme(enrolment: int) -> None:
    """The certificate of a programme, when all that it stands on is there."""
    heed_stop(ProgrammeEnrolment.objects.filter(pk=enrolment).values("person"))
    certificate = reserve_programme_certificate(enrolment, timezone.now())
    make_documents([certificate] if certificate else [])


@job_handler("certificates.reissue_together", queue="signing", max_attempts=3)
def reissue_together(job):
    """Several lines of a batch, whose new documents are sealed with one authorisation; each has jobs of its own too."""
    lines = [settle_line(pk, timezone.now()) for pk in job.payload["lines"]]
    heirs = Certificate.objects.filter(former__in=[line.certificate_id for line in lines])
    make_documents(list(heirs.filter(origin=Certificate.Origin.REISSUE).order_by("pk")))


def make_documents(certificates: Sequence[Certificate]) -> None:
    """Draw, seal and publish those that are only reserved, no lock held."""
    certificates = [one for one in certificates if one.state == Certificate.State.RESERVED]
    if not certificates:
        return
    sealer, signers = open_sealer(), credential_signers()
    drawn = [drawn_document(one, sealer.is_sandbox, signers) for one in certificates]
    for certificate, sealed in zip(
        certificates, seal_and_stamp_all(drawn, sealer, time_stamper_at_issue()), strict=True
    ):
        heed_stop([certificate.person_id])
        publish_certificate(certificate, sealed, timezone.now())


def drawn_document(certificate: Certificate, is_specimen: bool, signers: CredentialSigners | None) -> bytes:
    """The document, drawn from the snapshot, its design and the signed badge alone, no lock held."""
    credential = make_credential(certificate, signers, timezone.now()) if signers else None
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
