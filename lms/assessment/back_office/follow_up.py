"""How a course goes, for those who teach it: figures, funnel, hardest questions, remarks, and what they may do of them."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin import messages
from wagtail.admin.utils import get_valid_next_url_from_request

from courses.models import CoursePage
from courses.permissions import can_teach
from lms.assessment import follow_up as figures
from lms.assessment.actions.statistics import ask_statistics
from lms.assessment.models import ItemStatistics
from lms.assessment.rules.statistics import MIN_ANSWERS
from lms.learning.models import LessonRemark, RapidFinish
from lms.learning.remarks import erase_remark, handle_remark

HARDEST, LATEST_REMARKS = 5, 3


def taught_course(request, pk: int) -> CoursePage:
    """The course, for those who teach it: 403 for who may only read it, 404 for who may not even see it."""
    course = get_object_or_404(CoursePage, pk=pk)
    if can_teach(request.user, course):
        return course
    if CoursePage.objects.visible_to(request.user).filter(pk=pk).exists():
        raise PermissionDenied
    raise Http404


def breadcrumbs(course: CoursePage, title: str = "") -> list[dict]:
    """The way from the list of courses to a page of the follow-up."""
    crumbs = [
        {"url": reverse("formations:index"), "label": _("Formations")},
        {"url": reverse("wagtailadmin_pages:edit", args=[course.pk]), "label": course.title},
        {"url": reverse("assessment_follow_up", args=[course.pk]) if title else "", "label": _("Suivi")},
    ]
    return [*crumbs, {"url": "", "label": title}] if title else crumbs


@require_safe
def follow_up(request, pk: int):
    """All the figures of a course on one page; each leads to the list behind it."""
    course, now = taught_course(request, pk), timezone.now()
    counts = figures.figures_of(course, now)
    steps, never_opened = figures.funnel_of(course, counts.enrolled, now)
    remarks = LessonRemark.objects.for_course(course).waiting()
    statistics = ItemStatistics.objects.for_course(course)
    context = {
        "course": course,
        "figures": counts,
        "steps": steps,
        "never_opened": never_opened,
        "median_days": figures.median_days(course),
        "hardest": list(statistics.telling().hardest_first()[:HARDEST]),
        "min_answers": MIN_ANSWERS,
        "remarks": list(remarks.select_related("lesson")[:LATEST_REMARKS]),
        "remark_count": remarks.count(),
        "rapid_count": RapidFinish.objects.for_course(course).count(),
        "breadcrumbs_items": breadcrumbs(course),
        "header_title": _("Suivi de la formation"),
        "header_icon": "group",
    }
    return render(request, "assessment/back_office/follow_up.html", context)


@require_safe
def question_statistics(request, pk: int, row: int):
    """One question of a quiz: its figures, what is wrong with it, and who chose what."""
    course = taught_course(request, pk)
    item = get_object_or_404(ItemStatistics.objects.for_course(course), pk=row)
    context = {
        "course": course,
        "item": item,
        "min_answers": MIN_ANSWERS,
        "breadcrumbs_items": [
            *breadcrumbs(course, _("Questions"))[:-1],
            {"url": reverse("assessment_question_list", args=[pk]), "label": _("Questions")},
            {"url": "", "label": item.version.question.code},
        ],
        "header_title": _("Statistiques d’une question"),
        "header_icon": "help",
    }
    return render(request, "assessment/back_office/question_statistics.html", context)


@require_POST
def statistics_ask(request, pk: int):
    """Compute the statistics of the questions now rather than tonight."""
    course = taught_course(request, pk)
    ask_statistics(course, timezone.now(), request.user)
    messages.success(request, _("Le calcul est demandé : actualisez la page dans un instant."))
    return redirect("assessment_question_list", pk)


@require_POST
def remark_act(request, pk: int, remark: int, act: str):
    """Mark a remark as dealt with, or erase its words."""
    course = taught_course(request, pk)
    found = get_object_or_404(LessonRemark.objects.for_course(course), pk=remark)
    do = {"traiter": handle_remark, "effacer": erase_remark}.get(act)
    if do is None:
        raise Http404
    if do(found, request.user, timezone.now()):
        done = _("La remarque est traitée.") if act == "traiter" else _("Le texte de la remarque est effacé.")
        messages.success(request, done)
    return redirect(get_valid_next_url_from_request(request) or reverse("assessment_remark_list", args=[pk]))
