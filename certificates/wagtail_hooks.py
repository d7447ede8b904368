"""The entries of certificates in the back office."""

from django.urls import path, reverse
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from certificates.back_office.archive_report import archive_report
from certificates.back_office.bulk_acts import MANY_ACTS
from certificates.back_office.menu import CertificatesGroup
from certificates.back_office.stopping import emergency_stop
from certificates.permissions import HR_OFFICER, OFFICER, VIEW
from lms.core.permissions import can_operate_jobs
from lms.people.rules import Role


@hooks.register("register_admin_viewset")
def certificates_group():
    return CertificatesGroup()


for many_act in MANY_ACTS:
    hooks.register("register_bulk_action", many_act)


@hooks.register("register_admin_urls")
def stop_urls():
    return [path("delivrance/arret/", emergency_stop, name="certificate_stop")]


@hooks.register("register_role_permissions")
def role_permissions():
    return {Role.CERTIFICATION: OFFICER, Role.ADMINISTRATOR: [VIEW], Role.HR: HR_OFFICER}


class OperatorsItem(MenuItem):
    """Shown to those who operate the platform."""

    def is_shown(self, request):
        return can_operate_jobs(request.user)


@hooks.register("register_admin_urls")
def archive_urls():
    return [path("certificats/archives/", archive_report, name="certificate_archives")]


@hooks.register("register_reports_menu_item")
def archives_item():
    label, url = gettext_lazy("Archives des certificats"), reverse("certificate_archives")
    return OperatorsItem(label, url, icon_name="lock", order=700)
