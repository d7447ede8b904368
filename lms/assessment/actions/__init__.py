"""What learners and trainers do to attempts."""

from lms.assessment.actions.attempts import (
    check_question,
    close_expired_attempts,
    close_if_expired,
    save_answer,
    save_answers,
    set_deadline,
    submit,
)
from lms.assessment.actions.files import hand_in_file
from lms.assessment.actions.refusals import (
    AnswerFinal,
    AnswerStale,
    AttemptBeingMarked,
    AttemptRefused,
    AttemptSubmitted,
    NoAttemptLeft,
    NotEnrolled,
    NotPractice,
    QuizAlreadyPassed,
    QuizClosed,
    QuizNotOpen,
    QuizNotOpenYet,
    TooSoon,
    UnknownQuestion,
)
from lms.assessment.actions.start import refusal, start_attempt

__all__ = [
    "AnswerFinal",
    "AnswerStale",
    "AttemptBeingMarked",
    "AttemptRefused",
    "AttemptSubmitted",
    "NoAttemptLeft",
    "NotEnrolled",
    "NotPractice",
    "QuizAlreadyPassed",
    "QuizClosed",
    "QuizNotOpen",
    "QuizNotOpenYet",
    "TooSoon",
    "UnknownQuestion",
    "check_question",
    "close_expired_attempts",
    "close_if_expired",
    "hand_in_file",
    "refusal",
    "save_answer",
    "save_answers",
    "set_deadline",
    "start_attempt",
    "submit",
]
