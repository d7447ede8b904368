"""The questions of the bank that the draws of a quiz may take."""

from collections.abc import Collection, Sequence
from functools import reduce
from operator import or_

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet

from courses.models.questions import TaggedQuestion
from courses.models.versions import QuestionVersion
from courses.rules.answers import MANUAL_TYPES, UNMARKED_TYPES
from courses.rules.draws import shortfalls


def drawable(questions: QuerySet) -> QuerySet:
    """Those that chance may choose: they mark themselves, so that all learners are marked alike."""
    current = QuestionVersion.objects.current().filter(question=OuterRef("pk"))
    return questions.filter(Exists(current.exclude(type__in=MANUAL_TYPES | UNMARKED_TYPES)))


def condition_of(draw) -> Q:
    """What a question must be for a `QuizDraw` to take it: everything it says at once."""
    wanted = {"competence": draw.competence_id, "level": draw.level, "difficulty": draw.difficulty}
    condition = Q(**{name: value for name, value in wanted.items() if value})
    if draw.tag_id:
        condition &= Q(Exists(TaggedQuestion.objects.filter(content_object=OuterRef("pk"), tag=draw.tag_id)))
    return condition


def pools_of(questions: QuerySet, draws: Sequence, without: Collection[int] = ()) -> list[list[int]]:
    """For each draw, the ids of those of `questions` it may take, fixed ones (`without`) left out; one query for all.

    `questions` are those open to the branch of the quiz (`Question.objects.open_to`), whoever asks.
    """
    if not draws:
        return []
    conditions = [condition_of(draw) for draw in draws]
    flags = {
        f"in_{rank}": ExpressionWrapper(condition, output_field=BooleanField())
        for rank, condition in enumerate(conditions)
    }
    found = drawable(questions).filter(reduce(or_, conditions)).exclude(pk__in=without).order_by("pk")
    rows = list(found.annotate(**flags).values_list("pk", *flags))
    return [[pk for pk, *is_in in rows if is_in[rank]] for rank in range(len(draws))]


def shortfalls_of(questions: QuerySet, draws: Sequence, without: Collection[int] = ()) -> list[tuple[int, int]]:
    """For each draw, how many questions match and how many it lacks once all the draws are served; one query."""
    return lacking_in(pools_of(questions, draws, without), draws)


def lacking_in(pools: Sequence[Collection[int]], draws: Sequence) -> list[tuple[int, int]]:
    """For each draw, how many questions its pool holds and how many it lacks once all the draws are served."""
    lacking = shortfalls(pools, [draw.count for draw in draws])
    return [(len(pool), lack) for pool, lack in zip(pools, lacking, strict=True)]
