"""Where Wagtail's admin would name a page to who may not see it: drafts of other branches are not found.

Wagtail's lists, searches and acts ask for the permission on a page themselves. Its page chooser, the pages that confirm a
move or a bulk act, and one report do not.
"""

from django.http import Http404
from wagtail.admin.views.pages.bulk_actions import (
    DeleteBulkAction,
    MoveBulkAction,
    PublishBulkAction,
    UnpublishBulkAction,
)
from wagtail.models import Page

from courses.permissions import keeps_catalogue, pages_in_sight

PAGE_ARGUMENTS = ("page_id", "parent_page_id", "page_to_move_id", "destination_id")
CHOOSER = "wagtailadmin_choose_page_child"
# It names the last page edited of each type, whoever may see it.
REPORT_OF_ALL = "wagtailadmin_reports:page_types_usage"


class OwnPagesMiddleware:
    """404 for every address of the admin about a page out of the user's sight, before its view says anything."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        name = request.resolver_match.view_name
        if not name.startswith(("wagtailadmin_pages:", CHOOSER, REPORT_OF_ALL)) or not request.user.is_authenticated:
            return
        if name.startswith(REPORT_OF_ALL) and not keeps_catalogue(request.user):
            raise Http404
        asked = [kwargs[argument] for argument in PAGE_ARGUMENTS if argument in kwargs] or list(args[:1])
        hidden = Page.objects.filter(pk__in=asked).exclude(pk__in=pages_in_sight(request.user).values("pk"))
        if name == CHOOSER:
            hidden = hidden.filter(live=False)
        if asked and not request.user.is_superuser and hidden.exists():
            raise Http404


def choosable_pages(pages, request):
    """What the page chooser lists: pages in sight, and those that learners see (hook construct_page_chooser_queryset)."""
    if request.user.is_superuser:
        return pages
    return pages.filter(pk__in=pages_in_sight(request.user).values("pk")) | pages.live()


def without_report_of_all(request, menu_items):
    """Hook construct_reports_menu."""
    if not keeps_catalogue(request.user):
        menu_items[:] = [item for item in menu_items if item.name != "page-types-usage"]


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
