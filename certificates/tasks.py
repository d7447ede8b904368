"""The jobs of certificates, and the nightly watch over the seal's end. Only `issue` opens the seal, in the queue "signing"."""

import hashlib

from celery import shared_task
from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import timezone

from certificates.actions import publish_certificate, reserve_certificate, warn_of_seal_end
from certificates.drawing.sheet import draw_certificate
from certificates.models import Certificate
from certificates.sealing.cms import mould_of
from certificates.sealing.document import seal_document
from certificates.sealing.port import Sealer
from certificates.sealing.room import open_sealer
from lms.core.identity import identity
from lms.core.jobs import job_handler


@job_handler("certificates.issue", queue="signing", max_attempts=20)  # some ten hours: an HSM may be away for a night
def issue(job):
    """Reserve, draw and seal, publish; each step may be repeated, and is done once."""
    certificate = reserve_certificate(job.payload["enrolment"], timezone.now())
    if certificate.is_issued:
        return
    sealer = open_sealer()
    content = sealed_document(certificate, sealer)
    publish_certificate(
        certificate, content, hashlib.sha256(sealer.certificate).hexdigest(), sealer.is_sandbox, timezone.now()
    )


def sealed_document(certificate: Certificate, sealer: Sealer) -> bytes:
    """The bytes of the document, drawn from the snapshot alone, no lock held."""
    drawn = draw_certificate(certificate.printed, settings.LMS_FONTS_DIR, sealer.is_sandbox)
    return seal_document(drawn, mould_of(sealer))


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
    subject = f"Votre certificat : {certificate.course_title}"
    EmailMessage(subject, body, to=[certificate.person.email]).send()


@shared_task(name="certificates.watch_seal")
def watch_seal():
    warn_of_seal_end(timezone.now())
