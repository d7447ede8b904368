"""The pages of assessment."""

from lms.assessment.views.attempts import answer, attempt, quiz, result, submit

__all__ = ["answer", "attempt", "quiz", "result", "submit"]
