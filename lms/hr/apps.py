"""The HR application."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HrConfig(AppConfig):
    name = "lms.hr"
    label = "hr"
    verbose_name = _("Compétences des équipes")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from lms.hr import receivers  # noqa: F401  connects certificates_issued and certificate_state_changed
