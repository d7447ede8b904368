"""The `people` app, and Wagtail's own app of users with our pages in place of its."""

from django.apps import AppConfig, apps
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _
from wagtail.users.apps import WagtailUsersAppConfig


class PeopleConfig(AppConfig):
    default = True
    name = "lms.people"
    label = "people"
    verbose_name = _("Personnes et structures")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        post_migrate.connect(ensure_groups_after_migrate, dispatch_uid="people.ensure_groups")


class AccountsConfig(WagtailUsersAppConfig):
    user_viewset = "lms.people.viewsets.accounts.UserViewSet"


def ensure_groups_after_migrate(app_config, using=DEFAULT_DB_ALIAS, **kwargs):
    """Roles exist as soon as the database does, and follow each upgrade.

    Runs after the last app, when every permission has been made; not when only some apps were migrated.
    """
    last = [config for config in apps.get_app_configs() if config.models_module][-1]
    if app_config != last or using != DEFAULT_DB_ALIAS:
        return
    if {"people_unit", "wagtailcore_collection"} <= set(connections[using].introspection.table_names()):
        from lms.people.actions import ensure_groups

        ensure_groups()
