"""What the clock asks for: watches, reminders, and what is due."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from certificates.actions import (
    CLOSE_JOB,
    ask_for_archives,
    ask_for_states,
    forget_old_names,
    warn_of_late_archives,
    warn_of_seal_end,
)
from certificates.actions.assigning import ask_for_late_holders
from certificates.actions.file_checks import forget_checks
from certificates.actions.programme_renewals import ask_for_endings
from certificates.actions.renewals import ask_for_reminders
from lms.core.jobs import enqueue


@shared_task(name="certificates.publish_states_due")
def publish_states_due():
    """Once an hour, and soon after an installation begins."""
    ask_for_states(unless_since=timezone.now() - timedelta(minutes=50))


@shared_task(name="certificates.forget_checks_done")
def forget_checks_done():
    forget_checks(timezone.now())


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


@shared_task(name="certificates.close_log_daily")
def close_log_daily():
    enqueue(CLOSE_JOB, key=f"{CLOSE_JOB}:{timezone.localdate().isoformat()}")


@shared_task(name="certificates.remind_of_ends")
def remind_of_ends():
    """Remind those whose certificate may be renewed, once each, and renew those of programmes whose courses go on."""
    ask_for_reminders(timezone.localdate())
    ask_for_endings(timezone.localdate())


@shared_task(name="certificates.ask_late_holders")
def ask_late_holders():
    """Ask who holds a certificate of an earlier version only since the others were asked."""
    ask_for_late_holders(timezone.localdate())
