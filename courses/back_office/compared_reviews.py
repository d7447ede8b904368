"""What a reviewer compares, to read only: the version of a review beside the one published, or the one reviewed before it."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.views.generic.models import RevisionsCompareView
from wagtail.models import Page, TaskState

from courses.reviewing import page_of, states_about, states_in_sight_of

PUBLISHED, FORMER = "publiee", "precedente"  # in addresses
TITLES = {
    PUBLISHED: gettext_lazy("Ce qui change depuis la version publiée"),
    FORMER: gettext_lazy("Ce qui change depuis la version relue avant"),
}


def former_review(state: TaskState) -> TaskState | None:
    """The latest review of another version of the same page, before this one; one query."""
    page = Page.objects.filter(pk=state.workflow_state.object_id)
    return states_about(page).filter(pk__lt=state.pk).exclude(revision=state.revision_id).order_by("-pk").first()


def is_newer_than_published(state: TaskState, page: Page) -> bool:
    """Whether the page is published in a version older than that of the review."""
    return bool(page.live and page.live_revision_id and page.live_revision_id < state.revision_id)


class ReviewComparison(RevisionsCompareView):
    """Wagtail's own comparison asks for the right to edit, which a reviewer has not."""

    header_icon = "clipboard-list"

    def setup(self, request, pk, before, *args, **kwargs):
        sight = states_in_sight_of(request.user).select_related("revision", "workflow_state")
        self.state = get_object_or_404(sight, pk=pk)
        self.before = before
        super().setup(request, page_of(self.state).pk, self.older(), self.state.revision_id, *args, **kwargs)

    def older(self) -> int | str:
        """The version compared to, in Wagtail's terms."""
        former = former_review(self.state) if self.before == FORMER else None
        if former:
            return former.revision_id
        if self.before == PUBLISHED and is_newer_than_published(self.state, page_of(self.state)):
            return "live"
        raise Http404

    def get_object(self, queryset=None):
        return page_of(self.state).specific

    def get_edit_handler(self):
        return self.object.get_edit_handler()

    def get_page_title(self):
        return TITLES[self.before]

    def get_page_subtitle(self):
        return self.state.revision.object_str

    def get_breadcrumbs_items(self):
        return [
            {"url": reverse("courses_review_list"), "label": _("Relectures")},
            {"url": reverse("courses_review", args=[self.state.pk]), "label": self.get_page_subtitle()},
            {"url": "", "label": self.get_page_title()},
        ]
