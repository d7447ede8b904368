"""Jobs over many certificates, each line of which is a job of its own; and what stands on several."""

from django.utils import timezone

from certificates.actions.act_batches import JOB as ACT_JOB
from certificates.actions.act_batches import run_acts, settle_line
from certificates.actions.assigning import assign_version
from certificates.actions.batches import run_batch
from certificates.actions.programme_renewals import JOB as RENEW_PROGRAMME_JOB
from certificates.actions.programme_renewals import renew_programme_certificate
from certificates.actions.renewals import ask_for_reminder
from certificates.actions.versions import ASSIGN_JOB
from certificates.models import (
    ActBatch,
    IssueBatch,
    SubstantialVersion,
)
from lms.core.jobs import job_handler


@job_handler("certificates.run_batch")
def run_approved_batch(job):
    """Ask for the certificates of a batch that was approved."""
    run_batch(IssueBatch.objects.get(pk=job.payload["batch"], state=IssueBatch.State.APPROVED))


@job_handler("certificates.run_acts")
def run_approved_acts(job):
    """Ask for each act of a batch that was approved."""
    run_acts(ActBatch.objects.get(pk=job.payload["batch"], state=ActBatch.State.APPROVED))


@job_handler(ACT_JOB)
def act_on_one(job):
    """One line of a batch of acts."""
    settle_line(job.payload["line"], timezone.now())


@job_handler(ASSIGN_JOB)
def assign(job):
    """Ask the holders concerned by a substantial version to come up to it; run again, goes on where it was."""
    version = SubstantialVersion.objects.in_force().select_related("course").get(pk=job.payload["version"])

    def report(seen, total):
        job.report_progress(100 * seen // total, f"{seen} titulaires sur {total}")

    assign_version(version, timezone.now(), report)


@job_handler(RENEW_PROGRAMME_JOB)
def renew_programme(job):
    """The certificate of a programme, once those of its courses go on; its document is another job. Its holder is told, once,
    what keeps one that ends from being renewed.
    """
    renewed = renew_programme_certificate(job.payload["programme_enrolment"], timezone.now())
    if renewed is None and "ending" in job.payload:
        ask_for_reminder(job.payload["ending"])
