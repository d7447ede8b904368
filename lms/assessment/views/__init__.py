"""The pages of assessment."""

from lms.assessment.views.attempts import answer, attempt, result, submit
from lms.assessment.views.files import answer_file, hand_in
from lms.assessment.views.quiz import quiz

__all__ = ["answer", "answer_file", "attempt", "hand_in", "quiz", "result", "submit"]
