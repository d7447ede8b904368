"""Screens of the HR floor: my own skills, the people I answer for, one of them, and the spreadsheet of them all."""

from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django_filters.views import FilterView

from lms.core import audit
from lms.hr.exports import ROW_LIMIT, WRITERS, rows_of
from lms.hr.filters import ColleagueFilter, colleagues_seen_by, columns, without
from lms.hr.heatmap import heatmap_of
from lms.hr.models import Evidence
from lms.hr.permissions import can_see_people
from lms.hr.sheets import biggest_gaps, next_descriptors, skill_sheet
from lms.hr.suggestions import suggested_courses
from lms.learning.models import Enrolment
from lms.people.models import User


@require_safe
def my_skills(request):
    """My levels against my job profile, what proves them, and the courses that close my gaps."""
    sheet = skill_sheet(request.user, timezone.localdate())
    context = {
        "sheet": sheet,
        "descriptors": next_descriptors(sheet),
        "evidence": Evidence.objects.filter(person=request.user).for_display(),
        "suggestions": suggested_courses(sheet),
    }
    return render(request, "hr/my_skills.html", context)


class PeopleList(FilterView):
    """The people I may see: their levels against their profiles, and where the gaps are."""

    filterset_class = ColleagueFilter
    template_name = "hr/people.html"
    paginate_by = 25

    def dispatch(self, request, *args, **kwargs):
        if not can_see_people(request.user):
            return refused(request)
        return super().dispatch(request, *args, **kwargs)

    def get_queryset(self):
        return colleagues_seen_by(self.request.user)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        today = timezone.localdate()
        gaps = biggest_gaps(context["page_obj"].object_list, today)
        return context | {
            "rows": [(person, gaps.get(person.pk, [])) for person in context["page_obj"]],
            "totals": self.object_list.totals(),
            "heatmap": heatmap_of(self.object_list, today),
            "columns": columns(self.request.GET),
            "query": self.request.GET.urlencode(),
            "structure_query": without(self.request.GET, "structure", "page"),
            "is_filtered": any(value for name, value in self.request.GET.items() if name not in ("page", "tri")),
        }


def refused(request):
    """Nobody's team: say so, and where one's own skills are."""
    return render(request, "hr/refused.html", status=403)


@require_safe
def people_export(request, file_format):
    """The list as filtered and ordered on the screen, whole, as a spreadsheet; the trail says who took how many."""
    if not can_see_people(request.user):
        return refused(request)
    chosen = ColleagueFilter(request.GET, colleagues_seen_by(request.user), request=request)
    people = chosen.qs if chosen.is_valid() else chosen.queryset.none()
    audit.record(
        "hr.people_export",
        actor=request.user,
        format=file_format,
        people=min(people.count(), ROW_LIMIT),
        filters=request.GET.urlencode(),
    )
    name = _("competences-%(day)s") % {"day": timezone.localdate().isoformat()}
    return WRITERS[file_format](rows_of(people), name)


@require_safe
def person(request, pk):
    """One of the people I may see: levels against the profile, evidence, courses."""
    person = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    if person == request.user:
        return redirect("hr:my_skills")
    sheet = skill_sheet(person, timezone.localdate())
    context = {
        "person": person,
        "sheet": sheet,
        "descriptors": next_descriptors(sheet),
        "evidence": Evidence.objects.filter(person=person).for_display(),
        "enrolments": Enrolment.objects.filter(person=person).select_related("course"),
        "suggestions": suggested_courses(sheet),
    }
    return render(request, "hr/person.html", context)
