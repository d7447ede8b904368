"""The certificates application."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CertificatesConfig(AppConfig):
    name = "certificates"
    verbose_name = _("Certificats")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from certificates import checks, receivers  # noqa: F401  what is checked at the start; connects course_completed
