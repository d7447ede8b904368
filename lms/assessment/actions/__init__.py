"""What learners and trainers do to attempts."""

from lms.assessment.actions.attempts import (
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
