"""A lesson served the way the Wagtail tutorial does: found by the page tree, its context and body made at each request.

It shows the product's own page (same template, same words) and asks no query inside a loop; only the way differs. Its
menu comes from the tree, as such sites' do: the product keeps its own drawn, so the base template gives it for nothing.
"""

from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from wagtail import hooks
from wagtail.models import Page, Site

from courses.models import LessonPage
from lms.learning.models import Enrolment, ItemProgress


def serve(request, path):
    """What `wagtail.views.serve` and `Page.serve` do; the product's pages have a `serve` of their own."""
    page, args, kwargs = Page.route_for_request(request, path)
    for check in hooks.get_hooks("before_serve_page"):
        if answer := check(page, request, args, kwargs):
            return answer
    return render(request, "bench/stock_lesson.html", Page.get_context(page, request) | lesson_context(page, request))


def lesson_context(page: LessonPage, request) -> dict:
    """The course, its lessons with what is done of them, the steps around."""
    course = page.get_parent().specific
    enrolment = Enrolment.objects.filter(person=request.user, course=course).first()
    if enrolment is None:
        raise PermissionDenied
    completed = ItemProgress.objects.filter(enrolment=enrolment, completion=ItemProgress.Completion.COMPLETED)
    done = set(completed.values_list("item_id", flat=True))
    outline = [outline_line(lesson, request, done, page) for lesson in LessonPage.objects.child_of(course).live()]
    at = next(index for index, line in enumerate(outline) if line["is_current"])
    crumbs = [(above.title, Page.get_url(above, request)) for above in page.get_ancestors().filter(depth__gt=1)]
    home = Site.find_for_request(request).root_page
    sections = [home, *home.get_children().live()]
    return {
        "menu": [(section.title, Page.get_url(section, request)) for section in sections],
        "course": course,
        "course_url": Page.get_url(course, request),
        "lesson": page,
        "micro_action": page.micro_action,
        "body": page.body,
        "crumbs": [*crumbs, (page.title, None)],
        "outline": outline,
        "position": at + 1,
        "step_count": len(outline),
        "progress_percent": enrolment.progress_percent,
        "previous": outline[at - 1] if at else None,
        "next": outline[at + 1] if at + 1 < len(outline) else None,
        "is_enrolled": True,
        "is_done": page.pk in done,
        "done_url": "terminer/",
        "progress_url": f"/mon-espace/{enrolment.pk}/",
    }


def outline_line(lesson: LessonPage, request, done: set[int], current: LessonPage) -> dict:
    return {
        "title": lesson.title,
        "url": Page.get_url(lesson, request),
        "minutes": lesson.duration_minutes,
        "kind": "lesson",
        "state": "done" if lesson.pk in done else "todo",
        "is_current": lesson.pk == current.pk,
    }
