"""The holder brings a certificate up to a newer version of its course: what changed, read and answered, and no more."""

from django.conf import settings
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from certificates.actions.checks import (
    CheckRefused,
    finish_update,
    questions_of_update,
    start_update_check,
    update_tries_left,
)
from certificates.actions.recertifying import (
    RecertificationRefused,
    former_of,
    left_to_read,
    lessons_of,
    passed_check,
)
from certificates.models import Recertification


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def update(request, pk):
    """What is asked and what is done of it; a POST begins the questions, or asks for the new certificate."""
    rows = Recertification.objects.filter(enrolment__person=request.user)
    found = get_object_or_404(rows.select_related("enrolment__course", "version", "certificate"), pk=pk)
    if request.method == "POST":
        return _begin(request, found) if request.POST.get("act") == "questions" else _finish(request, found)
    return render(request, "certificates/update.html", _context(found))


def _begin(request, found):
    try:
        check = start_update_check(found, timezone.now())
    except CheckRefused:
        said = _("Les questions viennent après les leçons à revoir. S’il n’y a plus d’essai, écrivez au contact.")
        messages.error(request, said)
        return redirect(found)
    return redirect("certificates:check", check.pk)


def _finish(request, found):
    try:
        finish_update(found, timezone.now())
    except RecertificationRefused as refusal:
        messages.error(request, str(refusal))
        return redirect(found)
    messages.success(request, _("C’est fait : votre nouveau certificat est préparé et scellé en quelques minutes."))
    return redirect("certificates:mine")


def _context(found):
    lessons = lessons_of(found)
    is_open = found.state == Recertification.State.OPEN
    return {
        "update": found,
        "course": found.enrolment.course,
        "lessons": lessons,
        "left": left_to_read(lessons),
        "refusal": _refusal(found) if is_open else "",
        "question_count": len(questions_of_update(found)) if is_open else 0,
        "passed": passed_check(found),
        "tries_left": update_tries_left(found),
        "pass_percent": settings.LMS_CHECK_PASS_PERCENT,
        "contact": found.enrolment.course.contact_email or settings.LMS_CONTACT_EMAIL,
        "trail": [(_("Mes certificats"), reverse("certificates:mine")), (_("Mise à jour"), None)],
    }


def _refusal(found) -> str:
    """Why the certificate cannot be brought up to date whatever is done, "" when it can."""
    try:
        former_of(found.enrolment_id)
    except RecertificationRefused as refusal:
        return str(refusal)
    if not found.enrolment.course.live:
        return _("Cette formation n’est pas publiée en ce moment : revenez plus tard. Votre certificat reste valable.")
    return ""
