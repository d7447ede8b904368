"""A learner contests the mark of a question, or says what is wrong with it."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from lms.assessment import paper
from lms.assessment.actions.appeals import AppealRefused, contest, flag_question, may_contest
from lms.assessment.forms import SayForm
from lms.assessment.models import Attempt, ServedQuestion
from lms.assessment.rules import feedback
from lms.assessment.views.around import around, question_url, shown_of


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def contest_mark(request, pk, position):
    """Contest a mark that was told, once and in time; 404 where there is nothing to contest."""
    now = timezone.now()
    row = _own_question(request, pk, position, attempt__state=Attempt.State.SUBMITTED)
    attempts = list(Attempt.objects.for_learner(request.user).filter(quiz=row.attempt.quiz_id).order_by("number"))
    told_at = feedback.latest(row.attempt.terms.closes_at, row.attempt.quiz.closes_at)
    is_told = shown_of(row.attempt, attempts, row.attempt.quiz, now).verdicts
    if not is_told or not may_contest(row.marks.last(), list(row.appeals.all()), told_at, now):
        raise Http404
    form = SayForm(request.POST or None, label=_("Pourquoi cette note vous paraît-elle fausse ?"))
    if request.method == "POST" and form.is_valid():
        try:
            contest(row, form.cleaned_data["text"], told_at, now)
        except AppealRefused:
            messages.error(request, _("Cette note ne peut plus être contestée."))
        else:
            messages.success(request, _("Votre contestation est transmise. La réponse viendra par courriel et ici."))
        return redirect("assessment:result", pk)
    return _say(
        request,
        row,
        form,
        title=_("Contester une note"),
        lead=_("Un formateur relira votre réponse et vous répondra avec ses raisons. La note ne peut pas baisser."),
        act=_("Envoyer la contestation"),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def flag(request, pk, position):
    """Say what is wrong with a question, while answering it or after."""
    row = _own_question(request, pk, position)
    form = SayForm(
        request.POST or None,
        label=_("Quel est le problème ?"),
        help_text=_("Par exemple une faute, une image qui manque, deux réponses justes."),
    )
    if request.method == "POST" and form.is_valid():
        flag_question(row, form.cleaned_data["text"], timezone.now())
        messages.success(request, _("Merci : les formateurs verront votre signalement."))
        return redirect(_back(row))
    return _say(
        request,
        row,
        form,
        title=_("Signaler un problème dans une question"),
        lead=_("Cela ne change pas votre note, mais aide à corriger la question."),
        act=_("Envoyer le signalement"),
    )


def _own_question(request, pk: int, position: int, **more) -> ServedQuestion:
    rows = ServedQuestion.objects.select_related("version", "attempt__quiz", "attempt__enrolment__course")
    return get_object_or_404(rows, attempt=pk, position=position, attempt__enrolment__person=request.user, **more)


def _back(row: ServedQuestion) -> str:
    if row.attempt.state == Attempt.State.SUBMITTED:
        return reverse("assessment:result", args=[row.attempt_id])
    return question_url(row.attempt, row.position)


def _say(request, row: ServedQuestion, form: SayForm, **words):
    context = around(row.attempt, row.attempt.enrolment.course) | {
        "question": paper.question(row),
        "form": form,
        "back_url": _back(row),
        **words,
    }
    return render(request, "assessment/say.html", context)
