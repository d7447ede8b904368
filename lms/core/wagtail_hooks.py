"""Core's entries in the back office."""

from django.templatetags.static import static
from django.utils.html import format_html
from wagtail import hooks

from lms.core.viewsets import CancelJobs, OperationsGroup, ReplayJobs
from lms.core.waiting import WaitingPanel


@hooks.register("register_admin_viewset")
def operations():
    return OperationsGroup()


@hooks.register("insert_global_admin_js")
def scripts_of_every_page():
    return format_html('<script src="{}"></script>', static("lms/js/keep_focus.js"))


hooks.register("register_bulk_action", ReplayJobs)
hooks.register("register_bulk_action", CancelJobs)


@hooks.register("construct_homepage_panels")
def waiting_panel(request, panels):
    panels.append(WaitingPanel())
