"""Jobs over files that need no key: pictures of ours, checks of strangers'."""

from django.utils import timezone

from certificates.actions.file_checks import JOB as FILE_CHECK_JOB
from certificates.actions.file_checks import run_check
from certificates.actions.picturing import JOB as PICTURE_JOB
from certificates.actions.picturing import make_picture
from certificates.models import (
    CertificateFile,
    FileCheck,
)
from lms.core.jobs import job_handler


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
