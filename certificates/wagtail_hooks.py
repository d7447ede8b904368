"""The entries of certificates in the back office."""

from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets import Button

from certificates.actions.programmes import certified_courses
from certificates.back_office.archive_report import archive_report
from certificates.back_office.bulk_acts import MANY_ACTS
from certificates.back_office.menu import CertificatesGroup
from certificates.back_office.stopping import emergency_stop
from certificates.back_office.versions import SubstantialVersionViewSet, mark
from certificates.back_office.waiting import waiting_work
from certificates.models import SubstantialVersion, WorkApplication
from certificates.permissions import HR_OFFICER, OFFICER, VIEW, VIEW_VERSION
from courses.models import CoursePage
from courses.permissions import can_teach
from courses.reviewing import branches_reviewed_by, pages_reviewed_by
from lms.core.permissions import can_operate_jobs
from lms.core.waiting import Waiting
from lms.learning.programmes import CERTIFIED_COURSES
from lms.people.rules import Role


@hooks.register("register_own_work")
def own_work(user):
    """What the people one manages ask one to confirm."""
    waiting = WorkApplication.objects.for_manager(user, timezone.localdate()).open()
    yield Waiting(_("Applications au travail à confirmer"), waiting.count(), reverse("certificates:confirmations"))


@hooks.register("register_admin_viewset")
def certificates_group():
    return CertificatesGroup()


for many_act in MANY_ACTS:
    hooks.register("register_bulk_action", many_act)


@hooks.register("register_admin_viewset")
def substantial_versions():
    return SubstantialVersionViewSet()


@hooks.register("register_admin_urls")
def version_urls():
    return [path("formations/<int:pk>/version-importante/", mark, name="certificate_mark_version")]


@hooks.register("register_page_header_buttons")
def version_button(page, user, view_name, next_url=None):
    """« Signaler une version importante », on a course, for those who teach it."""
    if page.specific_class is CoursePage and page.live and can_teach(user, page.specific):
        url = reverse("certificate_mark_version", args=[page.pk])
        yield Button(_("Signaler une version importante"), url=url, icon_name="success", priority=56)


hooks.register("register_waiting_work", waiting_work)


@hooks.register("register_waiting_work")
def versions_to_decide(user):
    """« Versions importantes à relire », for those who review."""
    if branches_reviewed_by(user).exists():
        courses = pages_reviewed_by(user).order_by().values("pk")
        waiting = SubstantialVersion.objects.waiting().filter(course__in=courses).exclude(marked_by=user)
        url = reverse("certificate_versions:index") + "?state=waiting"
        yield Waiting(_("Versions importantes"), waiting.count(), url)


@hooks.register("register_admin_urls")
def stop_urls():
    return [path("delivrance/arret/", emergency_stop, name="certificate_stop")]


@hooks.register(CERTIFIED_COURSES)
def certified_for_programmes(person_id, course_ids):
    return certified_courses(person_id, course_ids, timezone.localdate())


@hooks.register("register_role_permissions")
def role_permissions():
    return {
        Role.CERTIFICATION: OFFICER,
        Role.ADMINISTRATOR: [VIEW, VIEW_VERSION],
        Role.HR: HR_OFFICER,
        Role.TRAINER: [VIEW_VERSION],
        Role.REVIEWER: [VIEW_VERSION],
    }


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
