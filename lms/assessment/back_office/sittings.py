"""Supervised sittings for those who teach: the list, and opening one. What happens in the room has its page on the site."""

import django_filters
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.widgets.button import HeaderButton

from lms.assessment.actions.sittings import SittingRefused, open_sitting
from lms.assessment.back_office.courses import taught_courses, taught_quizzes
from lms.assessment.back_office.taught import TaughtIndexView, TaughtViewSet
from lms.assessment.models import SupervisedSitting
from lms.assessment.permissions import TeachingPolicy
from lms.assessment.rules.supervision import SUPERVISED
from lms.assessment.sitting_forms import SittingForm


class SittingFilterSet(WagtailFilterSet):
    course = django_filters.ModelChoiceFilter(label=gettext_lazy("Formation"), queryset=taught_courses)
    is_closed = django_filters.BooleanFilter(
        label=gettext_lazy("Fermée"), field_name="record", lookup_expr="isnull", exclude=True
    )

    class Meta:
        model = SupervisedSitting
        fields: list[str] = []


class SittingIndexView(TaughtIndexView):
    def get_base_queryset(self):
        rows = super().get_base_queryset().prefetch_related("supervisors__person")
        return rows.annotate(people=Count("entries"))

    @cached_property
    def header_buttons(self):
        url = reverse("assessment_open_sitting")
        return [HeaderButton(_("Ouvrir une séance surveillée"), url=url, icon_name="plus")]


class SittingViewSet(TaughtViewSet):
    model = SupervisedSitting
    name = "assessment_sittings"
    url_prefix = "seances-surveillees"
    icon = "view"
    menu_label = gettext_lazy("Séances surveillées")
    related = ["quiz", "course", "record"]
    index_view_class = SittingIndexView
    filterset_class = SittingFilterSet
    ordering = ["-starts_at", "-pk"]
    search_fields = ["place", "quiz__title", "course__title"]
    list_display = [
        TitleColumn("quiz", label=gettext_lazy("Évaluation"), get_url=lambda row: row.get_absolute_url()),
        Column("course", label=gettext_lazy("Formation"), sort_key="course__title"),
        Column("place", label=gettext_lazy("Lieu"), sort_key="place"),
        DateColumn("starts_at", label=gettext_lazy("Début"), sort_key="starts_at"),
        Column("supervisor_names", label=gettext_lazy("Surveillants")),
        Column("people", label=gettext_lazy("Présents"), sort_key="people"),
        Column("state_label", label=gettext_lazy("État")),
    ]
    export_filename = "seances-surveillees"
    list_export = ["course.code", "quiz.title", "place", "starts_at", "ends_at", "supervisor_names", "people"]
    export_headings = {"supervisor_names": gettext_lazy("Surveillants"), "people": gettext_lazy("Présents")}


@require_http_methods(["GET", "HEAD", "POST"])
def open_one(request):
    """Announce a sitting of a quiz that one teaches and whose sheet says N3."""
    if not TeachingPolicy(SupervisedSitting).user_has_permission(request.user, "view"):
        raise PermissionDenied
    quizzes = taught_quizzes(request).live().filter(assurance=SUPERVISED)
    form = SittingForm(request.POST or None, quizzes=quizzes, author=request.user)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        hours = said["starts_at"], said["ends_at"]
        try:
            sitting = open_sitting(said["quiz"], said["place"], *hours, said["people"], request.user, timezone.now())
        except SittingRefused:
            messages.error(request, _("Cette séance ne peut plus être ouverte : vérifiez les heures et l’évaluation."))
        else:
            messages.success(request, _("Séance ouverte ; les surveillants en sont informés."))
            return redirect(sitting)
    return render(request, "assessment/back_office/open_sitting.html", {"form": form, "has_quizzes": quizzes.exists()})
