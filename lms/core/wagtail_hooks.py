"""Core's entries in the back office."""

from wagtail import hooks

from lms.core.viewsets import CancelJobs, OperationsGroup, ReplayJobs


@hooks.register("register_admin_viewset")
def operations():
    return OperationsGroup()


hooks.register("register_bulk_action", ReplayJobs)
hooks.register("register_bulk_action", CancelJobs)
