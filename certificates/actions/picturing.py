"""The picture of a certificate: made of its very file by a job, the first time someone looks at its page."""

from datetime import datetime
from functools import partial

from django.db import IntegrityError, transaction

from certificates import storage
from certificates.drawing.image import picture_of
from certificates.models import Certificate, CertificateFile, Picture
from lms.core.jobs import enqueue
from lms.core.models import Job

JOB = "certificates.make_picture"
UNDER_WAY = (Job.State.WAITING, Job.State.RUNNING)


def picture_to_show(certificate: Certificate) -> Picture | None:
    """The picture of a certificate whose name is not erased; one query."""
    return Picture.objects.filter(file__certificate=certificate, file__certificate__erased_at__isnull=True).first()


def ask_for_picture(file: CertificateFile) -> bool:
    """Put it in the outbox, once; whether it is still on its way."""
    job = enqueue(JOB, key=f"certificate:picture:{file.pk}", payload={"file": file.pk})
    return job.state in UNDER_WAY


def make_picture(file: CertificateFile, now: datetime) -> None:
    """Draw it and keep it; done again, it changes nothing. A name erased in the meantime leaves none.

    Locks the certificate from the look at its name to the row. Raises FileDamaged.
    """
    if file.certificate.erased_at or Picture.objects.filter(file=file).exists():
        return
    content, width, height = picture_of(storage.read(file.storage_name, file.sha256))
    with transaction.atomic():
        certificate = Certificate.objects.select_for_update().get(pk=file.certificate_id)
        if certificate.erased_at:
            return
        name = storage.keep_picture(file.sha256, content)
        try:
            with transaction.atomic():
                Picture.objects.create(
                    file=file, storage_name=name, width=width, height=height, size_bytes=len(content), made_at=now
                )
        except IntegrityError:  # another worker was the first
            return


def erase_pictures(certificate: Certificate) -> None:
    """With the files; inside a transaction."""
    pictures = Picture.objects.filter(file__certificate=certificate)
    for picture in pictures:
        transaction.on_commit(partial(storage.drop, picture.storage_name))
    pictures.delete()
