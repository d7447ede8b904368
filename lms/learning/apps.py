"""The `learning` app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LearningConfig(AppConfig):
    name = "lms.learning"
    label = "learning"
    verbose_name = _("Apprentissage")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from lms.learning import receivers  # noqa: F401  connects them
