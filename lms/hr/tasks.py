"""HR's Celery tasks: each night, levels that expired give way to what other evidence still proves."""

from celery import shared_task
from django.utils import timezone

from lms.hr.actions import refresh_expired_levels


@shared_task(name="hr.refresh_expired_levels")
def refresh_expired_levels_task():
    refresh_expired_levels(timezone.localdate())
