"""How many questions of the bank match a draw, while its author chooses."""

from django.db.models import QuerySet
from django.http import JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe
from wagtail.models import Page
from wagtail.permissions import page_permission_policy

from courses.draws import condition_of, drawable
from courses.models import Question, QuizDraw


@require_safe
def draw_matches(request, place: int):
    """What `matching_text` says of the criteria in the address, as JSON; what is no criterion says nothing.

    `place` is the quiz, or the page it is being written below: the answer is of the questions open to its branch.
    """
    mine = page_permission_policy.instances_user_has_any_permission_for(request.user, ["add", "change"])
    page = get_object_or_404(Page.objects.filter(pk__in=mine.values("pk")), pk=place)
    number = {
        name: int(text) for name in ("competence", "level", "tag") if (text := request.GET.get(name, "")).isdecimal()
    }
    difficulty = request.GET.get("difficulty", "")
    draw = QuizDraw(
        competence_id=number.get("competence"),
        level=number.get("level"),
        tag_id=number.get("tag"),
        difficulty=difficulty if difficulty in Question.Difficulty else "",
    )
    return JsonResponse({"text": matching_text(draw, Question.objects.open_to(page))})


def matching_text(draw: QuizDraw, questions: QuerySet) -> str:
    """How many of these questions match a draw, in words (one query; none while it says nothing)."""
    condition = condition_of(draw)
    if not condition:
        return _("Choisissez au moins un critère.")
    count = drawable(questions).filter(condition).count()
    if not count:
        return _("Aucune question de la banque ne convient.")
    return ngettext("%(n)d question de la banque convient.", "%(n)d questions de la banque conviennent.", count) % {
        "n": count
    }
