"""The back office of courses: their list, and archiving."""

import django_filters
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views.pages.listing import IndexView, PageFilterSet
from wagtail.admin.viewsets.pages import PageListingViewSet
from wagtail.admin.widgets import Button

from courses.actions import archive_course, unarchive_course
from courses.models import CoursePage
from courses.permissions import can_archive_course, can_import_course
from lms.skills.models import Strand


class CourseFilter(PageFilterSet):
    """By strand, and archived or not."""

    strands = django_filters.ModelMultipleChoiceFilter(label=gettext_lazy("Axe"), queryset=Strand.objects.all())
    is_archived = django_filters.BooleanFilter(
        label=gettext_lazy("Archivée"), field_name="archived_at", lookup_expr="isnull", exclude=True
    )

    class Meta:
        model = CoursePage
        fields: list[str] = []


class CourseIndexView(IndexView):
    """The list of courses; whoever may add one may bring one in whole."""

    add_item_label = gettext_lazy("Ajouter une formation")

    @cached_property
    def header_more_buttons(self):
        buttons = list(super().header_more_buttons)
        if can_import_course(self.request.user):
            url = reverse("courses_course_import")
            buttons.append(Button(_("Importer une formation"), url=url, icon_name="upload", priority=20))
        return buttons


class CourseViewSet(PageListingViewSet):
    """All courses in one flat list, archived ones included."""

    model = CoursePage
    index_view_class = CourseIndexView
    icon = "openquote"
    menu_label = gettext_lazy("Formations")
    menu_order = 110
    add_to_admin_menu = True
    ordering = ["position", "title"]
    filterset_class = CourseFilter
    columns = [
        *(column for column in IndexView.base_columns if column.name != "parent"),
        Column("position", label=gettext_lazy("Ordre"), sort_key="position", width="8%"),
        DateColumn("archived_at", label=gettext_lazy("Archivée"), width="12%"),
    ]


def set_archived(request, pk: int, archived: bool):
    """Ask, then archive a course or put it back."""
    course = get_object_or_404(CoursePage.objects.taught_by(request.user), pk=pk)
    if not can_archive_course(request.user, course):
        raise PermissionDenied
    if request.method == "POST":
        if archived:
            archive_course(course, request.user, timezone.now())
            messages.success(request, _("La formation « %(title)s » est archivée.") % {"title": course.title})
        else:
            unarchive_course(course, request.user)
            messages.success(
                request, _("La formation « %(title)s » est de nouveau au catalogue.") % {"title": course.title}
            )
        return redirect("wagtailadmin_pages:edit", course.pk)
    context = {
        "course": course,
        "archived": archived,
        "page_title": _("Archiver la formation") if archived else _("Désarchiver la formation"),
        "header_icon": CourseViewSet.icon,
        "cancel_url": reverse("wagtailadmin_pages:edit", args=[course.pk]),
    }
    return render(request, "courses/back_office/set_archived.html", context)
