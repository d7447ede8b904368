"""The acts on courses that touch several tables or the outside."""

from courses.actions.archive import archive_course, unarchive_course
from courses.actions.freeze import freeze_question
from courses.actions.load import load_courses
from courses.actions.site import ensure_site

__all__ = ["archive_course", "ensure_site", "freeze_question", "load_courses", "unarchive_course"]
