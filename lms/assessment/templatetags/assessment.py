"""A question of the bank drawn as a learner sees it, for previews that stand below."""

from random import SystemRandom

from django import template
from django.template.loader import render_to_string

from courses.models import Question, QuestionVersion
from lms.assessment import paper
from lms.assessment.models import Attempt, ServedQuestion
from lms.assessment.rules.serving import shuffled_order

register = template.Library()


@register.simple_tag
def question_as_learner(question: Question, is_corrected: bool = False) -> str:
    """The question as its draft says it, to answer or with its right answers; nothing is saved."""
    version = QuestionVersion(question=question, type=question.type, content=question.content(), **question.texts())
    return version_as_learner(version, is_corrected)


@register.simple_tag
def version_as_learner(version: QuestionVersion, is_corrected: bool = False, position: int = 1) -> str:
    """A version of a question, to answer or with its right answers; nothing is saved, nobody is said to be wrong."""
    row = ServedQuestion(
        position=position,
        version=version,
        points=1,
        order=shuffled_order(version.type, version.content, SystemRandom()),
    )
    if is_corrected:
        corrected = paper.correction_of_bank(row)
        also = version.content.get("accepted", [])[1:]
        context = {"correction": corrected, "question": corrected.question, "also": also}
        return render_to_string("assessment/key.html", context)
    return render_to_string("assessment/question.html", {"question": paper.question(row), "attempt": Attempt(pk=0)})
