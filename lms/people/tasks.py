"""The Celery task of people: each night, groups lose the members whose role has ended, and gain those whose begins."""

from celery import shared_task

from lms.people.actions import sync_memberships


@shared_task(name="people.sync_memberships")
def sync_memberships_task():
    sync_memberships()
