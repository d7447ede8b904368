"""Answering an attempt: its questions, each answer saved, the submission. Only the learner's own."""

import datetime

from django.contrib import messages
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from lms.assessment import actions, paper
from lms.assessment.models import Attempt, ServedQuestion
from lms.assessment.rules import serving, timing
from lms.assessment.served import served_in
from lms.assessment.sheet import rows_on_page, sheet
from lms.assessment.views.around import REFUSALS, around, question_url

# What Django reads into request.POST; in anything else it finds no answer at all.
FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")
ALREADY_SUBMITTED = gettext_lazy("Cette tentative est déjà remise : ses réponses ne changent plus.")
TIME_IS_UP = gettext_lazy("Le temps est écoulé : ce qui était enregistré a été remis.")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def attempt(request, pk):
    """The questions, on one page or one by one; a POST keeps what is given so far, then goes where its button says."""
    now = timezone.now()
    found = _own_attempt(request, pk, now)
    if found.state == Attempt.State.SUBMITTED:
        if request.method == "POST":
            messages.info(request, TIME_IS_UP if found.is_expired else ALREADY_SUBMITTED)
        return redirect("assessment:result", pk)
    if found.is_past_due(now):
        messages.error(request, REFUSALS[actions.NotEnrolled])
        return redirect("assessment:quiz", found.quiz_id)
    served = paper.questions_of(found)
    if request.method == "POST":
        return _keep(request, found, served, now)
    told = list(messages.get_messages(request))
    page = sheet(found, served, _asked(request.GET), now, told)
    return render(request, "assessment/attempt.html", around(found, found.enrolment.course) | page)


@require_POST
def answer(request, pk, position):
    """Save the answer to one question, as it is given; says so in JSON. A form that cannot be read erases nothing: 415."""
    if request.content_type and request.content_type not in FORM_TYPES:
        return JsonResponse({"saved": False}, status=415)
    row = served_in(pk, request.user.pk).get(position)
    if row is None:
        raise Http404
    now = timezone.now()
    answers = paper.read_form([row], request.POST)
    if position not in answers:  # a file has its own address
        return JsonResponse({"saved": False}, status=415)
    response = answers[position]
    told = {
        "answered": serving.is_answered(row.version.type, row.version.content, response),
        "now": timing.milliseconds(now),
    }
    try:
        given_at = timing.given_at(_number(request.POST.get("at")), row.started_at, now)
        actions.save_answer(pk, position, response, now, given_at)
    except (actions.AnswerStale, actions.AnswerFinal):
        return JsonResponse(told | {"saved": False})
    except actions.AttemptSubmitted:
        return JsonResponse({"saved": False, "result": reverse("assessment:result", args=[pk])}, status=409)
    return JsonResponse(told | {"saved": True})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def submit(request, pk):
    """Ask for confirmation, naming what is not answered; a POST hands in what was saved, and the result marks it."""
    now = timezone.now()
    if request.method == "POST" and actions.hand_in(pk, request.user, now):
        return redirect("assessment:result", pk)
    found = _own_attempt(request, pk, now)
    if found.state == Attempt.State.SUBMITTED:
        return redirect("assessment:result", pk)
    if request.method == "POST":
        messages.error(request, REFUSALS[actions.NotEnrolled])
        return redirect("assessment:quiz", found.quiz_id)
    questions = [paper.question(row) for row in paper.questions_of(found)]
    missing = [question for question in questions if not question.is_answered]
    context = around(found, found.enrolment.course) | {"questions": questions, "missing": missing, "terms": found.terms}
    return render(request, "assessment/submit.html", context)


def _own_attempt(request, pk: int, now: datetime.datetime) -> Attempt:
    """The learner's attempt; marked first when it was handed in or its time is up."""
    attempts = Attempt.objects.for_learner(request.user).select_related("quiz", "enrolment__course")
    return actions.settle(get_object_or_404(attempts, pk=pk), now)


def _keep(request, found: Attempt, served: list[ServedQuestion], now: datetime.datetime):
    """Save what the page shows, then go where the button pressed says."""
    asked = _asked(request.POST)
    shown = rows_on_page(found, served, asked)
    try:
        kept = actions.save_answers(
            found, paper.read_form(shown, request.POST), now, _served_at(request.POST, found, now)
        )
        if check := _number(request.POST.get("check")):
            actions.check_question(found, check, now)
    except actions.AttemptSubmitted:
        messages.info(request, ALREADY_SUBMITTED)
        return redirect("assessment:result", found.pk)
    except (actions.NotPractice, actions.UnknownQuestion):
        return redirect("assessment:attempt", found.pk)
    if kept:
        messages.warning(request, _kept_text(kept))
    return _next(request, found, asked, check)


def _next(request, found: Attempt, asked: int | None, check: int | None):
    here = reverse("assessment:attempt", args=[found.pk])
    if request.POST.get("action") == "submit":
        return redirect("assessment:submit", found.pk)
    if go := _number(request.POST.get("go")):
        return redirect(f"{here}?question={go}")
    if check:
        return redirect(question_url(found, check))
    page = f"?question={asked}" if found.terms.one_per_page and asked else ""
    messages.success(request, _("Vos réponses sont enregistrées. Vous pouvez reprendre plus tard."))
    return redirect(f"{here}{page}")


def _kept_text(positions: list[int]) -> str:
    """That answers given later, elsewhere, were not overwritten by this older page."""
    return ngettext(
        "Question %(positions)s : une réponse plus récente, donnée sur une autre page, a été gardée. Vérifiez-la.",
        "Questions %(positions)s : des réponses plus récentes, données sur une autre page, ont été gardées. Vérifiez-les.",
        len(positions),
    ) % {"positions": ", ".join(map(str, positions))}


def _asked(fields) -> int | None:
    return _number(fields.get("question"))


def _served_at(fields, found: Attempt, now: datetime.datetime) -> datetime.datetime | None:
    claimed = _number(fields.get("served_at"))
    return None if claimed is None else timing.given_at(claimed, found.started_at, now)


def _number(text: str | None) -> int | None:
    """A whole number a form sent, or None."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 16 else None
