"""`manage.py sync_roles`: give each role's group its permissions and its members of today; can run at any time."""

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from lms.people.actions import ensure_groups, sync_memberships


class Command(BaseCommand):
    help = "Create the role groups, give them their permissions, and follow the roles in force today."

    def handle(self, *args, **options):
        ensure_groups()
        self.stdout.write(_("%(count)d appartenances à un groupe corrigées") % {"count": sync_memberships()})
