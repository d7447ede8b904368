"""Where Wagtail's admin would name a page to who may not see it: drafts of other branches are not found.

Wagtail's lists, searches and acts ask for the permission on a page themselves. Its page chooser, the pages that confirm a
move or a bulk act, and three reports do not; nor does it ask whether a step of a workflow is that of the page named.
"""

from django.http import Http404
from wagtail.admin.views.chooser import page_models_from_string
from wagtail.admin.views.pages.bulk_actions import (
    DeleteBulkAction,
    MoveBulkAction,
    PublishBulkAction,
    UnpublishBulkAction,
)
from wagtail.models import Page, TaskState

from courses.models import CataloguePage
from courses.permissions import keeps_catalogue, pages_in_sight

PAGE_ARGUMENTS = ("page_id", "parent_page_id", "page_to_move_id", "destination_id")
CHOOSER, CHOOSER_START = "wagtailadmin_choose_page_child", "wagtailadmin_choose_page"
# One names the last page edited of each type, whoever may see it; two, everyone who ever submitted a page (each has
# « Relectures » instead).
REPORTS_OF_ALL = (
    "wagtailadmin_reports:page_types_usage",
    "wagtailadmin_reports:workflow",
    "wagtailadmin_reports:workflow_tasks",
)


class OwnPagesMiddleware:
    """404 for every address of the admin about a page out of the user's sight, before its view says anything."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        name = request.resolver_match.view_name
        watched = ("wagtailadmin_pages:", CHOOSER_START, *REPORTS_OF_ALL)
        if not name.startswith(watched) or not request.user.is_authenticated:
            return None
        if name.startswith(REPORTS_OF_ALL) and not keeps_catalogue(request.user):
            raise Http404
        if "task_state_id" in kwargs and not is_state_of(kwargs["task_state_id"], kwargs["page_id"]):
            raise Http404
        if name == CHOOSER_START and starts_out_of_sight(request):
            return view(request, CataloguePage.objects.get().pk)
        asked = [kwargs[argument] for argument in PAGE_ARGUMENTS if argument in kwargs] or list(args[:1])
        hidden = Page.objects.filter(pk__in=asked).exclude(pk__in=pages_in_sight(request.user).values("pk"))
        if name == CHOOSER:
            hidden = hidden.filter(live=False)
        if asked and not request.user.is_superuser and hidden.exists():
            raise Http404
        return None


def is_state_of(state_pk, page_pk) -> bool:
    """Whether a step of a workflow is one of this page's."""
    return TaskState.objects.filter(pk=state_pk, workflow_state__object_id=str(page_pk)).exists()


def starts_out_of_sight(request) -> bool:
    """Whether the chooser would open at a draft that is not theirs: above the only page of the type asked for."""
    if request.user.is_superuser or not request.GET.get("page_type"):
        return False
    try:
        models = page_models_from_string(request.GET["page_type"])
    except (ValueError, LookupError):
        return False  # the view says so
    start = Page.objects.type(*models).first_common_ancestor()
    return not start.live and not pages_in_sight(request.user).filter(pk=start.pk).exists()


def choosable_pages(pages, request):
    """What the page chooser lists: pages in sight, and those that learners see (hook construct_page_chooser_queryset)."""
    if request.user.is_superuser:
        return pages
    return pages.filter(pk__in=pages_in_sight(request.user).values("pk")) | pages.live()


def without_reports_of_all(request, menu_items):
    """Hook construct_reports_menu."""
    if not keeps_catalogue(request.user):
        hidden = ("page-types-usage", "workflows", "workflow-tasks")
        menu_items[:] = [item for item in menu_items if item.name not in hidden]


class InSight:
    """A bulk act names the pages it leaves alone: only those in sight."""

    def get_actionable_objects(self):
        objects, left = super().get_actionable_objects()
        refused = left["items_with_no_access"]
        known = pages_in_sight(self.request.user).filter(pk__in=[page.pk for page in refused])
        seen = set(known.values_list("pk", flat=True))
        return objects, left | {"items_with_no_access": [page for page in refused if page.pk in seen]}


class DeleteInSight(InSight, DeleteBulkAction):
    pass


class MoveInSight(InSight, MoveBulkAction):
    pass


class PublishInSight(InSight, PublishBulkAction):
    pass


class UnpublishInSight(InSight, UnpublishBulkAction):
    pass


BULK_ACTS = (DeleteInSight, MoveInSight, PublishInSight, UnpublishInSight)
