"""What the pages of assessment share: the learner's place in the course, what may be told, why something is refused."""

import datetime

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.models import CoursePage, QuizPage
from courses.outline import Outline
from lms.assessment import actions, paper
from lms.assessment.models import Attempt
from lms.assessment.rules import feedback, scoring
from lms.learning.study import Study, find_study

REFUSALS = {
    actions.NotEnrolled: gettext_lazy("Inscrivez-vous à la formation pour passer son évaluation."),
    actions.QuizNotOpen: gettext_lazy("Cette évaluation n’est pas ouverte."),
    actions.QuizNotOpenYet: gettext_lazy("Cette évaluation ouvre le %(until)s."),
    actions.QuizClosed: gettext_lazy("Cette évaluation est close."),
    actions.QuizAlreadyPassed: gettext_lazy("Vous avez déjà réussi cette évaluation."),
    actions.AttemptBeingMarked: gettext_lazy("Votre tentative est en cours de correction : attendez son résultat."),
    actions.NoAttemptLeft: gettext_lazy("Vous avez utilisé toutes vos tentatives."),
    actions.SupervisionRequired: gettext_lazy(
        "Cette évaluation se passe en séance surveillée : tapez le code que le surveillant donne dans la salle."
    ),
    actions.SittingOver: gettext_lazy("Cette séance est finie. Voyez ci-dessous les suivantes."),
    actions.TooSoon: gettext_lazy("Vous pourrez recommencer à partir du %(until)s."),
}
MOMENT = "j F Y à H:i"


def refusal_text(refusal: actions.AttemptRefused) -> str:
    """Why an attempt cannot begin, and from when it could."""
    text = str(REFUSALS[type(refusal)])
    return text % {"until": date_format(localtime(refusal.until), MOMENT)} if refusal.until else text


def question_url(attempt: Attempt, position: int) -> str:
    """Where a question of an open attempt is, on its page."""
    page = f"?question={position}" if attempt.terms.one_per_page else ""
    return f"{reverse('assessment:attempt', args=[attempt.pk])}{page}#{paper.anchor(position)}"


def find_place(request, page: QuizPage) -> tuple[Study | None, object]:
    """The learner's place in the course of a quiz and its step there; without a place, the course's address instead."""
    course = get_object_or_404(CoursePage.objects.ancestor_of(page).only("slug"))
    study = find_study(request.user, course.slug)
    if study is None:
        return None, reverse("learning:course", args=[course.slug])
    item = study.outline.item_by_id(page.pk)
    if item is not None and not item.is_open_to(request.user):
        raise Http404
    return study, item


def shown_of(attempt: Attempt, attempts: list[Attempt], quiz: QuizPage, now: datetime.datetime) -> feedback.Shown:
    """What the learner is told of a submitted attempt, among all theirs at the quiz; no query."""
    terms = attempt.terms
    left = scoring.attempts_left(quiz.max_attempts, len(attempts))
    is_settled = left == 0 or any(one.is_told_passed for one in attempts)
    closes_at = feedback.latest(terms.closes_at, quiz.closes_at)
    return feedback.shown_after_submission(terms.preset, closes_at, now, is_settled)


def around(found: Attempt, course: CoursePage | Outline) -> dict:
    """The context that every page of an attempt has; the course as a page or as its outline."""
    course_url = reverse("learning:course", args=[course.slug])
    return {
        "attempt": found,
        "quiz": found.quiz,
        "course": course,
        "course_url": course_url,
        "crumbs": crumbs(course.title, course_url, found.quiz.title),
    }


def crumbs(course_title: str, course_url: str, title: str) -> list[tuple[str, str | None]]:
    return [(_("Mon espace"), reverse("learning:home")), (course_title, course_url), (title, None)]
