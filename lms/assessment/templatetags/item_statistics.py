"""What answers say of a question of the bank, shown where it is edited; the bank stands below and knows nothing of it."""

from django import template
from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef

from courses.models import CoursePage
from lms.assessment.models import ItemStatistics
from lms.assessment.rules.statistics import MIN_ANSWERS

register = template.Library()


@register.inclusion_tag("assessment/back_office/bank_statistics.html")
def item_statistics(question, user):
    """The figures of each version of a question, in the quizzes of the courses that `user` teaches; one query."""
    rows = []
    if question.pk:
        quiz_path = ExpressionWrapper(OuterRef("quiz__path"), CharField())
        taught = (
            CoursePage.objects.taught_by(user).annotate(quiz_path=quiz_path).filter(quiz_path__startswith=F("path"))
        )
        rows = ItemStatistics.objects.filter(Exists(taught), version__question=question)
        rows = rows.select_related("version__question", "quiz").order_by("quiz", "-version__number")
    return {"rows": rows, "min_answers": MIN_ANSWERS}
