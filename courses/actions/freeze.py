"""Freezing a question into the version that attempts are served."""

from courses.models import Question, QuestionVersion


def freeze_question(question: Question) -> QuestionVersion:
    """The version of what the question says now, made if it differs from the latest one; locks the question.

    Saving a question does this by itself. Raises InvalidAnswer.
    """
    return question.freeze()
