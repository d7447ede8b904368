"""The sheet of a course, open to all, and enrolling in it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from courses.models import CoursePage
from courses.outline import course_outline
from courses.page_cache import kept_for_anonymous
from lms.learning import actions
from lms.learning.study import Study, find_study, required_courses, with_dates
from lms.learning.views.steps import steps

REFUSALS = {
    actions.CourseNotLive: gettext_lazy("Cette formation n’est pas publiée."),
    actions.CourseArchived: gettext_lazy("Cette formation est archivée : elle n’accepte plus d’inscriptions."),
    actions.CourseRestricted: gettext_lazy(
        "Cette formation est réservée à certains agents. Écrivez à son contact pour y accéder."
    ),
}


@login_not_required
@require_safe
@kept_for_anonymous(varying_by=())
def course(request, slug):
    """The description sheet, the programme, and the one thing to do now: log in, enrol, go on."""
    page = get_object_or_404(CoursePage.objects.live().select_related("outline", "producer"), slug=slug)
    if not all(restriction.accept_request(request) for restriction in page.get_view_restrictions()):
        if request.user.is_authenticated:
            raise Http404
        return redirect_to_login(request.get_full_path())
    study = find_study(request.user, slug) if request.user.is_authenticated else None
    study = with_dates(study) if study else None
    if page.is_archived and study is None:
        raise Http404
    response = render(request, "learning/course.html", _sheet(page, request.user) | _place(request, page, study))
    response.is_keepable = True
    return response


@require_POST
def enrol(request, slug):
    page = get_object_or_404(CoursePage.objects.live().select_related("outline"), slug=slug)
    try:
        actions.enrol(request.user, page, timezone.now())
    except actions.EnrolmentRefused as refusal:
        messages.error(request, REFUSALS[type(refusal)])
        return redirect("learning:course", slug)
    messages.success(request, _("Vous êtes inscrit à la formation « %(title)s ».") % {"title": page.title})
    study = find_study(request.user, slug)
    return redirect(study.next_item.url) if study and study.next_item else redirect("learning:course", slug)


def _sheet(page: CoursePage, user) -> dict:
    """What the sheet says to everyone, and how `user` stands against what the course asks for."""
    gains = page.competence_gains.select_related("competence").order_by("sort_order")
    return {
        "course": page,
        "crumbs": [(_("Formations"), reverse("courses:catalogue")), (page.title, None)],
        "strand": page.strands.first(),
        "objectives": [block.value for block in page.objectives],
        "sources": [block.value for block in page.sources],
        "gains": [{"competence": gain.competence.name, "level": gain.level} for gain in gains],
        "audience": [profile.name for profile in page.audience.all()],
        "required_courses": required_courses(page, user),
        "held_levels": None,  # asked for where they are shown (HR stands above)
        "required_levels": list(page.required_levels.select_related("competence").order_by("sort_order")),
    }


def _place(request, page: CoursePage, study: Study | None) -> dict:
    """Where this visitor stands in the course."""
    outline = study.outline if study else course_outline(page.pk, page.outline.version)
    return {
        "outline": steps(
            outline,
            study.done_ids if study else set(),
            is_open=study is not None,
            following=study.next_item if study else None,
        ),
        "lesson_count": sum(item.kind == "lesson" for item in outline.items),
        "quiz_count": sum(item.kind == "quiz" for item in outline.items),
        "study": study,
        "progress_percent": study.percent if study else 0,
        "next_step": study.next_item if study else None,
        "may_enrol": request.user.is_authenticated and study is None and outline.is_open_to(request.user),
        "enrol_url": reverse("learning:enrol", args=[page.slug]),
    }
