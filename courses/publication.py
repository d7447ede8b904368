"""Whether a page may be published as it is now: what the editor checks by hand, asked of what is published otherwise."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from wagtail.models import Page

from courses.draws import shortfalls_of
from courses.models import Question, QuizPage
from courses.quiz_forms import too_few


class NotPublishable(Exception):
    """A page that would be published broken; `defects` says what is wrong, in words."""

    def __init__(self, page: Page, defects: list[str]):
        self.page, self.defects = page, defects
        super().__init__(
            _("« %(title)s » ne peut pas être publiée :") % {"title": page.title} + " " + " ".join(defects)
        )


def check_publishable(page: Page) -> None:
    """Raises NotPublishable. `page` is what would be published, read from its revision."""
    if defects := defects_of(page):
        raise NotPublishable(page, defects)


def defects_of(page: Page) -> list[str]:
    """Why a page may not be published, in words."""
    try:
        page.full_clean()
    except ValidationError as refusal:
        return list(refusal.messages)
    return quiz_defects(page) if isinstance(page, QuizPage) else []


def quiz_defects(quiz: QuizPage) -> list[str]:
    """Draws that the bank cannot fill any more; a quiz that asks nothing."""
    fixed = [row.question_id for row in quiz.quiz_questions.all()]
    draws = list(quiz.draws.all())
    if not (fixed or draws):
        return [_("Une évaluation publiée pose au moins une question, fixe ou tirée au sort.")]
    facts = shortfalls_of(Question.objects.open_to(quiz), draws, fixed)
    return [
        f"{draw} – {too_few(matching, draw.count, lacking)}"
        for draw, (matching, lacking) in zip(draws, facts, strict=True)
        if lacking
    ]
