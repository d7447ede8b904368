"""Jobs that write to holders, managers and authors. A letter leaves twice if the worker dies between sending and saying so."""

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from certificates.actions.applying import managers_of
from certificates.actions.assigning import TELL_JOB
from certificates.actions.programme_renewals import outlook_of
from certificates.actions.renewals import may_renew
from certificates.actions.versions import DECIDED_JOB
from certificates.models import (
    Certificate,
    CertificateAct,
    Hold,
    NameCorrection,
    Recertification,
    SubstantialVersion,
    WorkApplication,
)
from lms.core.jobs import job_handler
from lms.core.letters import send_letter


@job_handler("certificates.tell")
def tell(job):
    """Tell the learner by e-mail. Sent twice if the worker dies between sending and saying so."""
    certificate = Certificate.objects.select_related("person").get(pk=job.payload["certificate"])
    document = "attestation" if certificate.printed.is_attestation else "certificat"
    subject, path = f"Votre {document} : {certificate.course_title}", certificate.get_absolute_url()
    context = {"certificate": certificate, "printed": certificate.printed}
    send_letter(certificate.person.email, "certificates/email/issued.txt", subject, path, **context)


@job_handler("certificates.tell_act")
def tell_act(job):
    """Tell the learner that their certificate is suspended, given back or revoked, and why."""
    act = CertificateAct.objects.select_related("certificate__person").get(pk=job.payload["act"])
    certificate = act.certificate
    subject, path = (
        f"Votre certificat {certificate.printed_number} : {act.get_verb_display()}",
        certificate.get_absolute_url(),
    )
    context = {"act": act, "certificate": certificate, "contact": settings.LMS_CONTACT_EMAIL}
    send_letter(certificate.person.email, "certificates/email/act.txt", subject, path, **context)


@job_handler("certificates.tell_correction")
def tell_correction(job):
    """Tell the holder what was decided of their name."""
    rows = NameCorrection.objects.select_related("certificate__person")
    correction = rows.get(pk=job.payload["correction"])
    person = correction.certificate.person
    context = {"correction": correction, "person": person}
    subject, path = "Le nom sur vos certificats", reverse("certificates:mine")
    send_letter(person.email, "certificates/email/correction.txt", subject, path, **context)


@job_handler("certificates.tell_hold")
def tell_hold(job):
    """Tell the learner that their certificate waits and what to do, or what was decided."""
    hold = Hold.objects.select_related("enrolment__person", "enrolment__course").get(pk=job.payload["hold"])
    context = {
        "hold": hold,
        "course": hold.enrolment.course,
        "contact": hold.enrolment.course.contact_email or settings.LMS_CONTACT_EMAIL,
    }
    subject = f"Votre certificat pour « {hold.enrolment.course.title} »"
    path = reverse("certificates:hold", args=[hold.pk])
    send_letter(hold.enrolment.person.email, "certificates/email/hold.txt", subject, path, **context)


@job_handler("certificates.tell_renewal")
def tell_renewal(job):
    """Remind the holder that a certificate ends soon, and how to renew it."""
    certificate = Certificate.objects.select_related("person").get(pk=job.payload["certificate"])
    today, outlook = timezone.localdate(), None
    if certificate.is_of_programme:
        outlook, path = outlook_of(certificate, today), certificate.get_absolute_url()
        if certificate.state_today != Certificate.State.VALID or outlook.renewal:
            return
    elif may_renew(certificate, today):
        path = reverse("certificates:renewal", args=[certificate.pk])
    else:
        return
    subject = f"Votre certificat {certificate.printed_number} arrive à son terme"
    context = {"certificate": certificate, "outlook": outlook, "contact": settings.LMS_CONTACT_EMAIL}
    send_letter(certificate.person.email, "certificates/email/renewal.txt", subject, path, **context)


@job_handler(TELL_JOB)
def tell_update(job):
    """Tell a holder what changed in their course, and how little there is to do."""
    rows = Recertification.objects.open().select_related("enrolment__person", "version__course")
    found = rows.filter(pk=job.payload["recertification"]).first()
    if found is None:  # done, or taken up by a later version, meanwhile
        return
    context = {
        "person": found.enrolment.person,
        "course": found.version.course,
        "version": found.version,
        "lessons": found.lessons,
        "question_count": found.question_count,
    }
    subject = f"La formation « {found.version.course.title} » a changé"
    path = reverse("certificates:update", args=[found.pk])
    send_letter(found.enrolment.person.email, "certificates/email/update.txt", subject, path, **context)


@job_handler(DECIDED_JOB)
def tell_version(job):
    """Tell who proposed a substantial version what was decided of it."""
    rows = SubstantialVersion.objects.select_related("course", "marked_by", "decision")
    version = rows.get(pk=job.payload["version"])
    subject = f"Version importante de « {version.course.title} » : {version.state}"
    path = reverse("certificate_versions:version", args=[version.pk])
    send_letter(version.marked_by.email, "certificates/email/version.txt", subject, path, version=version)


@job_handler("certificates.tell_application")
def tell_application(job):
    """Tell the managers of a holder, as their posts name them today, what they are asked to confirm."""
    rows = WorkApplication.objects.select_related("holder", "certificate")
    application = rows.get(pk=job.payload["application"])
    subject, path = f"À confirmer : {application.holder}", reverse("certificates:confirmation", args=[application.pk])
    for manager in managers_of(application.holder, timezone.localdate()):
        context = {"application": application, "manager": manager}
        send_letter(manager.email, "certificates/email/application.txt", subject, path, **context)


@job_handler("certificates.tell_decision")
def tell_decision(job):
    """Tell the holder what their hierarchy answered."""
    rows = WorkApplication.objects.select_related("holder", "certificate", "decision__author")
    application = rows.get(pk=job.payload["application"])
    subject = "Application au travail : la réponse"
    path = reverse("certificates:application", args=[application.certificate_id])
    context = {"application": application, "decision": application.decision}
    send_letter(application.holder.email, "certificates/email/decision.txt", subject, path, **context)
