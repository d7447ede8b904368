"""The catalogue of courses, by its direct route or by Wagtail's preview."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from courses.cards import course_cards
from courses.filters import CatalogueFilter, ProgrammeFilter
from courses.models import CataloguePage, CoursePage, ProgrammePage
from courses.page_cache import kept_for_anonymous
from courses.programmes import programme_cards


@login_not_required
@require_safe
@kept_for_anonymous(varying_by={"axe", "public"})
def catalogue(request) -> HttpResponse:
    """The live catalogue, open to all."""
    return catalogue_response(request, get_object_or_404(CataloguePage.objects.live()))


@login_not_required
@require_safe
def programmes(request) -> HttpResponse:
    """The catalogue lists programmes first."""
    return redirect("courses:catalogue")


def catalogue_response(request, page: CataloguePage) -> HttpResponse:
    """The catalogue as `page` has it (a draft, in a preview), with the courses that the visitor may see."""
    courses = CoursePage.objects.visible_to(request.user).in_order()
    found = CatalogueFilter(request.GET, queryset=courses)
    programmes = ProgrammePage.objects.visible_to(request.user)
    programmes = programmes.filter(pk__in=ProgrammeFilter(request.GET, queryset=programmes).qs.order_by().values("pk"))
    context = {
        "page": page,
        "programmes": programme_cards(programmes.in_order()),
        "cards": course_cards(found.qs.with_card_facts()),
        "strands": found.form.fields["axe"].queryset,
        "audiences": found.form.fields["public"].queryset,
        "selected_strand": found.form["axe"].value(),
        "selected_audience": found.form["public"].value(),
        "query": found.form["q"].value(),
    }
    response = render(request, "courses/catalogue_page.html", context)
    response.is_keepable = found.form.is_valid()
    return response
