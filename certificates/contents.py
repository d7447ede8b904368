"""What changed in a course since the holders of its certificates read it, and which questions that concerns."""

import json
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, Min, OuterRef, Q, QuerySet
from wagtail.models import Page, Revision

from certificates.models import Certificate, SubstantialVersion
from certificates.rules.versions import ADDED, CHANGED, REMOVED
from courses.asked import asked_by, in_all
from courses.blocks.checks import quick_questions
from courses.models import CoursePage, LessonPage, ModulePage, Question, QuizPage
from courses.outline import LESSON, course_outline
from courses.rules.answers import MANUAL_TYPES, UNMARKED_TYPES
from lms.learning.models import Completion, Enrolment, ProgressEvent


@dataclass(frozen=True)
class Change:
    """One lesson added, changed or removed. `before` is the last revision that some holder read and that says otherwise."""

    id: int
    title: str
    change: str
    revision: int | None = None
    same: tuple[int, ...] = ()
    before: int | None = None

    def as_line(self) -> dict:
        """As a version keeps it."""
        return {
            "id": self.id,
            "title": self.title,
            "change": self.change,
            "revision": self.revision,
            "same": list(self.same),
        }


def holders_of(course: CoursePage, today: date) -> QuerySet[Enrolment]:
    """The completed enrolments whose certificate proves something today."""
    in_time = Q(expires_on__isnull=True) | Q(expires_on__gte=today)
    proving = Certificate.objects.proving().filter(in_time, enrolment=OuterRef("pk"), erased_at__isnull=True)
    rows = Enrolment.objects.filter(Exists(proving), course=course, completion__isnull=False)
    return rows.filter(person__is_active=True)


def changes_of(course: CoursePage, today: date) -> list[Change]:
    """The lessons that some holder did not read as they are now, in the order of the course, then those they read and that
    are gone. What a version in force already asks is left out.
    """
    facts = ProgressEvent.objects.completed().filter(
        enrolment__in=holders_of(course, today), item__lessonpage__isnull=False
    )
    read: dict[int, set[int]] = defaultdict(set)
    for item, revision in facts.order_by().values_list("item_id", "revision_id").distinct():
        read[item].add(revision or 0)
    items = [item for item in course_outline(course.pk, course.outline.version).items if item.kind == LESSON]
    said = said_by({item.revision_id for item in items} | {pk for pks in read.values() for pk in pks})
    asked = lines_in_force(course)
    found = []
    for item in items:
        seen = read.pop(item.id, set())
        same = {pk for pk in seen if said.get(pk) == said.get(item.revision_id)}
        line = asked.get(item.id)
        if seen == same != set() or (line and item.revision_id in (line["revision"], *line["same"])):
            continue
        before = max((pk for pk in seen - same if pk in said), default=None)
        change = CHANGED if seen else ADDED
        found.append(Change(item.id, item.title, change, item.revision_id, tuple(sorted(same)), before))
    gone = Page.objects.filter(pk__in=[pk for pk in read if pk not in asked or asked[pk]["change"] != REMOVED])
    return found + [Change(pk, title, REMOVED) for pk, title in gone.order_by("path").values_list("pk", "title")]


def lines_in_force(course: CoursePage) -> dict[int, dict]:
    """What the versions in force say of each lesson, by its id, the last one's word; one query."""
    rows = SubstantialVersion.objects.in_force().filter(course=course).order_by("pk").values_list("changes", flat=True)
    return {line["id"]: line for lines in rows for line in lines}


def said_by(revisions: Collection[int | None]) -> dict[int | None, str]:
    """What learners are shown of lessons, by revision, whatever the order a database gives keys back in; one query."""
    rows = Revision.objects.filter(pk__in=[pk for pk in revisions if pk]).values_list("pk", "content")
    return {pk: json.dumps(shown_to_learners(content), sort_keys=True) for pk, content in rows}


def shown_to_learners(content: dict) -> list:
    return [content.get("title"), content.get("micro_action"), json.loads(content.get("body") or "[]")]


def questions_of(course: CoursePage, lessons: Collection[int], today: date) -> tuple[list[Question], list[Question]]:
    """The questions that changes in these lessons concern, then the other ones of the course; only those that mark themselves.

    No row of the database binds a question to a lesson, so the rule is what can be seen: a question is concerned when a
    changed lesson asks it as a quick check, when a quiz of the same module asks it, or when a quiz of the course asks it and
    it was written or reworded since the first of the holders completed the course.
    """
    pages = list(LessonPage.objects.filter(pk__in=lessons))
    quizzes = QuizPage.objects.live().descendant_of(course).prefetch_related("draws")
    by_quiz = {quiz: in_all([asked_by(quiz)]) for quiz in quizzes}
    served = in_all(by_quiz.values())
    quick = {pk for page in pages for pk in quick_questions(page.body)}
    everywhere = quick | set(served.points)
    modules = set(ModulePage.objects.descendant_of(course).values_list("path", flat=True))
    theirs = {above(page.path) for page in pages} & modules
    concerned = quick.union(*(asked.points for quiz, asked in by_quiz.items() if above(quiz.path) in theirs))
    completions = Completion.objects.filter(enrolment__in=holders_of(course, today))
    since = completions.aggregate(since=Min("completed_at"))["since"]
    current = served.versions_of(everywhere).exclude(type__in=MANUAL_TYPES | UNMARKED_TYPES)
    made = dict(current.values_list("question_id", "created_at"))
    concerned |= {pk for pk, at in made.items() if since and at > since}
    rows = list(
        Question.objects.filter(pk__in=made).select_related("competence").order_by("competence__code", "code", "pk")
    )
    return [row for row in rows if row.pk in concerned], [row for row in rows if row.pk not in concerned]


def above(path: str) -> str:
    """The path of the page above."""
    return path[: -Page.steplen]
