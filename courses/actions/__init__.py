"""The acts on courses that touch several tables or the outside."""

from courses.actions.archive import archive_course, unarchive_course
from courses.actions.branches import open_branch, sync_branches
from courses.actions.freeze import freeze_question
from courses.actions.load import load_courses
from courses.actions.site import ensure_site

__all__ = [
    "archive_course",
    "ensure_site",
    "freeze_question",
    "load_courses",
    "open_branch",
    "sync_branches",
    "unarchive_course",
]
