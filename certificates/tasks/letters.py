"""Jobs that write to holders, managers and authors. A letter leaves twice if the worker dies between sending and saying so."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from certificates.actions.applying import managers_of
from certificates.actions.assigning import TELL_JOB
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
from lms.core.identity import identity
from lms.core.jobs import job_handler


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
