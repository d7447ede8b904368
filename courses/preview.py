"""What a page shows to those an author previews it as: the context of Wagtail's previews, drafts included.

The direct routes of learning and assessment answer learners; the templates are theirs.
"""

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.models import Page

from courses.models import CoursePage, LessonPage, QuizPage
from courses.outline import OutlineItem, OutlineModule, course_url, read_outline
from courses.weight import lesson_weight
from lms.skills.models import JobProfile, ProfileRequirement

VISITOR, ENROLLED, FINISHED, PROFILE = "", "enrolled", "finished", "profile-"


@dataclass(frozen=True)
class Stand:
    """Where the learner of a preview stands: nobody's enrolment, with what they have done of it."""

    percent: int
    enrolment_id: int = 0

    @property
    def is_completed(self) -> bool:
        return self.percent == 100


def course_preview_modes() -> list[tuple[str, object]]:
    """Whose eyes a course sheet is previewed with: those of a job profile have the levels it requires."""
    profiles = JobProfile.objects.values_list("code", "name")
    return [
        (VISITOR, gettext_lazy("Visiteur, non connecté")),
        (ENROLLED, gettext_lazy("Apprenant inscrit, à mi-parcours")),
        (FINISHED, gettext_lazy("Apprenant qui a terminé")),
        *((f"{PROFILE}{code}", _("Apprenant inscrit : %(profile)s") % {"profile": name}) for code, name in profiles),
    ]


LESSON_PREVIEW_MODES = [
    (ENROLLED, gettext_lazy("Apprenant inscrit")),
    (FINISHED, gettext_lazy("Apprenant qui a terminé")),
]


def course_context(page: CoursePage, mode: str = VISITOR) -> dict:
    """The sheet of a course, as the draft has it, seen by who `mode` says."""
    outline = _steps(page)
    done = {FINISHED: len(outline), VISITOR: 0}.get(mode, len(outline) // 2)
    _mark(outline, done, is_open=mode != VISITOR)
    stand = Stand(100 * done // len(outline) if outline else 0) if mode else None
    following = next((step for step in outline if step["state"] == "todo"), None)
    return {
        "course": page,
        "crumbs": [*_way(), (page.title, None)],
        "strand": next(iter(page.strands.all()), None),
        "objectives": [block.value for block in page.objectives],
        "sources": [block.value for block in page.sources],
        "gains": [{"competence": gain.competence.name, "level": gain.level} for gain in page.competence_gains.all()],
        "audience": [profile.name for profile in page.audience.all()],
        "outline": outline,
        "lesson_count": sum(step["kind"] == "lesson" for step in outline),
        "quiz_count": sum(step["kind"] == "quiz" for step in outline),
        "study": stand,
        "progress_percent": stand.percent if stand else 0,
        "next_step": following if stand else None,
        **_prerequisites(page, mode),
        **({} if mode else {"user": AnonymousUser()}),
    }


def _prerequisites(page: CoursePage, mode: str) -> dict:
    """What the course asks for: who finished it has it all; a job profile has the levels it requires, and no course."""
    levels = list(page.required_levels.all())
    held = None
    if mode == FINISHED:
        held = {row.competence_id: row.level for row in levels}
    elif mode.startswith(PROFILE):
        rows = ProfileRequirement.objects.filter(profile__code=mode.removeprefix(PROFILE))
        held = dict(rows.values_list("competence_id", "level"))
    elif mode == ENROLLED:
        held = {}
    courses = [
        {
            "title": row.required.title,
            "url": course_url(row.required.slug),
            "is_met": None if held is None else mode == FINISHED,
        }
        for row in page.required_courses.all()
    ]
    return {"required_courses": courses, "required_levels": levels, "held_levels": held}


def lesson_context(page: LessonPage, mode: str = ENROLLED) -> dict:
    """A lesson, as the draft has it; the body rendered by the very same templates as for learners."""
    course = course_of(page)
    outline = _steps(course, current=page)
    position = next((rank for rank, step in enumerate(outline, start=1) if step["is_current"]), len(outline))
    is_done = mode == FINISHED
    _mark(outline, len(outline) if is_done else position - 1)
    body = page.body.render_as_block({"lesson_id": page.pk})
    return {
        "course": course,
        "course_url": course_url(course.slug),
        "lesson": page,
        "body": body,
        "weight": lesson_weight(page.body, body),
        "crumbs": [*_way(), (course.title, course_url(course.slug)), (page.title, None)],
        "outline": outline,
        "position": position,
        "step_count": len(outline),
        "progress_percent": 100 if is_done else 100 * (position - 1) // len(outline),
        "previous": outline[position - 2] if position > 1 else None,
        "next": outline[position] if position < len(outline) else None,
        "is_enrolled": True,
        "is_done": is_done,
        "done_url": f"{course_url(course.slug)}{page.slug}/terminer/",
        "progress_url": course_url(course.slug),
    }


def quiz_context(page: QuizPage) -> dict:
    """A quiz and its questions, as the draft has them; nothing can be answered."""
    course = course_of(page)
    return {
        "course": course,
        "quiz": page,
        "crumbs": [*_way(), (course.title, course_url(course.slug)), (page.title, None)],
        "questions": [
            {"prompt": asked.question.plain_prompt, "type": asked.question.type_label, "points": asked.points}
            for asked in page.quiz_questions.all()
        ],
        "draws": page.draws.all(),
    }


def course_of(page: Page) -> CoursePage:
    """The course a lesson or quiz is in; for a page being created, the parent Wagtail names."""
    parent = page.get_parent().specific
    return parent if isinstance(parent, CoursePage) else parent.get_parent().specific


def _way() -> list[tuple[str, str]]:
    return [(_("Formations"), course_url(""))]


def _steps(course: CoursePage, current: Page | None = None) -> list[dict]:
    items = read_outline(course.pk, drafts=True).items if course.pk else ()
    modules = {item.module: _module(item.module, items) for item in items if item.module}
    steps = [
        {
            "id": item.id,
            "title": item.title,
            "url": item.url if item.is_live else None,
            "minutes": item.minutes,
            "kind": item.kind,
        }
        | {"module": modules.get(item.module)}
        for item in items
    ]
    if current is not None and current.pk not in {step["id"] for step in steps}:
        steps.append(
            {"id": current.pk, "title": current.title, "url": None, "minutes": 0, "kind": "lesson", "module": None}
        )
    for number, step in enumerate(steps, start=1):
        step.update(number=number, is_current=current is not None and step["id"] == current.pk)
    return steps


def _mark(steps: list[dict], done: int, is_open: bool = True) -> None:
    """The first `done` steps are done, the others to do; nothing opens before one is enrolled."""
    for step in steps:
        state = "done" if step["number"] <= done else "todo"
        step.update(state=state if is_open else "locked", url=step["url"] if is_open else None)
        if step["module"] and step["number"] <= done:
            step["module"]["done"] += 1


def _module(module: OutlineModule, items: tuple[OutlineItem, ...]) -> dict:
    held = [item for item in items if item.module is module]
    return {
        "title": module.title,
        "introduction": module.introduction,
        "done": 0,
        "total": len(held),
        "minutes": sum(item.minutes for item in held),
        "is_open": True,
    }
