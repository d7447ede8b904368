"""A learner's own space: what to do now, what is under way, why a course is or is not completed."""

from itertools import groupby

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from courses.cards import course_cards
from courses.outline import QUIZ
from lms.learning import actions
from lms.learning.models import Completion, Enrolment
from lms.learning.programme_study import programmes_followed_by
from lms.learning.study import Study, latest_first, studies_of, study_of, suggested_courses


@require_safe
def home(request):
    """« Ce que je dois faire maintenant » first, then courses under way, done, and suggested."""
    studies = latest_first(studies_of(request.user))
    under_way = [study for study in studies if not study.is_completed and study.outline.is_live]
    return render(
        request,
        "learning/home.html",
        {
            "next_task": _next_task(under_way),
            "tasks": [_task(study) for study in under_way],
            "finished": [study for study in studies if study.is_completed],
            "programmes": programmes_followed_by(request.user),
            "suggestions": course_cards(suggested_courses(request.user, timezone.localdate())),
        },
    )


@require_safe
def progress(request, pk):
    """« Pourquoi n’ai-je pas mon certificat ? »: each condition, whether it is met, and by which fact."""
    enrolment = _own_enrolment(request, pk)
    study = study_of(enrolment)
    completion = getattr(enrolment, "completion", None)
    lines = _frozen_lines(completion) if completion else _lines(study)
    context = {
        "enrolment": enrolment,
        "study": study,
        "completion": completion,
        "groups": _in_modules(lines),
        "left_count": sum(not line["is_met"] for line in lines),
        "crumbs": _crumbs(study.outline.title, study.outline.url, _("Où j’en suis")),
    }
    return render(request, "learning/progress.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request, pk):
    """Ask whether to give a course up, then do it."""
    enrolment = _own_enrolment(request, pk)
    if enrolment.state != Enrolment.State.ACTIVE:
        raise Http404
    if request.method != "POST":
        title, url = enrolment.course.title, reverse("learning:course", args=[enrolment.course.slug])
        crumbs = _crumbs(title, url, _("Abandonner"))
        return render(request, "learning/withdraw.html", {"enrolment": enrolment, "crumbs": crumbs})
    try:
        actions.withdraw(enrolment)
    except actions.EnrolmentCompleted:
        messages.error(request, _("Cette formation est terminée : elle reste dans votre espace."))
    else:
        messages.success(request, _("Vous avez abandonné cette formation. Votre avancement est conservé."))
    return redirect("learning:home")


def _own_enrolment(request, pk: int) -> Enrolment:
    """Only the learner reads their own space; others have pages of their own for what they may see."""
    return get_object_or_404(Enrolment.objects.select_related("course", "completion"), pk=pk, person=request.user)


def _lines(study: Study) -> list[dict]:
    """The conditions as they stand, each with the page that meets it."""
    return [
        vars(condition) | {"url": item.url}
        for condition, item in zip(study.conditions, study.outline.items, strict=True)
    ]


def _frozen_lines(completion: Completion) -> list[dict]:
    """The conditions as they were when the course was completed."""
    return [line | {"at": line["at"] and parse_datetime(line["at"])} for line in completion.conditions]


def _in_modules(lines: list[dict]) -> list[dict]:
    """The lines by module ("" for none), in order, with how many are met."""
    groups = [(title, list(found)) for title, found in groupby(lines, key=lambda line: line.get("module", ""))]
    return [
        {"title": title, "lines": found, "total": len(found), "met": sum(line["is_met"] for line in found)}
        for title, found in groups
    ]


def _crumbs(course_title: str, course_url: str, title: str) -> list[tuple[str, str | None]]:
    return [(_("Mon espace"), reverse("learning:home")), (course_title, course_url), (title, None)]


def _next_task(under_way: list[Study]) -> dict | None:
    study = next((study for study in under_way if study.next_item), None)
    if study is None:
        return None
    item = study.next_item
    is_quiz = item.kind == QUIZ
    is_new = not study.done_ids and study.last_item_id is None
    labels = {"title": item.title, "position": item.position, "count": len(study.outline.items)}
    return {
        "eyebrow": _("Évaluation à passer") if is_quiz else _("À commencer") if is_new else _("À reprendre"),
        "title": study.outline.title,
        "text": _("Étape %(position)s sur %(count)s : %(title)s") % labels,
        "url": item.url,
        "label": _("Passer l’évaluation") if is_quiz else _("Commencer") if is_new else _("Reprendre"),
        "percent": study.percent,
        "code": study.outline.code,
        "strand": None,
    }


def _task(study: Study) -> dict:
    left = [item for item in study.outline.items if item.id not in study.done_ids]
    quizzes = sum(item.kind == QUIZ for item in left)
    lessons = len(left) - quizzes
    parts = []
    if lessons:
        parts.append(ngettext("%(n)s leçon à lire", "%(n)s leçons à lire", lessons) % {"n": lessons})
    if quizzes:
        parts.append(ngettext("%(n)s évaluation à réussir", "%(n)s évaluations à réussir", quizzes) % {"n": quizzes})
    return {
        "title": study.outline.title,
        "url": study.outline.url,
        "text": _("Il reste : %(list)s.") % {"list": ", ".join(parts)} if parts else "",
        "percent": study.percent,
        "news": study.news,
        "action_url": study.next_item.url if study.next_item else study.outline.url,
        "action_label": _("Continuer"),
        "progress_url": reverse("learning:progress", args=[study.enrolment_id]),
    }
