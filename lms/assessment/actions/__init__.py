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

__all__ = [
    "AttemptBeingMarked",
    "AttemptRefused",
    "AttemptSubmitted",
    "NoAttemptLeft",
    "NotEnrolled",
    "QuizAlreadyPassed",
    "QuizNotOpen",
    "UnknownQuestion",
    "save_answer",
    "save_answers",
    "start_attempt",
    "submit",
]
