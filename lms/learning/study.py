"""A learner in a course, as their pages show it: the outline, what is done, what comes next. Built for few queries."""

import datetime
from dataclasses import dataclass, field, fields, replace
from functools import cached_property

from django.core.cache import caches

from courses.models import CourseOutline, CoursePage, LessonPage
from courses.outline import Outline, OutlineItem, course_outline, course_url
from lms.learning import rules
from lms.learning.models import Enrolment, ItemProgress
from lms.people.models import Post, User

KEPT = (Enrolment.State.ACTIVE, Enrolment.State.COMPLETED)
PROGRESS = tuple(one.name for one in fields(rules.Progress))  # the columns of `ItemProgress`
HEAD = ("pk", "state", "last_item_id", "course_id", "course__outline__version")


@dataclass
class Study:
    """One enrolment beside the outline of its course, with what is done; plain values, no query."""

    enrolment_id: int
    state: str
    last_item_id: int | None
    outline: Outline
    version: int
    progress: dict[int, rules.Progress] = field(default_factory=dict)
    enrolled_at: datetime.datetime | None = None  # known, as when each thing was done, to `studies_of` and `with_dates`

    @property
    def is_completed(self) -> bool:
        return self.state == Enrolment.State.COMPLETED

    @cached_property
    def done_ids(self) -> set[int]:
        """Page ids of the published items that ask for nothing more."""
        known = self.progress
        return {
            item.id
            for item in self.outline.items
            if item.id in known and rules.is_done(item.kind, known[item.id].completion, known[item.id].success)
        }

    @property
    def percent(self) -> int:
        """Share of the items done, 0 to 100; a completed course stays at 100 whatever was added since."""
        return 100 if self.is_completed else rules.progress_percent(len(self.done_ids), len(self.outline.items))

    @cached_property
    def next_item(self) -> OutlineItem | None:
        """Where to go on, or None when everything is done."""
        return rules.next_item(self.outline.items, self.done_ids, self.last_item_id)

    @cached_property
    def conditions(self) -> list[rules.Condition]:
        """Each condition of the course and its state."""
        return rules.conditions(self.outline.items, self.progress)

    @cached_property
    def news(self) -> rules.News | None:
        """What changed in a course under way since its learner last did something in it."""
        if self.is_completed or self.enrolled_at is None:
            return None
        news = rules.news(self.outline.items, self.progress, self.enrolled_at)
        published_at = self.outline.first_published_at
        # Steps older than the course itself were taken over from elsewhere: they say nothing of what is new in it.
        return None if published_at and news.since < published_at else news

    @cached_property
    def asked_again(self) -> list[OutlineItem]:
        """What was done, changed since, and is to be read anew."""
        known = self.progress
        return [item for item in self.outline.items if item.id in known and known[item.id].is_asked_again]

    @property
    def added_since(self) -> list[OutlineItem]:
        """What was added to a course after it was completed: offered, never imposed."""
        return [item for item in self.outline.items if item.id not in self.done_ids] if self.is_completed else []


def find_study(user: User, course_slug: str) -> Study | None:
    """The current undertaking by `user` of the course at this slug, if any; one query when caches are warm.

    None too when the course is no longer published or is kept for others. The most read pages come here: what is done
    comes with the enrolment, a row an item, without scores and dates.
    """
    return _find_study(user, Enrolment.objects.filter(course__slug=course_slug))


def find_study_in(user: User, course_id: int) -> Study | None:
    """The same, of a course known by its id."""
    return _find_study(user, Enrolment.objects.filter(course=course_id))


def _find_study(user: User, enrolments) -> Study | None:
    rows = list(
        enrolments.filter(person_id=user.pk, state__in=KEPT)
        .order_by()
        .values_list(*HEAD, "items__item_id", "items__completion", "items__success", "items__is_asked_again")
    )
    if not rows:
        return None
    *head, course_id, version = rows[0][:5]
    outline = course_outline(course_id, version)
    progress = {
        item_id: rules.Progress(completion, success, is_asked_again=again)
        for *_, item_id, completion, success, again in rows
        if item_id
    }
    return if_open(Study(*head, outline, version, progress), user)


def if_open(study: Study, user: User) -> Study | None:
    """The study, unless it was given up, or its course is no longer published or kept for others; no query."""
    outline = study.outline
    return study if study.state in KEPT and outline.is_live and outline.is_open_to(user) else None


def studies_of(user: User) -> list[Study]:
    """All that `user` undertook and did not give up, latest first; two queries when caches are warm."""
    rows = list(Enrolment.objects.filter(person_id=user.pk, state__in=KEPT).values_list(*HEAD, "enrolled_at"))
    progress = _progress_by_enrolment([row[0] for row in rows]) if rows else {}
    return [
        Study(pk, state, last, course_outline(course_id, version), version, progress.get(pk, {}), enrolled_at)
        for pk, state, last, course_id, version, enrolled_at in rows
    ]


def with_dates(study: Study) -> Study:
    """The same study, knowing when each thing was done; two queries."""
    enrolled_at = Enrolment.objects.values_list("enrolled_at", flat=True).get(pk=study.enrolment_id)
    progress = _progress_by_enrolment([study.enrolment_id]).get(study.enrolment_id, {})
    return replace(study, progress=progress, enrolled_at=enrolled_at)


def latest_first(studies: list[Study]) -> list[Study]:
    """The studies, the one worked on last first; those not begun after, in their own order."""
    begun = [study for study in studies if study.progress]
    begun.sort(key=lambda study: max(progress.updated_at for progress in study.progress.values()), reverse=True)
    return begun + [study for study in studies if not study.progress]


def study_of(enrolment: Enrolment) -> Study:
    """One given enrolment beside its course; two queries when caches are warm."""
    version = CourseOutline.objects.values_list("version", flat=True).get(pk=enrolment.course_id)
    outline = course_outline(enrolment.course_id, version)
    progress = _progress_by_enrolment([enrolment.pk]).get(enrolment.pk, {})
    return Study(enrolment.pk, enrolment.state, enrolment.last_item_id, outline, version, progress)


def suggested_courses(user: User, on, limit: int = 3) -> list[CoursePage]:
    """Courses meant for the job profile of the posts of `user` in force, and not yet undertaken."""
    profiles = Post.objects.in_force(on).filter(person=user, job_profile__isnull=False).values("job_profile")
    return list(
        CoursePage.objects.visible_to(user)
        .filter(audience__in=profiles)
        .exclude(enrolments__in=Enrolment.objects.filter(person=user).exclude(state=Enrolment.State.WITHDRAWN))
        .in_order()
        .distinct()
        .with_card_facts()[:limit]
    )


def required_courses(course: CoursePage, user) -> list[dict]:
    """The published courses that a course asks for first, and whether `user` has completed each (None: nobody signed in).

    One query, two when there are any and someone is signed in.
    """
    required = CoursePage.objects.live().filter(required_by__course=course).order_by("required_by__sort_order")
    found = list(required.values("pk", "title", "slug"))
    done: set[int] | None = None
    if found and user.is_authenticated:
        finished = Enrolment.objects.filter(person=user, state=Enrolment.State.COMPLETED)
        done = set(finished.filter(course__in=[row["pk"] for row in found]).values_list("course_id", flat=True))
    return [
        {"title": row["title"], "url": course_url(row["slug"]), "is_met": None if done is None else row["pk"] in done}
        for row in found
    ]


def micro_action(item: OutlineItem) -> str:
    """What the reader of a lesson will change tomorrow; read once per publication."""
    key = f"learning.micro_action:{item.id}:{item.body_key}"
    text = caches["local"].get(key)
    if text is None:
        text = LessonPage.objects.values_list("micro_action", flat=True).get(pk=item.id)
        caches["local"].set(key, text)
    return text


def _progress_by_enrolment(enrolment_ids: list[int]) -> dict[int, dict[int, rules.Progress]]:
    found: dict[int, dict[int, rules.Progress]] = {}
    rows = ItemProgress.objects.filter(enrolment__in=enrolment_ids).order_by()
    for enrolment_id, item_id, *values in rows.values_list("enrolment_id", "item_id", *PROGRESS):
        found.setdefault(enrolment_id, {})[item_id] = rules.Progress(*values)
    return found
