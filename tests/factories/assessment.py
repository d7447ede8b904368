"""Attempts, begun as learners begin them."""

from random import Random

from django.utils import timezone

from courses.models import QuizPage
from lms.assessment.actions import start_attempt
from lms.assessment.models import Attempt, ServedQuestion
from lms.learning.models import Enrolment
from tests.factories.courses import ANSWERS, QuestionFactory, QuizPageFactory, course_with
from tests.factories.learning import EnrolmentFactory

# Those of the quizzes that most tests pass; the others have tests of their own (test_gaps_and_opinions, test_answers_by_hand).
KINDS = [kind for kind in ANSWERS if kind not in ("gap_fill", "survey", "essay", "file")]


def quiz_of_all_kinds(**kwargs) -> QuizPage:
    """A quiz that asks one question of each type, alone in its course."""
    course = course_with(lessons=0, quiz=False)
    return QuizPageFactory(parent=course, questions=[QuestionFactory(kind=kind) for kind in KINDS], **kwargs)


def open_attempt(enrolment: Enrolment | None = None, quiz: QuizPage | None = None) -> Attempt:
    """An open attempt at a quiz (of one single choice, in a course of two lessons, unless told)."""
    if quiz is None:
        enrolment = enrolment or EnrolmentFactory()
        quiz = QuizPage.objects.child_of(enrolment.course).get()
    enrolment = enrolment or EnrolmentFactory(course=quiz.get_parent().specific)
    return start_attempt(enrolment, quiz, timezone.now(), Random(3))


def right_response(row: ServedQuestion):
    """The right answer to a served question, in the terms of its content."""
    content = row.version.content
    if row.version.type == "short_text":
        return content["accepted"][0]
    if row.version.type == "ordering":
        return {item: rank for rank, item in enumerate(content["answer"])}
    if row.version.type == "gap_fill":
        return {gap["id"]: gap.get("answer") or gap["accepted"][0] for gap in content["gaps"]}
    if row.version.type == "survey":
        return "4"
    return content["answer"]


def right_answers(attempt: Attempt) -> dict:
    """The right answers to an attempt, by position."""
    return {row.position: right_response(row) for row in attempt.questions.select_related("version")}
