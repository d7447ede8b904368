"""What trainers write: pages and the question bank."""

from courses.models.imports import ImportedContent
from courses.models.outline import CourseOutline
from courses.models.pages import (
    CataloguePage,
    CompetenceGain,
    CoursePage,
    HomePage,
    LessonPage,
    QuizPage,
    QuizQuestion,
)
from courses.models.questions import FrozenError, Question, QuestionVersion

__all__ = [
    "CataloguePage",
    "CompetenceGain",
    "CourseOutline",
    "CoursePage",
    "FrozenError",
    "HomePage",
    "ImportedContent",
    "LessonPage",
    "Question",
    "QuestionVersion",
    "QuizPage",
    "QuizQuestion",
]
