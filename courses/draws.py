"""The questions of the bank that the draws of a quiz may take."""

from collections.abc import Collection, Sequence
from functools import reduce
from operator import or_

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet

from courses.models.questions import Question, QuestionVersion, TaggedQuestion
from courses.rules.answers import MANUAL_TYPES, UNMARKED_TYPES
from courses.rules.draws import shortfalls


def drawable_questions() -> QuerySet:
    """Questions that chance may choose: those that mark themselves, so that all learners are marked alike."""
    current = QuestionVersion.objects.current().filter(question=OuterRef("pk"))
    return Question.objects.filter(Exists(current.exclude(type__in=MANUAL_TYPES | UNMARKED_TYPES)))


def condition_of(draw) -> Q:
    """What a question must be for a `QuizDraw` to take it: everything it says at once."""
    wanted = {"competence": draw.competence_id, "level": draw.level, "difficulty": draw.difficulty}
    condition = Q(**{name: value for name, value in wanted.items() if value})
    if draw.tag_id:
        condition &= Q(Exists(TaggedQuestion.objects.filter(content_object=OuterRef("pk"), tag=draw.tag_id)))
    return condition


def pools_of(draws: Sequence, without: Collection[int] = ()) -> list[list[int]]:
    """For each draw, the ids of the questions it may take, fixed questions (`without`) left out; one query for all."""
    if not draws:
        return []
    conditions = [condition_of(draw) for draw in draws]
    flags = {
        f"in_{rank}": ExpressionWrapper(condition, output_field=BooleanField())
        for rank, condition in enumerate(conditions)
    }
    found = drawable_questions().filter(reduce(or_, conditions)).exclude(pk__in=without).order_by("pk")
    rows = list(found.annotate(**flags).values_list("pk", *flags))
    return [[pk for pk, *is_in in rows if is_in[rank]] for rank in range(len(draws))]


def shortfalls_of(draws: Sequence, without: Collection[int] = ()) -> list[tuple[int, int]]:
    """For each draw, how many questions match and how many it lacks once all the draws are served; one query."""
    pools = pools_of(draws, without)
    lacking = shortfalls(pools, [draw.count for draw in draws])
    return [(len(pool), lack) for pool, lack in zip(pools, lacking, strict=True)]
