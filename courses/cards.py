"""Courses as the cards of the catalogue and of the home page show them."""

from collections.abc import Iterable

from courses.models import CoursePage
from courses.outline import course_url


def course_cards(courses: Iterable[CoursePage]) -> list[dict]:
    """The cards of courses read `with_card_facts()`."""
    return [course_card(course) for course in courses]


def course_card(course: CoursePage) -> dict:
    """What `components/course_card.html` shows of a course."""
    strand = next(iter(course.strands.all()), None)
    return {
        "title": course.title,
        "url": course_url(course.slug),
        "summary": course.summary,
        "code": course.code,
        "strand": strand.code if strand else "",
        "strand_label": strand.name if strand else "",
        "minutes": course.duration_minutes,
        "lessons": course.lesson_count,
        "gains": course.competence_gains.all(),
        "percent": None,
        "is_done": False,
    }
