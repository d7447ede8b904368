"""Passing a quiz: its rules, an attempt, each answer, the submission, the result. Only the learner's own."""

from django.contrib import messages
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from courses.models import CoursePage, QuizPage
from lms.assessment import actions, paper
from lms.assessment.models import Attempt, ServedQuestion
from lms.assessment.review import reviews_of
from lms.assessment.rules import scoring, serving
from lms.learning.actions import EnrolmentWithdrawn
from lms.learning.models import Enrolment
from lms.learning.study import Study, find_study
from lms.learning.views.steps import steps

# What Django reads into request.POST; in anything else it finds no answer at all.
FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")
REFUSALS = {
    actions.NotEnrolled: gettext_lazy("Inscrivez-vous à la formation pour passer son évaluation."),
    actions.QuizNotOpen: gettext_lazy("Cette évaluation n’est pas ouverte."),
    actions.QuizAlreadyPassed: gettext_lazy("Vous avez déjà réussi cette évaluation."),
    actions.AttemptBeingMarked: gettext_lazy("Votre tentative est en cours de correction : attendez son résultat."),
    actions.NoAttemptLeft: gettext_lazy("Vous avez utilisé toutes vos tentatives."),
}
ALREADY_SUBMITTED = gettext_lazy("Cette tentative est déjà remise : ses réponses ne changent plus.")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def quiz(request, pk):
    """The rules, what is left, what was done; a POST starts an attempt or finds the open one again."""
    page = get_object_or_404(QuizPage.objects.live(), pk=pk)
    study, item = _study(request, page)
    if study is None:
        messages.info(request, _("Inscrivez-vous à cette formation pour ouvrir ses leçons et son évaluation."))
        return redirect(item)
    if item is None:  # its module is not published
        raise Http404
    if request.method == "POST":
        return _start(request, page, study)
    attempts = list(Attempt.objects.for_learner(request.user).filter(quiz=page).order_by("-number"))
    return render(request, "assessment/quiz.html", _rules(page, study, item, attempts))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def attempt(request, pk):
    """All the questions on one page; a POST keeps what is given so far, then stays here or goes on to submit."""
    found = _own_attempt(request, pk)
    served = paper.questions_of(found)
    if request.method == "POST":
        return _keep(request, found, served)
    if found.state == Attempt.State.SUBMITTED:
        return redirect("assessment:result", pk)
    questions = [paper.question(row) for row in served]
    answered = sum(question.is_answered for question in questions)
    context = _around(found) | {"questions": questions, "answered_count": answered}
    return render(request, "assessment/attempt.html", context)


@require_POST
def answer(request, pk, position):
    """Save the answer to one question, as it is given; says so in JSON. A form that cannot be read erases nothing: 415."""
    if request.content_type and request.content_type not in FORM_TYPES:
        return JsonResponse({"saved": False}, status=415)
    row = get_object_or_404(
        ServedQuestion.objects.select_related("version").only(
            "attempt_id", "position", "order", "version__type", "version__content"
        ),
        attempt=pk,
        attempt__enrolment__person=request.user,
        position=position,
    )
    answers = paper.read_form([row], request.POST)
    if position not in answers:  # a file has its own address
        return JsonResponse({"saved": False}, status=415)
    response = answers[position]
    try:
        actions.save_answer(pk, position, response, timezone.now())
    except actions.AttemptSubmitted:
        return JsonResponse({"saved": False, "result": reverse("assessment:result", args=[pk])}, status=409)
    is_answered = serving.is_answered(row.version.type, row.version.content, response)
    return JsonResponse({"saved": True, "answered": is_answered})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def submit(request, pk):
    """Ask for confirmation, naming what is not answered; a POST submits what was saved."""
    found = _own_attempt(request, pk)
    if request.method == "POST":
        try:
            actions.submit(found, timezone.now())
        except EnrolmentWithdrawn:
            messages.error(request, REFUSALS[actions.NotEnrolled])
            return redirect("assessment:quiz", found.quiz_id)
        return redirect("assessment:result", pk)
    if found.state == Attempt.State.SUBMITTED:
        return redirect("assessment:result", pk)
    questions = [paper.question(row) for row in paper.questions_of(found)]
    missing = [question for question in questions if not question.is_answered]
    context = _around(found) | {"questions": questions, "missing": missing}
    return render(request, "assessment/submit.html", context)


@never_cache
@require_safe
def result(request, pk):
    """The mark, each question corrected and explained, and what to do next."""
    found = _own_attempt(request, pk)
    if found.state != Attempt.State.SUBMITTED:
        return redirect("assessment:attempt", pk)
    study, _item = _study(request, found.quiz)
    used = Attempt.objects.for_learner(request.user).filter(quiz=found.quiz_id).count()
    context = _around(found) | {
        "ring_percent": int(found.score_percent),  # never rounded up to the pass mark
        "reviews": reviews_of(found),
        "study": study,
        "next_item": study.next_item if study else None,
        "attempts_left": scoring.attempts_left(found.quiz.max_attempts, used),
        "is_limited": found.quiz.max_attempts > 0,
    }
    return render(request, "assessment/result.html", context)


def _study(request, page: QuizPage) -> tuple[Study | None, object]:
    """The learner's place in the course of a quiz and its step there; without a place, the course's address instead."""
    course = get_object_or_404(CoursePage.objects.ancestor_of(page).only("slug"))
    study = find_study(request.user, course.slug)
    if study is None:
        return None, reverse("learning:course", args=[course.slug])
    item = study.outline.item_by_id(page.pk)
    if item is not None and not item.is_open_to(request.user):
        raise Http404
    return study, item


def _own_attempt(request, pk: int) -> Attempt:
    attempts = Attempt.objects.for_learner(request.user)
    return get_object_or_404(attempts.select_related("quiz", "enrolment__course"), pk=pk)


def _start(request, page: QuizPage, study: Study):
    try:
        started = actions.start_attempt(Enrolment(pk=study.enrolment_id), page, timezone.now())
    except actions.AttemptRefused as refusal:
        messages.error(request, REFUSALS[type(refusal)])
        return redirect("assessment:quiz", page.pk)
    return redirect("assessment:attempt", started.pk)


def _keep(request, found: Attempt, served: list[ServedQuestion]):
    try:
        actions.save_answers(found, paper.read_form(served, request.POST), timezone.now())
    except actions.AttemptSubmitted:
        messages.info(request, ALREADY_SUBMITTED)
        return redirect("assessment:result", found.pk)
    if request.POST.get("action") == "submit":
        return redirect("assessment:submit", found.pk)
    messages.success(request, _("Vos réponses sont enregistrées. Vous pouvez reprendre plus tard."))
    return redirect("assessment:attempt", found.pk)


def _rules(page: QuizPage, study: Study, item, attempts: list[Attempt]) -> dict:
    open_attempt = next((one for one in attempts if one.state == Attempt.State.OPEN), None)
    is_passed = any(one.is_passed for one in attempts)
    left = scoring.attempts_left(page.max_attempts, len(attempts))
    return {
        "quiz": page,
        "course": study.outline,
        "crumbs": _crumbs(study.outline.title, study.outline.url, page.title),
        "item": item,
        "outline": steps(study.outline, study.done_ids, item),
        "question_count": page.quiz_questions.count(),
        "attempts": [one for one in attempts if one.state == Attempt.State.SUBMITTED],
        "open_attempt": open_attempt,
        "is_passed": is_passed,
        "attempts_left": left,
        "is_limited": left is not None,
        "is_being_marked": any(one.awaits_marking for one in attempts),
        "may_start": not is_passed and open_attempt is None and left != 0,
        "previous": study.outline.before(item) if item else None,
        "next": study.outline.after(item) if item else None,
        "undone_lessons": [one for one in study.outline.items if one.kind == "lesson" and one.id not in study.done_ids],
    }


def _around(found: Attempt) -> dict:
    course = found.enrolment.course
    course_url = reverse("learning:course", args=[course.slug])
    return {
        "attempt": found,
        "quiz": found.quiz,
        "course": course,
        "course_url": course_url,
        "crumbs": _crumbs(course.title, course_url, found.quiz.title),
    }


def _crumbs(course_title: str, course_url: str, title: str) -> list[tuple[str, str | None]]:
    return [(_("Mon espace"), reverse("learning:home")), (course_title, course_url), (title, None)]
