"""What the reviewer of a quiz reads beside it: the questions it may ask if it is approved, those that draws may take included."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.models import TaskState

from courses.asked import in_order
from courses.models import PooledQuestion, QuestionPool, QuestionVersion, QuizPage
from courses.reviewing import states_in_sight_of

PER_PAGE = 20


@dataclass(frozen=True)
class Part:
    """The fixed questions of a quiz, or one of its draws: what it is called, its versions, and those never read with it."""

    label: str
    versions: list[int]
    unread: frozenset[int]
    is_drawn: bool

    def __str__(self):
        among = ngettext("parmi %(n)d question", "parmi %(n)d questions", len(self.versions))
        all_asked = ngettext("%(n)d question", "%(n)d questions", len(self.versions))
        return f"{self.label}, {(among if self.is_drawn else all_asked) % {'n': len(self.versions)}}"


def parts_of(state: TaskState) -> list[Part]:
    """What the quiz under review may ask, part by part, what is new in each first; nothing for another page. Three queries.

    Nothing is new at a first review: all of it is.
    """
    pool = QuestionPool.objects.filter(review=state).select_related("quiz").first()
    if pool is None:
        return []
    held: dict[int | None, list[int]] = {}
    for rank, version in pool.questions.values_list("draw", "version_id"):
        held.setdefault(rank, []).append(version)
    known = set(PooledQuestion.objects.in_force(pool.quiz).values_list("version_id", flat=True))
    quiz: QuizPage = state.revision.as_object()
    return [part for part in _parts(quiz, held, known) if part.versions]


def _parts(quiz: QuizPage, held: dict[int | None, list[int]], known: set[int]) -> Iterator[Part]:
    labels = dict(enumerate(map(str, in_order(quiz.draws.all()))))
    for rank, label in {None: _("Questions fixes"), **labels}.items():
        versions = held.get(rank, [])
        unread = frozenset(versions).difference(known) if known else frozenset()
        yield Part(label, sorted(versions, key=lambda pk: (pk not in unread, pk)), unread, rank is not None)


def review_questions(request, pk: int):
    """All of them as learners and their correction show them, a page at a time."""
    state = get_object_or_404(states_in_sight_of(request.user).select_related("revision"), pk=pk)
    parts = parts_of(state)
    if not parts:
        raise Http404
    rows = [(part, version) for part in parts for version in part.versions]
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    versions = QuestionVersion.objects.select_related("question__competence").in_bulk([pk for _part, pk in page])
    shown: list[tuple[Part, list[tuple[int, QuestionVersion, bool]]]] = []
    for number, (part, version) in enumerate(page, start=page.start_index()):
        if not shown or shown[-1][0] is not part:
            shown.append((part, []))
        shown[-1][1].append((number, versions[version], version in part.unread))
    context = {"state": state, "title": state.revision.object_str, "page_of": page, "shown": shown, "count": len(rows)}
    return render(request, "courses/review_questions.html", context)
