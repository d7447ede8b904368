"""What learners and trainers do to attempts."""

from lms.assessment.actions.attempts import (
    check_question,
    save_answer,
    save_answers,
    set_deadline,
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
    SittingOver,
    SupervisionRequired,
    TooSoon,
    UnknownQuestion,
)
from lms.assessment.actions.start import refusal, start_attempt
from lms.assessment.actions.submission import Settled, hand_in, settle, settle_all, settled, submit

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
    "Settled",
    "SittingOver",
    "SupervisionRequired",
    "TooSoon",
    "UnknownQuestion",
    "check_question",
    "hand_in",
    "hand_in_file",
    "refusal",
    "save_answer",
    "save_answers",
    "set_deadline",
    "settle",
    "settle_all",
    "settled",
    "start_attempt",
    "submit",
]
