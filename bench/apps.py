"""The bench as a Django application: its own pages, views and tasks, installed by `bench.settings` alone."""

from django.apps import AppConfig


class BenchConfig(AppConfig):
    name = "bench"
    default_auto_field = "django.db.models.BigAutoField"
