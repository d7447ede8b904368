"""The page of a quiz: its rules, what is left, what was done; from there an attempt begins or is taken up again."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from courses.models import QuizPage
from lms.assessment import actions
from lms.assessment.actions.sittings import sitting_with_code
from lms.assessment.models import Allowance, Attempt, SupervisedSitting
from lms.assessment.rules import scoring, supervision
from lms.assessment.rules.allowances import extra
from lms.assessment.views.around import crumbs, find_place, refusal_text, shown_of
from lms.core.limits import take
from lms.learning.models import Enrolment
from lms.learning.study import Study
from lms.learning.views.steps import steps


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def quiz(request, pk):
    """The rules, what is left, what was done; a POST starts an attempt or finds the open one again."""
    page = get_object_or_404(QuizPage.objects.live(), pk=pk)
    study, item = find_place(request, page)
    if study is None:
        messages.info(request, _("Inscrivez-vous à cette formation pour ouvrir ses leçons et son évaluation."))
        return redirect(item)
    if item is None:  # its module is not published
        raise Http404
    if request.method == "POST":
        return _start(request, page, study)
    found = (
        Attempt.objects.for_learner(request.user)
        .filter(quiz=page)
        .select_related("enrolment", "quiz")
        .order_by("number")
    )
    now = timezone.now()
    attempts = [actions.settle(attempt, now) for attempt in found]
    return render(request, "assessment/quiz.html", _rules(page, study, item, attempts, now))


def _start(request, page: QuizPage, study: Study):
    now, sitting = timezone.now(), None
    try:
        if supervision.needs_supervision(page.assurance) and request.POST.get("code"):
            sitting = _sitting(request, page, now)
        enrolment = Enrolment(pk=study.enrolment_id, person=request.user)
        started = actions.start_attempt(enrolment, page, now, sitting=sitting)
    except WrongCode as refusal:
        messages.error(request, str(refusal))
        return redirect("assessment:quiz", page.pk)
    except actions.AttemptRefused as refusal:
        messages.error(request, refusal_text(refusal))
        return redirect("assessment:quiz", page.pk)
    return redirect("assessment:attempt", started.pk)


class WrongCode(Exception):
    """No sitting of this quiz has this code now, or too many were tried; says so in a sentence."""


def _sitting(request, page: QuizPage, now) -> SupervisedSitting:
    who = f"{request.user.pk}:{page.pk}"
    if not take("sitting-code", who, supervision.TRIES, supervision.TRIES_SECONDS):
        raise WrongCode(_("Trop d’essais. Attendez dix minutes, puis tapez le code que le surveillant vous donne."))
    sitting = sitting_with_code(page, request.POST["code"], now)
    if sitting is None:
        raise WrongCode(
            _("Ce code n’est pas, ou plus, celui de la séance : il change toutes les cinq minutes. Redemandez-le.")
        )
    return sitting


def _refusal_told(refused: actions.AttemptRefused | None, is_withheld: bool) -> str:
    """Why no attempt may begin: the same words for all while marks are withheld."""
    if isinstance(refused, actions.NoAttemptLeft) and is_withheld:
        return _("Votre tentative est remise : le résultat paraîtra à la clôture.")
    return refusal_text(refused) if refused else ""


def _coming_sittings(page: QuizPage, now) -> list[SupervisedSitting]:
    """Where and when a supervised quiz can be taken; no query for any other."""
    if not supervision.needs_supervision(page.assurance):
        return []
    sittings = SupervisedSitting.objects.not_closed().filter(quiz=page, ends_at__gt=now)
    return list(sittings.order_by("starts_at", "pk"))


def _rules(page: QuizPage, study: Study, item, attempts: list[Attempt], now) -> dict:
    """What the page tells; `attempts` in the order they were made."""
    open_attempt = next((one for one in attempts if one.state == Attempt.State.OPEN), None)
    allowances = list(Allowance.objects.in_force(now).filter(enrolment=study.enrolment_id, quiz=page))
    more = extra(allowances)
    refused = actions.refusal(Enrolment(pk=study.enrolment_id), page, attempts, now, more)
    left = scoring.attempts_left(page.max_attempts, len(attempts), more.attempts)
    submitted = [one for one in reversed(attempts) if one.state == Attempt.State.SUBMITTED]
    told = [(one, shown_of(one, attempts, page, now)) for one in submitted]
    is_passed = any(one.is_passed and shown.mark for one, shown in told)
    is_withheld = any(one.is_withheld for one in submitted)
    return {
        "quiz": page,
        "course": study.outline,
        "crumbs": crumbs(study.outline.title, study.outline.url, page.title),
        "item": item,
        "outline": steps(study.outline, study.done_ids, item),
        "question_count": page.question_count(),
        "attempts": told,
        "open_attempt": open_attempt,
        "allowances": allowances,
        "is_passed": is_passed,
        "attempts_left": left,
        "is_limited": left is not None,
        "is_being_marked": any(one.awaits_marking for one in attempts),
        "may_start": refused is None and open_attempt is None,
        "is_supervised": supervision.needs_supervision(page.assurance),
        "sittings": _coming_sittings(page, now),
        "refusal": _refusal_told(refused, is_withheld),
        "is_over": isinstance(refused, actions.NoAttemptLeft | actions.QuizClosed) and not is_withheld,
        "previous": study.outline.before(item) if item else None,
        "next": study.outline.after(item) if item else None,
        "undone_lessons": [one for one in study.outline.items if one.kind == "lesson" and one.id not in study.done_ids],
    }
