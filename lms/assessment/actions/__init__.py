"""What learners and trainers do to attempts."""

from lms.assessment.actions.attempts import (
    AttemptBeingMarked,
    AttemptRefused,
    AttemptSubmitted,
    NoAttemptLeft,
    NotEnrolled,
    QuizAlreadyPassed,
    QuizNotOpen,
    UnknownQuestion,
    save_answer,
    save_answers,
    start_attempt,
    submit,
)
from lms.assessment.actions.files import hand_in_file

__all__ = [
    "AttemptBeingMarked",
    "AttemptRefused",
    "AttemptSubmitted",
    "NoAttemptLeft",
    "NotEnrolled",
    "QuizAlreadyPassed",
    "QuizNotOpen",
    "UnknownQuestion",
    "hand_in_file",
    "save_answer",
    "save_answers",
    "start_attempt",
    "submit",
]
