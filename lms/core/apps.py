"""The `core` app: checks and cache invalidation are plugged in when Django is ready."""

from celery.signals import beat_init, worker_init
from django.apps import AppConfig
from django.contrib.auth import get_user_model
from django.db.models.signals import post_delete, post_save
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "lms.core"
    label = "core"
    verbose_name = _("Socle")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from lms.core.checks import refuse_unsafe_worker
        from lms.core.identity import forget_identity
        from lms.core.middleware import forget_user

        for signal in (worker_init, beat_init):
            signal.connect(refuse_unsafe_worker, weak=False)

        for signal in (post_save, post_delete):
            signal.connect(forget_user, sender=get_user_model(), dispatch_uid="core.forget_user")
            signal.connect(forget_identity, sender="core.SiteIdentity", dispatch_uid="core.forget_identity")
