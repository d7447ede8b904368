"""The pages of assessment."""

from lms.assessment.views.appeals import contest_mark, flag
from lms.assessment.views.attempts import answer, attempt, submit
from lms.assessment.views.files import answer_file, hand_in
from lms.assessment.views.quick_check import quick_check
from lms.assessment.views.quiz import quiz
from lms.assessment.views.result import result
from lms.assessment.views.sittings import (
    sitting,
    sitting_close,
    sitting_identity,
    sitting_incident,
    sitting_minutes,
    sitting_minutes_csv,
    sittings,
)

__all__ = [
    "answer",
    "answer_file",
    "attempt",
    "contest_mark",
    "flag",
    "hand_in",
    "quick_check",
    "quiz",
    "result",
    "sitting",
    "sitting_close",
    "sitting_identity",
    "sitting_incident",
    "sitting_minutes",
    "sitting_minutes_csv",
    "sittings",
    "submit",
]
