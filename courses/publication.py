"""Whether a page may be published as it is now: what the editor checks by hand, asked of what is published otherwise."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from wagtail.models import Page, Revision

from courses.asked import in_order, read_pools
from courses.draws import lacking_in, shortfalls_of
from courses.models import ProgrammePage, Question, QuestionPool, QuizPage
from courses.quiz_forms import too_few
from courses.rules.programmes import NO_COURSES, OPEN_COURSES_ONLY, too_many_asked


class NotPublishable(Exception):
    """A page that would be published broken; `defects` says what is wrong, in words."""

    def __init__(self, page: Page, defects: list[str]):
        self.page, self.defects = page, defects
        super().__init__(
            _("« %(title)s » ne peut pas être publiée :") % {"title": page.title} + " " + " ".join(defects)
        )


def check_publishable(revision: Revision) -> None:
    """Raises NotPublishable. `revision` is what would be published."""
    if defects := defects_of(revision):
        raise NotPublishable(revision.as_object(), defects)


def defects_of(revision: Revision) -> list[str]:
    """Why this version of a page may not be published, in words."""
    page = revision.as_object()
    try:
        page.full_clean()
    except ValidationError as refusal:
        return list(refusal.messages)
    if isinstance(page, ProgrammePage):
        return programme_defects(page)
    if isinstance(page, QuizPage):
        return quiz_defects(page, QuestionPool.objects.filter(revision=revision).first())
    return []


def programme_defects(programme: ProgrammePage) -> list[str]:
    """Courses that the catalogue does not offer; a number of optional ones that there is not."""
    parts = list(programme.parts.all())
    if not parts:
        return [str(NO_COURSES)]
    closed = [part.course.title for part in parts if not part.course.is_open]
    asked = too_many_asked(programme.optional_count, sum(not part.is_required for part in parts))
    return [OPEN_COURSES_ONLY % {"title": title} for title in closed] + ([asked] if asked else [])


def quiz_defects(quiz: QuizPage, read: QuestionPool | None) -> list[str]:
    """Draws that what was frozen for its review, or else the bank, cannot fill any more; a quiz that asks nothing."""
    fixed = [row.question_id for row in quiz.quiz_questions.all()]
    draws = in_order(quiz.draws.all())
    if not (fixed or draws):
        return [_("Une évaluation publiée pose au moins une question, fixe ou tirée au sort.")]
    if read:
        facts = lacking_in(read_pools(read.questions.all(), len(draws))[0], draws)
    else:
        facts = shortfalls_of(Question.objects.open_to(quiz), draws, fixed)
    return [
        f"{draw} – {too_few(matching, draw.count, lacking)}"
        for draw, (matching, lacking) in zip(draws, facts, strict=True)
        if lacking
    ]
