"""What trainers write: pages and the question bank."""

from courses.models.imports import ImportedContent, QuestionImport
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
from courses.models.questions import FrozenError, Question, QuestionTag, QuestionVersion, TaggedQuestion

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
    "QuestionImport",
    "QuestionTag",
    "QuestionVersion",
    "QuizPage",
    "QuizQuestion",
    "TaggedQuestion",
]
