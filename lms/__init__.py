"""The platform's project package; the Celery app is loaded with Django."""

from lms.celery import app as celery_app

__all__ = ["celery_app"]
