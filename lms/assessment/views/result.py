"""The page of a result. Only the learner's own."""

from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from courses.models import CoursePage
from lms.assessment import actions
from lms.assessment.actions.allowances import extra_of
from lms.assessment.models import Attempt
from lms.assessment.result import Result, find_result
from lms.assessment.review import reviews_of
from lms.assessment.rules import feedback, scoring
from lms.assessment.views.around import around, refusal_text, shown_of


@never_cache
@require_safe
def result(request, pk):
    """The mark, each question corrected and explained, as far as the quiz tells them; and what to do next."""
    now = timezone.now()
    found = find_result(request.user, pk, now)
    if found is None or not _is_open(found, request.user):
        raise Http404
    attempt, quiz, study = found.attempt, found.attempt.quiz, found.study
    if attempt.state != Attempt.State.SUBMITTED:
        return redirect("assessment:attempt", pk)
    shown = shown_of(attempt, found.attempts, quiz, now)
    told_at = feedback.latest(attempt.terms.closes_at, quiz.closes_at)
    context = around(attempt, study.outline if study else attempt.enrolment.course) | {
        "ring_percent": int(attempt.score_percent),  # never rounded up to the pass mark
        "shown": shown,
        "told_at": told_at,
        "reviews": reviews_of(found.settled, told_at, now) if shown.verdicts else [],
        "study": study,
        "next_item": study.next_item if study else None,
    }
    return render(request, "assessment/result.html", context | _another(found, now))


def _is_open(found: Result, user) -> bool:
    item = found.study.outline.item_by_id(found.attempt.quiz_id) if found.study else None
    return item is None or item.is_open_to(user)


def _another(found: Result, now) -> dict:
    """Whether another attempt may be made, why not, and whom to ask."""
    quiz, attempts = found.attempt.quiz, found.attempts
    more = extra_of(found.attempt.enrolment, quiz, now)
    refused = actions.refusal(found.attempt.enrolment, quiz, attempts, now, more)
    left = scoring.attempts_left(quiz.max_attempts, len(attempts), more.attempts)
    is_exhausted = isinstance(refused, actions.NoAttemptLeft)
    course = CoursePage.objects.filter(pk=found.attempt.enrolment.course_id)
    return {
        "attempts_left": left,
        "is_limited": left is not None,
        "refusal": refusal_text(refused) if refused else "",
        "is_exhausted": is_exhausted,
        "contact_email": course.values_list("contact_email", flat=True).get() if is_exhausted else "",
    }
