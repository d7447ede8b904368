"""The catalogue of courses, by its direct route or by Wagtail's preview."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from courses.filters import CatalogueFilter
from courses.models import CataloguePage, CoursePage
from courses.outline import course_url
from courses.page_cache import kept_for_anonymous


@login_not_required
@require_safe
@kept_for_anonymous(varying_by={"axe", "public"})
def catalogue(request) -> HttpResponse:
    """The live catalogue, open to all."""
    return catalogue_response(request, get_object_or_404(CataloguePage.objects.live()))


def catalogue_response(request, page: CataloguePage) -> HttpResponse:
    """The catalogue as `page` has it (a draft, in a preview), with the courses that the visitor may see."""
    courses = CoursePage.objects.visible_to(request.user).order_by("position", "title", "pk")
    found = CatalogueFilter(request.GET, queryset=courses)
    context = {
        "page": page,
        "cards": [course_card(course) for course in found.qs.with_card_facts()],
        "strands": found.form.fields["axe"].queryset,
        "audiences": found.form.fields["public"].queryset,
        "selected_strand": found.form["axe"].value(),
        "selected_audience": found.form["public"].value(),
        "query": found.form["q"].value(),
    }
    response = render(request, "courses/catalogue_page.html", context)
    response.is_keepable = found.form.is_valid()
    return response


def course_card(course: CoursePage) -> dict:
    """What `components/course_card.html` shows of a course."""
    strand = next(iter(course.strands.all()), None)
    return {
        "title": course.title,
        "url": course_url(course.slug),
        "summary": course.summary,
        "code": course.code,
        "strand": strand.code if strand else "",
        "strand_label": strand.name if strand else "",
        "minutes": course.duration_minutes,
        "lessons": course.lesson_count,
        "gains": course.competence_gains.all(),
        "percent": None,
        "is_done": False,
    }
