"""How many questions of the bank match a draw, while its author chooses."""

from django.http import JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from courses.draws import condition_of, drawable_questions
from courses.models import Question, QuizDraw


@require_safe
def draw_matches(request):
    """What `matching_text` says of the criteria in the address, as JSON; what is no criterion says nothing."""
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
    return JsonResponse({"text": matching_text(draw)})


def matching_text(draw: QuizDraw) -> str:
    """How many questions of the bank match a draw, in words (one query; none while it says nothing)."""
    condition = condition_of(draw)
    if not condition:
        return _("Choisissez au moins un critère.")
    count = drawable_questions().filter(condition).count()
    if not count:
        return _("Aucune question de la banque ne convient.")
    return ngettext("%(n)d question de la banque convient.", "%(n)d questions de la banque conviennent.", count) % {
        "n": count
    }
