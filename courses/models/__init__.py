"""What trainers write: pages and the question bank."""

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
from courses.models.questions import Question, QuestionVersion

__all__ = [
    "CataloguePage",
    "CompetenceGain",
    "CourseOutline",
    "CoursePage",
    "HomePage",
    "LessonPage",
    "Question",
    "QuestionVersion",
    "QuizPage",
    "QuizQuestion",
]
