"""The outline of a course: its live lessons and quizzes in order, read once per version and kept in the process.

Whoever serves a learner's page asks `course_outline(course_id, version)` and `lesson_body_html(item.id, item.body_key)`
instead of Wagtail's page tree. The version is a number in the database (`CourseOutline`), raised at each change, so a
warm page pays one query for it, usually joined to the enrolment (`course__outline__version`).
"""

from dataclasses import dataclass, field
from datetime import datetime

from django.core.cache import caches
from django.db.models import Q
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from wagtail.models import Page, PageViewRestriction

from courses.models import CourseOutline, CoursePage, LessonPage

LESSON, QUIZ = "lesson", "quiz"
# Long enough to be rendered once a revision in practice; bounds how long a renamed linked page shows its old address.
BODY_SECONDS = 3600


@dataclass(frozen=True)
class OutlineModule:
    """One live module that holds live lessons or quizzes."""

    id: int
    title: str
    introduction: str


@dataclass(frozen=True)
class OutlineItem:
    """One live lesson or quiz of a course, in a live module or in none."""

    id: int
    slug: str
    title: str
    kind: str  # "lesson" | "quiz"
    minutes: int
    url: str
    position: int  # from 1
    revision_id: int | None
    body_key: str  # changes with each publication
    module: OutlineModule | None = None
    first_published_at: datetime | None = None
    published_at: datetime | None = None
    allowed_groups: tuple[frozenset[int], ...] = ()
    is_live: bool = True  # always, but in the outline of a preview

    def is_open_to(self, user) -> bool:
        """Whether Wagtail's view restrictions on this page and its module let `user` in (queries only where there is one)."""
        return _passes(self.allowed_groups, user)


@dataclass(frozen=True)
class Outline:
    """A course as its learners walk through it."""

    id: int
    slug: str
    title: str
    code: str
    summary: str
    minutes: int
    url: str
    content_version: int
    revision_id: int | None
    first_published_at: datetime | None
    is_live: bool
    is_archived: bool
    items: tuple[OutlineItem, ...]
    allowed_groups: tuple[frozenset[int], ...] = ()
    _by_slug: dict[str, OutlineItem] = field(default_factory=dict, repr=False, compare=False)

    def item(self, slug: str) -> OutlineItem | None:
        """The item at this slug, or None."""
        return self._by_slug.get(slug)

    def item_by_id(self, pk: int) -> OutlineItem | None:
        """The item with this page id, or None."""
        return next((item for item in self.items if item.id == pk), None)

    def before(self, item: OutlineItem) -> OutlineItem | None:
        """The item that precedes, or None."""
        return self.items[item.position - 2] if item.position > 1 else None

    def after(self, item: OutlineItem) -> OutlineItem | None:
        """The item that follows, or None."""
        return self.items[item.position] if item.position < len(self.items) else None

    def is_open_to(self, user) -> bool:
        """Whether Wagtail's view restrictions on the course and above let `user` in (queries only where there is one)."""
        return _passes(self.allowed_groups, user)


def find_course(slug: str) -> tuple[int, int] | None:
    """The id and outline version of the course at this slug (one query), or None."""
    return CourseOutline.objects.filter(course__slug=slug).values_list("course_id", "version").first()


def course_outline(course_id: int, version: int) -> Outline:
    """The outline of a course at a version; three queries when cold, none when warm. Raises CoursePage.DoesNotExist."""
    key = f"courses.outline:{course_id}:{version}"
    outline = caches["local"].get(key)
    if outline is None:
        outline = read_outline(course_id)
        caches["local"].set(key, outline, timeout=None)
    return outline


def lesson_body_html(lesson_id: int, body_key: str) -> SafeString:
    """The body of a lesson, as Wagtail renders it, rendered once per publication. Raises LessonPage.DoesNotExist."""
    key = f"courses.body:{lesson_id}:{body_key}"
    html = caches["local"].get(key)
    if html is None:
        html = str(LessonPage.objects.only("body").get(pk=lesson_id).body.render_as_block({"lesson_id": lesson_id}))
        caches["local"].set(key, html, timeout=BODY_SECONDS)
    return mark_safe(html)  # noqa: S308 - rendered by templates, its rich text went through Wagtail's whitelist


def read_outline(course_id: int, drafts: bool = False) -> Outline:
    """The outline as the database has it now; three queries.

    With `drafts`, as it will be: pages never published yet count too, and all have the titles of their latest drafts.
    """
    shown = Q(live=True) | Q(first_published_at__isnull=True) if drafts else Q(live=True)
    course = (
        CoursePage.objects.filter(pk=course_id)
        .values(
            *("pk", "slug", "title", "code", "summary", "duration_minutes", "content_version", "live_revision_id"),
            *("first_published_at", "live", "archived_at", "path", "depth"),
        )
        .get()
    )
    rows = list(
        Page.objects.filter(path__startswith=course["path"], depth__gt=course["depth"])
        .filter(shown)
        .filter(Q(lessonpage__isnull=False) | Q(quizpage__isnull=False) | Q(modulepage__isnull=False))
        .order_by("path")
        .values(
            *("pk", "slug", "title", "draft_title", "live", "path", "depth", "live_revision_id"),
            *("first_published_at", "last_published_at"),
            *("lessonpage__duration_minutes", "quizpage__duration_minutes", "modulepage__introduction"),
        )
    )
    groups = _allowed_groups(course)
    url = course_url(course["slug"])
    if drafts:
        rows = [row | {"title": row["draft_title"]} for row in rows]
    items = tuple(
        _item(row, position, url, module, groups)
        for position, (row, module) in enumerate(_in_modules(rows, course), start=1)
    )
    return Outline(
        id=course["pk"],
        slug=course["slug"],
        title=course["title"],
        code=course["code"],
        summary=course["summary"],
        minutes=course["duration_minutes"],
        url=url,
        content_version=course["content_version"],
        revision_id=course["live_revision_id"],
        first_published_at=course["first_published_at"],
        is_live=course["live"],
        is_archived=course["archived_at"] is not None,
        items=items,
        allowed_groups=groups[None],
        _by_slug={item.slug: item for item in items},
    )


def course_url(slug: str) -> str:
    """The address of a course: the same for the direct route and for Wagtail."""
    return reverse("courses:catalogue") + (f"{slug}/" if slug else "")


def _in_modules(rows, course):
    """The rows of lessons and quizzes, each with its module (or None); those of a module that is not live are left out."""
    modules = {}
    for row in rows:  # in the order of the tree: a module comes before what it holds
        if row["modulepage__introduction"] is not None:
            modules[row["path"]] = OutlineModule(row["pk"], row["title"], row["modulepage__introduction"])
            continue
        module = modules.get(row["path"][: -Page.steplen])
        if module or row["depth"] == course["depth"] + 1:
            yield row, module


def _item(row, position, course_address, module, groups) -> OutlineItem:
    is_quiz = row["quizpage__duration_minutes"] is not None
    published_at = row["last_published_at"]
    return OutlineItem(
        id=row["pk"],
        slug=row["slug"],
        title=row["title"],
        kind=QUIZ if is_quiz else LESSON,
        minutes=row["quizpage__duration_minutes" if is_quiz else "lessonpage__duration_minutes"],
        url=f"{course_address}{row['slug']}/",
        position=position,
        revision_id=row["live_revision_id"],
        body_key=f"{row['live_revision_id'] or 0}-{published_at.timestamp() if published_at else 0:.6f}",
        module=module,
        first_published_at=row["first_published_at"],
        published_at=published_at,
        allowed_groups=groups.get(row["pk"], ()) + (groups.get(module.id, ()) if module else ()),
        is_live=row["live"],
    )


def _allowed_groups(course) -> dict[int | None, tuple[frozenset[int], ...]]:
    """By page id (None: the course and all above it), one set of admitted group ids per restriction; one query."""
    step, path = Page.steplen, course["path"]
    above = [path[:end] for end in range(step, len(path) + 1, step)]
    restrictions: dict[int, tuple[int | None, set]] = {}
    for row in PageViewRestriction.objects.filter(Q(page__path__in=above) | Q(page__path__startswith=path)).values(
        "pk", "page_id", "page__path", "restriction_type", "groups"
    ):
        # Every learner is logged in; a shared password is no way into a learner's page, so it admits nobody.
        if row["restriction_type"] == PageViewRestriction.LOGIN:
            continue
        page_id = None if row["page__path"] in above else row["page_id"]
        _, admitted = restrictions.setdefault(row["pk"], (page_id, set()))
        if row["restriction_type"] == PageViewRestriction.GROUPS and row["groups"]:
            admitted.add(row["groups"])
    found: dict[int | None, tuple[frozenset[int], ...]] = {None: ()}
    for page_id, admitted in restrictions.values():
        found[page_id] = (*found.get(page_id, ()), frozenset(admitted))
    return found


def _passes(allowed_groups, user) -> bool:
    if not allowed_groups or user.is_superuser:
        return True
    mine = set(user.groups.values_list("pk", flat=True)) if user.is_authenticated else set()
    return all(admitted & mine for admitted in allowed_groups)
