"""The entries of certificates in the back office."""

from django.urls import path, reverse
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from certificates.archive_report import archive_report
from certificates.back_office.designs import DesignViewSet
from certificates.back_office.holds import HoldViewSet
from certificates.back_office.register import CertificateViewSet
from certificates.permissions import OFFICER, VIEW
from lms.core.permissions import can_operate_jobs
from lms.people.rules import Role


@hooks.register("register_admin_viewset")
def certificate_register():
    return CertificateViewSet()


@hooks.register("register_admin_viewset")
def designs():
    return DesignViewSet()


@hooks.register("register_admin_viewset")
def certificate_holds():
    return HoldViewSet()


@hooks.register("register_role_permissions")
def role_permissions():
    return {Role.CERTIFICATION: OFFICER, Role.ADMINISTRATOR: [VIEW], Role.HR: [VIEW]}


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
