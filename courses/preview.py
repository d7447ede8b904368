"""What a page shows to a visitor who is not enrolled: the context of Wagtail's previews, drafts included.

The direct routes of learning and assessment answer learners; the templates are theirs.
"""

from django.utils.translation import gettext as _
from wagtail.models import Page

from courses.models import CoursePage, LessonPage, QuizPage
from courses.outline import OutlineItem, OutlineModule, course_url, read_outline
from courses.weight import lesson_weight


def course_context(page: CoursePage) -> dict:
    """The sheet of a course, as the draft has it."""
    outline = _steps(page)
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
    }


def lesson_context(page: LessonPage) -> dict:
    """A lesson, as the draft has it; the body rendered by the very same templates as for learners."""
    course = course_of(page)
    steps = _steps(course, current=page)
    body = page.body.render_as_block()
    position = next((rank for rank, step in enumerate(steps, start=1) if step["is_current"]), len(steps))
    return {
        "course": course,
        "course_url": course_url(course.slug),
        "lesson": page,
        "body": body,
        "weight": lesson_weight(page.body, body),
        "crumbs": [*_way(), (course.title, course_url(course.slug)), (page.title, None)],
        "outline": steps,
        "position": position,
        "step_count": len(steps),
        "is_enrolled": False,
        "is_done": False,
    }


def quiz_context(page: QuizPage) -> dict:
    """A quiz and its questions, as the draft has them; nothing can be answered."""
    course = course_of(page)
    return {
        "course": course,
        "quiz": page,
        "crumbs": [*_way(), (course.title, course_url(course.slug)), (page.title, None)],
        "questions": [
            {"prompt": asked.question.prompt, "type": asked.question.type_label, "points": asked.points}
            for asked in page.quiz_questions.all()
        ],
    }


def course_of(page: Page) -> CoursePage:
    """The course a lesson or quiz is in; for a page being created, the parent Wagtail names."""
    parent = page.get_parent().specific
    return parent if isinstance(parent, CoursePage) else parent.get_parent().specific


def _way() -> list[tuple[str, str]]:
    return [(_("Formations"), course_url(""))]


def _steps(course: CoursePage, current: Page | None = None) -> list[dict]:
    items = read_outline(course.pk).items if course.pk else ()
    steps = [
        {"id": item.id, "title": item.title, "url": item.url, "minutes": item.minutes, "kind": item.kind}
        | {"module": item.module and _module(item.module, items)}
        for item in items
    ]
    if current is not None and current.pk not in {step["id"] for step in steps}:
        steps.append({"id": current.pk, "title": current.title, "url": None, "minutes": 0, "kind": "lesson"})
    for number, step in enumerate(steps, start=1):
        step.update(number=number, state="todo", is_current=current is not None and step["id"] == current.pk)
    return steps


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
