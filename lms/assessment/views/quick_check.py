"""A question asked inside a lesson: answered, corrected at once, recorded nowhere.

Answering changes nothing, so it is a GET: the answer is in the address, no token is needed in the text of the lesson, and
the way back and the reload do what one expects.
"""

from random import Random

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from courses.blocks.checks import quick_questions
from courses.models import CoursePage, LessonPage, QuestionVersion
from courses.permissions import can_teach
from courses.rules.answers import MANUAL_TYPES, UNMARKED_TYPES
from lms.assessment import paper
from lms.assessment.models import ServedQuestion
from lms.assessment.rules import scoring
from lms.assessment.rules.marking import mark
from lms.assessment.rules.serving import shuffled_order
from lms.learning.study import find_study


@never_cache
@require_safe
def quick_check(request, lesson, question):
    """The question to answer or, with an answer, the same corrected; a fragment for the lesson that fetches it."""
    page, course = _lesson_read_by(request.user, lesson, question)
    row = _served(request, question)
    if row is None:
        raise Http404
    given = paper.read_form([row], request.GET)[row.position] if "version" in request.GET else None
    context = {"lesson": page, "course": course, "lesson_url": page.get_url(request), "version": row.version_id}
    if given is None:
        context |= {"question": paper.question(row), "is_empty": "version" in request.GET}
    else:
        row.response = given
        share = mark(row.version.type, row.version.content, given)
        row.awarded_points = scoring.points_for(share, row.points)
        context["correction"] = paper.correction_of_bank(row)
    is_fragment = request.headers.get("X-Requested-With") == "fetch"
    context["crumbs"] = [(course.title, course.get_url(request)), (page.title, context["lesson_url"])]
    context["crumbs"].append((_("Question rapide"), None))
    template = "assessment/quick_check_body.html" if is_fragment else "assessment/quick_check.html"
    return render(request, template, context)


def _lesson_read_by(user, lesson: int, question: int) -> tuple[LessonPage, CoursePage]:
    """The lesson, if `user` may read it and it asks the question; its authors may try it in a draft too."""
    page = get_object_or_404(LessonPage, pk=lesson)
    course = CoursePage.objects.ancestor_of(page).get()
    study = find_study(user, course.slug)
    item = study.outline.item_by_id(page.pk) if study else None
    if item and item.is_open_to(user) and question in quick_questions(page.body):
        return page, course
    if can_teach(user, course) and question in quick_questions(page.get_latest_revision_as_object().body):
        return page, course
    raise Http404


def _served(request, question: int) -> ServedQuestion | None:
    """The question as served to this learner, never saved: the version they were shown, in an order that stays theirs."""
    versions = QuestionVersion.objects.filter(question=question).select_related("question__competence")
    asked = request.GET.get("version", "")
    if asked.isascii() and asked.isdigit() and len(asked) < 10:
        versions = versions.filter(pk=asked)
    version = versions.order_by("-number").first()
    if version is None or version.type in MANUAL_TYPES | UNMARKED_TYPES:
        return None
    order = shuffled_order(version.type, version.content, Random(f"{request.user.pk}-{version.pk}"))  # noqa: S311
    return ServedQuestion(position=question, version=version, points=1, order=order)
