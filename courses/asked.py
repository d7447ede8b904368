"""What a published quiz may ask of its learners: its fixed questions, the pool of each draw, and which versions of them.

As the bank has them today where authors publish by themselves; as they were read where what is published is reviewed.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import OuterRef, QuerySet, Subquery

from courses.draws import pools_of
from courses.models import PooledQuestion, Question, QuestionVersion, QuizDraw, QuizPage
from courses.models.banks import banks_open_to, branch_of


@dataclass(frozen=True)
class Asked:
    """What a quiz may ask, by question: the points of the fixed ones, those of each draw, and the versions frozen."""

    points: dict[int, int]
    draws: list[QuizDraw] = field(default_factory=list)
    pools: list[list[int]] = field(default_factory=list)
    frozen: dict[int, int] = field(default_factory=dict)

    def versions_of(self, questions: Iterable[int]) -> QuerySet[QuestionVersion]:
        """The version to serve of each of these questions."""
        wanted = set(questions)
        frozen = [self.frozen[question] for question in wanted & self.frozen.keys()]
        today = QuestionVersion.objects.current().filter(question__in=wanted - self.frozen.keys())
        return QuestionVersion.objects.filter(pk__in=frozen) | today if frozen else today


def in_all(several: Iterable[Asked]) -> Asked:
    """What these quizzes may ask together, as if all of it were fixed; of a question read twice, the version read last."""
    points: dict[int, int] = {}
    frozen: dict[int, int] = {}
    for asked in several:
        points |= asked.points | {question: 1 for pool in asked.pools for question in pool}
        frozen |= {question: max(version, frozen.get(question, 0)) for question, version in asked.frozen.items()}
    return Asked(points, frozen=frozen)


def asked_by(quiz: QuizPage) -> Asked:
    """What this quiz may ask; two queries, and two or three more where it draws.

    Where what is published is reviewed, nothing is drawn but what was read with the quiz.
    """
    read = PooledQuestion.objects.in_force(quiz)
    version = Subquery(read.filter(draw=None, version__question=OuterRef("question")).values("version")[:1])
    rows = list(quiz.quiz_questions.values_list("question_id", "points", version))
    points = {question: worth for question, worth, _version in rows}
    frozen = {question: version for question, _worth, version in rows if version}
    draws = in_order(quiz.draws.all())
    if not draws:
        return Asked(points, frozen=frozen)
    branch = branch_of(quiz)
    if branch is None or branch.may_publish:
        bank = Question.objects.filter(collection__in=banks_open_to(branch))
        return Asked(points, draws, pools_of(bank, draws, points))
    pools, drawn = read_pools(read, len(draws))
    return Asked(points, draws, pools, frozen | drawn)


def read_pools(read: QuerySet[PooledQuestion], count: int) -> tuple[list[list[int]], dict[int, int]]:
    """The questions of each of so many draws, as frozen, and the version of each of them; one query."""
    pools: list[list[int]] = [[] for _rank in range(count)]
    versions = {}
    for rank, question, version in read.filter(draw__lt=count).values_list(
        "draw", "version__question_id", "version_id"
    ):
        pools[rank].append(question)
        versions[question] = version
    return pools, versions


def in_order(draws: Iterable[QuizDraw]) -> list[QuizDraw]:
    """Draws in the order of the quiz, by which a pool knows them; those of a draft may have no key yet."""
    return sorted(draws, key=lambda draw: (draw.sort_order or 0, draw.pk or float("inf")))
