"""What learners see and do: their space, a course, its lessons."""

from lms.learning.views.course import course, enrol
from lms.learning.views.lesson import lesson, lesson_done
from lms.learning.views.programme import follow, leave, programme
from lms.learning.views.remarks import lesson_remark
from lms.learning.views.space import home, progress, withdraw

__all__ = [
    "course",
    "enrol",
    "follow",
    "home",
    "leave",
    "lesson",
    "lesson_done",
    "lesson_remark",
    "programme",
    "progress",
    "withdraw",
]
