"""Courses whose content should have been reviewed by now: a report with its exports, and a word on the dashboard."""

import django_filters
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.ui.tables.pages import PageStatusColumn, PageTitleColumn
from wagtail.admin.views.reports import ReportView
from wagtail.permissions import page_permission_policy

from courses.models import CoursePage
from lms.core.spreadsheets import SafeExportMixin
from lms.skills.models import Strand

SHOWN = 5  # courses named on the dashboard


def courses_to_review(user, day):
    """The courses that `user` may write and that are past their review date, the latest first."""
    return CoursePage.objects.taught_by(user).past_review(day).order_by("review_due_on", "title", "pk")


class ReviewFilter(WagtailFilterSet):
    """By strand, and published or not."""

    strands = django_filters.ModelMultipleChoiceFilter(label=_("Axe"), queryset=Strand.objects.all())

    class Meta:
        model = CoursePage
        fields = ["live"]


class ReviewReport(SafeExportMixin, ReportView):
    """« À réviser »: each course past its date, who answers for it, and the way to its editor."""

    model = CoursePage
    page_title = _("Formations à réviser")
    header_icon = "calendar-check"
    index_url_name = "courses_reviews"
    index_results_url_name = "courses_reviews_results"
    filterset_class = ReviewFilter
    permission_policy = page_permission_policy
    any_permission_required = ["add", "change", "publish"]
    default_ordering = "review_due_on"
    columns = [
        PageTitleColumn("title", label=_("Formation"), classname="title", sort_key="title"),
        DateColumn("review_due_on", label=_("À réviser avant le"), sort_key="review_due_on", width="16%"),
        Column("producer", label=_("Structure"), width="18%"),
        Column("contact_email", label=_("Contact"), width="20%"),
        PageStatusColumn("status", label=_("État"), width="12%"),
    ]
    export_headings = {
        "title": _("Formation"),
        "code": _("Code"),
        "review_due_on": _("À réviser avant le"),
        "producer": _("Structure"),
        "contact_email": _("Contact"),
        "content_version": _("Version du contenu"),
        "live": _("Publiée"),
    }
    list_export = list(export_headings)
    export_filename = "formations-a-reviser"

    @cached_property
    def no_results_message(self):
        return (
            super().no_results_message if self.is_filtering else _("Aucune formation n’a dépassé sa date de révision.")
        )

    def get_queryset(self):
        self.queryset = courses_to_review(self.request.user, timezone.localdate()).select_related(
            "producer", "content_type"
        )
        return super().get_queryset()


class ReviewMenuItem(MenuItem):
    """In the menu of reports, for those who write courses."""

    def is_shown(self, request):
        return page_permission_policy.user_has_any_permission(request.user, ["add", "change", "publish"])


def review_menu_item():
    return ReviewMenuItem(
        _("Formations à réviser"),
        reverse("courses_reviews"),
        name="courses-reviews",
        icon_name="calendar-check",
        order=900,
    )


class ReviewPanel(Component):
    """On the dashboard: the courses that wait for a review, when there are any."""

    name = "courses_to_review"
    template_name = "courses/back_office/review_panel.html"
    order = 150

    def get_context_data(self, parent_context):
        user = parent_context["request"].user
        found = list(courses_to_review(user, timezone.localdate()).only("pk", "title", "review_due_on")[: SHOWN + 1])
        return {"courses": found[:SHOWN], "has_more": len(found) > SHOWN}
