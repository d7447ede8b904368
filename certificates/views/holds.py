"""A learner before a certificate held: why it waits, the check that releases it."""

from django.conf import settings
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from certificates import actions
from certificates.actions.checks import may_start, untold_questions
from certificates.models import Hold, KnowledgeCheck
from lms.assessment import paper
from lms.assessment.rules.serving import is_answered

PURPOSE = KnowledgeCheck.Purpose.HOLD


@require_safe
@never_cache
def hold(request, pk):
    """Why the certificate waits, by which facts, and every way out."""
    rows = Hold.objects.filter(enrolment__person=request.user).select_related("enrolment__course")
    found = get_object_or_404(rows, pk=pk)
    checks = list(found.enrolment.knowledge_checks.filter(purpose=PURPOSE))
    context = {
        "hold": found,
        "course": found.enrolment.course,
        "checks": checks,
        "may_check": found.state == Hold.State.OPEN and may_start(found.enrolment, PURPOSE),
        "tries_left": settings.LMS_CHECK_TRIES - sum(check.submitted_at is not None for check in checks),
        "question_count": settings.LMS_CHECK_QUESTIONS,
        "pass_percent": settings.LMS_CHECK_PASS_PERCENT,
        "contact": found.enrolment.course.contact_email or settings.LMS_CONTACT_EMAIL,
        "trail": [(_("Mes certificats"), reverse("certificates:mine")), (_("Certificat en attente"), None)],
    }
    return render(request, "certificates/hold.html", context)


@require_POST
def start_check(request, pk):
    """Begin the check of a hold, or go on with it."""
    found = get_object_or_404(Hold.objects.filter(enrolment__person=request.user, state=Hold.State.OPEN), pk=pk)
    try:
        check = actions.start_check(found.enrolment, PURPOSE, timezone.now())
    except actions.CheckRefused:
        messages.error(request, _("Vous n’avez plus d’essai : une personne va décider."))
        return redirect("certificates:hold", pk)
    return redirect("certificates:check", check.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def check(request, pk):
    """The questions of a check to answer; once handed in, the same corrected, as far as their quizzes tell it."""
    rows = KnowledgeCheck.objects.filter(enrolment__person=request.user)
    found = get_object_or_404(rows.select_related("enrolment__course", "recertification"), pk=pk)
    served = list(found.questions.select_related("version__question__competence"))
    if request.method == "POST" and not found.submitted_at:
        answers = paper.read_form(served, request.POST)
        actions.save_check(found, answers)
        for row in served:
            row.response = answers[row.position]
        missing = [
            row.position for row in served if not is_answered(row.version.type, row.version.content, row.response)
        ]
        if not missing or "anyway" in request.POST:
            actions.submit_check(found, timezone.now())
            return redirect("certificates:check", pk)
        return render(request, "certificates/check.html", _context(found, served, missing), status=422)
    template = "certificates/check_result.html" if found.submitted_at else "certificates/check.html"
    return render(request, template, _context(found, served, []))


def _context(check, served, missing):
    is_hold = check.purpose == PURPOSE
    held = Hold.objects.filter(enrolment=check.enrolment_id).first() if is_hold else None
    return {
        "check": check,
        "course": check.enrolment.course,
        "hold": held,
        "missing": missing,
        "questions": [] if check.submitted_at else [paper.question(row) for row in served],
        "corrections": _corrections(check, served) if check.submitted_at else [],
        "marking": {"terms": {"partial_credit": True}},
        "trail": [
            (_("Mes certificats"), reverse("certificates:mine")),
            *([(_("Certificat en attente"), reverse("certificates:hold", args=[held.pk]))] if held else []),
            *([(_("Mise à jour"), check.recertification.get_absolute_url())] if check.recertification else []),
            (_("Quelques questions"), None),
        ],
    }


def _corrections(check, served):
    """(each question corrected, whether its right answer may be told)."""
    untold = untold_questions(check.enrolment.course, timezone.now())
    return [(paper.correction_of_bank(row), row.version.question_id not in untold) for row in served]
