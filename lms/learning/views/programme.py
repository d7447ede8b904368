"""The page of a programme, open to all; following it, and no longer."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from courses.models import ProgrammePage
from courses.page_cache import kept_for_anonymous
from courses.programmes import parts_of, programme_sheet
from lms.learning.models import ProgrammeEnrolment
from lms.learning.programme_study import seen_by_visitor, study_programme
from lms.learning.programmes import ProgrammeCompleted, ProgrammeNotOpen, follow_programme, leave_programme
from lms.learning.study import find_study


@login_not_required
@require_safe
@kept_for_anonymous(varying_by=())
def programme(request, slug):
    """What it leads to, its courses in order and, for who follows it, where they stand and what comes next."""
    page = get_object_or_404(ProgrammePage.objects.live().select_related("producer"), slug=slug)
    if not all(restriction.accept_request(request) for restriction in page.get_view_restrictions()):
        if request.user.is_authenticated:
            raise Http404
        return redirect_to_login(request.get_full_path())
    parts = parts_of(page, request.user)
    study = study_programme(request.user, page, parts) if request.user.is_authenticated else seen_by_visitor(parts)
    context = programme_sheet(page, parts) | {"study": study, "next_url": _way_on(request.user, study)}
    response = render(request, "learning/programme.html", context)
    response.is_keepable = True
    return response


@require_POST
def follow(request, slug):
    page = get_object_or_404(ProgrammePage.objects.live(), slug=slug)
    try:
        enrolment = follow_programme(request.user, page, timezone.now())
    except ProgrammeNotOpen as closed:
        raise Http404 from closed
    if enrolment.state == ProgrammeEnrolment.State.COMPLETED:
        messages.success(request, _("Vous avez déjà terminé ce qu’il demande : le parcours est terminé."))
    else:
        messages.success(
            request, _("Vous suivez le parcours « %(title)s ». Il est aussi dans votre espace.") % {"title": page.title}
        )
    return redirect("learning:programme", slug)


@require_POST
def leave(request, slug):
    """No question is asked first: one click takes it up again, with all that was done."""
    kept = ProgrammeEnrolment.objects.exclude(state=ProgrammeEnrolment.State.WITHDRAWN)
    enrolment = get_object_or_404(kept, person=request.user, programme__slug=slug)
    try:
        leave_programme(enrolment)
    except ProgrammeCompleted:
        messages.error(request, _("Ce parcours est terminé : il reste dans votre espace."))
    else:
        messages.success(request, _("Vous ne suivez plus ce parcours. Vos formations restent comme elles sont."))
    return redirect("learning:programme", slug)


def _way_on(user, study) -> str:
    """Where « Continuer » leads: the next step of a course under way, the sheet of one to begin."""
    if study.next_line is None:
        return ""
    course = find_study(user, study.next_line.url.rstrip("/").rpartition("/")[2])
    return course.next_item.url if course and course.next_item else study.next_line.url
