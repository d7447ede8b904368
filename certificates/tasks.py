"""The jobs of certificates, and the watches over them. `issue` and `archive` alone reach keys, in the queue "signing"."""

import logging
from collections.abc import Sequence
from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from certificates.actions import (
    ARCHIVE_JOB,
    CLOSE_JOB,
    PUBLISH_JOB,
    CredentialSigners,
    archive_batch,
    ask_for_archives,
    ask_for_states,
    awaits_minutes,
    close_log,
    forget_old_names,
    is_held,
    make_credential,
    make_late_credentials,
    publish_certificate,
    publish_states,
    reserve_certificate,
    warn_of_late_archives,
    warn_of_seal_end,
)
from certificates.actions.act_batches import run_acts, settle_line
from certificates.actions.applying import managers_of
from certificates.actions.assigning import TELL_JOB, ask_for_late_holders, assign_version
from certificates.actions.batches import run_batch
from certificates.actions.file_checks import JOB as FILE_CHECK_JOB
from certificates.actions.file_checks import forget_checks, run_check
from certificates.actions.passports import JOB as PASSPORT_JOB
from certificates.actions.passports import publish_passport
from certificates.actions.picturing import JOB as PICTURE_JOB
from certificates.actions.picturing import make_picture
from certificates.actions.programmes import reserve_programme_certificate
from certificates.actions.proving import MinutesAwaited
from certificates.actions.renewals import ask_for_reminders, may_renew
from certificates.actions.stopping import heed_stop
from certificates.actions.versions import ASSIGN_JOB, DECIDED_JOB
from certificates.drawing.attachments import Attachment
from certificates.drawing.passport import draw_passport
from certificates.drawing.sheet import draw_certificate
from certificates.keys.purposes import Purpose
from certificates.lasting.port import StampUnavailable, TimeStamper
from certificates.lasting.proofs import ProofKeeper
from certificates.lasting.room import certificates_of, open_revocation_source, open_time_stamper
from certificates.lasting.signature import seal_and_stamp, seal_and_stamp_all
from certificates.models import (
    ActBatch,
    Certificate,
    CertificateAct,
    CertificateFile,
    Credential,
    FileCheck,
    Hold,
    IssueBatch,
    NameCorrection,
    Passport,
    Recertification,
    SubstantialVersion,
    WorkApplication,
)
from certificates.sealing.port import SealerRefused
from certificates.sealing.room import open_sealer, open_signer
from certificates.verifying.trust import time_roots, trusted_roots
from lms.core.identity import identity
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
    issue_all(job.payload["enrolments"])


def issue_all(enrolments: Sequence[int]) -> None:
    """What both do."""
    heed_stop(Enrolment.objects.filter(pk__in=enrolments).values("person"))
    certificates = [
        reserve_certificate(enrolment, timezone.now())
        for enrolment in enrolments
        if not awaits_minutes(enrolment) and not is_held(enrolment, timezone.now())
    ]
    make_documents(certificates)


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


@shared_task(name="certificates.publish_states_due")
def publish_states_due():
    """Once an hour, and soon after an installation begins."""
    ask_for_states(unless_since=timezone.now() - timedelta(minutes=50))


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


@job_handler(PICTURE_JOB, max_attempts=3)
def draw_picture(job):
    """The picture of one file, which needs no key."""
    make_picture(CertificateFile.objects.select_related("certificate").get(pk=job.payload["file"]), timezone.now())


@job_handler(FILE_CHECK_JOB, queue="checks", max_attempts=3)
def check_file(job):
    """A stranger's file, in a queue of its own: hostile ones keep no other work waiting."""
    check = FileCheck.objects.waiting().filter(pk=job.payload["check"]).first()
    if check is not None:  # else done, or forgotten
        run_check(check, timezone.now())


@shared_task(name="certificates.forget_checks_done")
def forget_checks_done():
    forget_checks(timezone.now())


@job_handler("certificates.tell")
def tell(job):
    """Tell the learner by e-mail. Sent twice if the worker dies between sending and saying so."""
    certificate = Certificate.objects.select_related("person").get(pk=job.payload["certificate"])
    context = {
        "certificate": certificate,
        "printed": certificate.printed,
        "url": f"{settings.LMS_PUBLIC_URL}{certificate.get_absolute_url()}",
        "site_name": identity().name,
    }
    body = render_to_string("certificates/email/issued.txt", context)
    document = "attestation" if certificate.printed.is_attestation else "certificat"
    subject = f"Votre {document} : {certificate.course_title}"
    EmailMessage(subject, body, to=[certificate.person.email]).send()


@job_handler("certificates.tell_act")
def tell_act(job):
    """Tell the learner that their certificate is suspended, given back or revoked, and why."""
    act = CertificateAct.objects.select_related("certificate__person").get(pk=job.payload["act"])
    certificate = act.certificate
    context = {
        "act": act,
        "certificate": certificate,
        "url": f"{settings.LMS_PUBLIC_URL}{certificate.get_absolute_url()}",
        "contact": settings.LMS_CONTACT_EMAIL,
        "site_name": identity().name,
    }
    body = render_to_string("certificates/email/act.txt", context)
    subject = f"Votre certificat {certificate.printed_number} : {act.get_verb_display()}"
    EmailMessage(subject, body, to=[certificate.person.email]).send()


@job_handler("certificates.run_batch")
def run_approved_batch(job):
    """Ask for the certificates of a batch that was approved."""
    run_batch(IssueBatch.objects.get(pk=job.payload["batch"], state=IssueBatch.State.APPROVED))


@job_handler("certificates.run_acts")
def run_approved_acts(job):
    """Ask for each act of a batch that was approved."""
    run_acts(ActBatch.objects.get(pk=job.payload["batch"], state=ActBatch.State.APPROVED))


@job_handler("certificates.act")
def act_on_one(job):
    """One line of a batch of acts."""
    settle_line(job.payload["line"], timezone.now())


@job_handler("certificates.reissue_together", queue="signing", max_attempts=3)
def reissue_together(job):
    """Several lines of a batch, whose new documents are sealed with one authorisation; each has jobs of its own too."""
    lines = [settle_line(pk, timezone.now()) for pk in job.payload["lines"]]
    heirs = Certificate.objects.filter(former__in=[line.certificate_id for line in lines])
    make_documents(list(heirs.filter(origin=Certificate.Origin.REISSUE).order_by("pk")))


@job_handler("certificates.tell_correction")
def tell_correction(job):
    """Tell the holder what was decided of their name."""
    rows = NameCorrection.objects.select_related("certificate__person")
    correction = rows.get(pk=job.payload["correction"])
    person = correction.certificate.person
    url = f"{settings.LMS_PUBLIC_URL}{reverse('certificates:mine')}"
    context = {"correction": correction, "person": person, "url": url, "site_name": identity().name}
    body = render_to_string("certificates/email/correction.txt", context)
    EmailMessage("Le nom sur vos certificats", body, to=[person.email]).send()


@job_handler("certificates.tell_renewal")
def tell_renewal(job):
    """Remind the holder that a certificate ends soon, and how to renew it."""
    certificate = Certificate.objects.select_related("person").get(pk=job.payload["certificate"])
    if not may_renew(certificate, timezone.localdate()):
        return
    url = f"{settings.LMS_PUBLIC_URL}{reverse('certificates:renewal', args=[certificate.pk])}"
    context = {"certificate": certificate, "url": url, "site_name": identity().name}
    body = render_to_string("certificates/email/renewal.txt", context)
    EmailMessage(
        f"Votre certificat {certificate.printed_number} arrive à son terme", body, to=[certificate.person.email]
    ).send()


@job_handler(ASSIGN_JOB)
def assign(job):
    """Ask the holders concerned by a substantial version to come up to it; run again, goes on where it was."""
    version = SubstantialVersion.objects.in_force().select_related("course").get(pk=job.payload["version"])

    def report(seen, total):
        job.report_progress(100 * seen // total, f"{seen} titulaires sur {total}")

    assign_version(version, timezone.now(), report)


@job_handler(TELL_JOB)
def tell_update(job):
    """Tell a holder what changed in their course, and how little there is to do."""
    rows = Recertification.objects.open().select_related("enrolment__person", "version__course")
    found = rows.filter(pk=job.payload["recertification"]).first()
    if found is None:  # done, or taken up by a later version, meanwhile
        return
    url = f"{settings.LMS_PUBLIC_URL}{reverse('certificates:update', args=[found.pk])}"
    context = {
        "person": found.enrolment.person,
        "course": found.version.course,
        "version": found.version,
        "lessons": found.lessons,
        "question_count": found.question_count,
        "url": url,
        "site_name": identity().name,
    }
    body = render_to_string("certificates/email/update.txt", context)
    subject = f"La formation « {found.version.course.title} » a changé"
    EmailMessage(subject, body, to=[found.enrolment.person.email]).send()


@job_handler(DECIDED_JOB)
def tell_version(job):
    """Tell who proposed a substantial version what was decided of it."""
    rows = SubstantialVersion.objects.select_related("course", "marked_by", "decision")
    version = rows.get(pk=job.payload["version"])
    url = f"{settings.LMS_PUBLIC_URL}{reverse('certificate_versions:version', args=[version.pk])}"
    context = {"version": version, "url": url, "site_name": identity().name}
    body = render_to_string("certificates/email/version.txt", context)
    subject = f"Version importante de « {version.course.title} » : {version.state}"
    EmailMessage(subject, body, to=[version.marked_by.email]).send()


@job_handler("certificates.tell_application")
def tell_application(job):
    """Tell the managers of a holder, as their posts name them today, what they are asked to confirm."""
    rows = WorkApplication.objects.select_related("holder", "certificate")
    application = rows.get(pk=job.payload["application"])
    url = f"{settings.LMS_PUBLIC_URL}{reverse('certificates:confirmation', args=[application.pk])}"
    for manager in managers_of(application.holder, timezone.localdate()):
        context = {"application": application, "manager": manager, "url": url, "site_name": identity().name}
        body = render_to_string("certificates/email/application.txt", context)
        EmailMessage(f"À confirmer : {application.holder}", body, to=[manager.email]).send()


@job_handler("certificates.tell_decision")
def tell_decision(job):
    """Tell the holder what their hierarchy answered."""
    rows = WorkApplication.objects.select_related("holder", "certificate", "decision__author")
    application = rows.get(pk=job.payload["application"])
    url = f"{settings.LMS_PUBLIC_URL}{reverse('certificates:application', args=[application.certificate_id])}"
    context = {"application": application, "decision": application.decision, "url": url, "site_name": identity().name}
    body = render_to_string("certificates/email/decision.txt", context)
    EmailMessage("Application au travail : la réponse", body, to=[application.holder.email]).send()


@job_handler("certificates.tell_hold")
def tell_hold(job):
    """Tell the learner that their certificate waits and what to do, or what was decided."""
    hold = Hold.objects.select_related("enrolment__person", "enrolment__course").get(pk=job.payload["hold"])
    context = {
        "hold": hold,
        "course": hold.enrolment.course,
        "url": f"{settings.LMS_PUBLIC_URL}{reverse('certificates:hold', args=[hold.pk])}",
        "contact": hold.enrolment.course.contact_email or settings.LMS_CONTACT_EMAIL,
        "site_name": identity().name,
    }
    body = render_to_string("certificates/email/hold.txt", context)
    subject = f"Votre certificat pour « {hold.enrolment.course.title} »"
    EmailMessage(subject, body, to=[hold.enrolment.person.email]).send()


@shared_task(name="certificates.watch_seal")
def watch_seal():
    warn_of_seal_end(timezone.now())


@shared_task(name="certificates.archive_due")
def archive_due():
    """Ask for the archives that are due, and say so when some are late."""
    now = timezone.now()
    ask_for_archives(now)
    warn_of_late_archives(now)


@shared_task(name="certificates.forget_old_names")
def forget_names_past_retention():
    forget_old_names(timezone.localdate())


@job_handler(CLOSE_JOB, queue="signing")
def close(job):
    """The acts logged, and the root of the log dated; tried again while nobody gives the time."""
    close_log(open_time_stamper(), timezone.now())


@shared_task(name="certificates.close_log_daily")
def close_log_daily():
    enqueue(CLOSE_JOB, key=f"{CLOSE_JOB}:{timezone.localdate().isoformat()}")


@shared_task(name="certificates.remind_of_ends")
def remind_of_ends():
    """Remind those whose certificate may be renewed, once each."""
    ask_for_reminders(timezone.localdate())


@shared_task(name="certificates.ask_late_holders")
def ask_late_holders():
    """Ask who holds a certificate of an earlier version only since the others were asked."""
    ask_for_late_holders(timezone.localdate())
