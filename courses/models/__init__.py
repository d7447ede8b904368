"""What trainers write: pages and the question bank."""

from courses.models.course import CoursePage
from courses.models.imports import CourseImport, ImportedContent, LessonImport, QuestionImport
from courses.models.lesson import LessonPage
from courses.models.module import ModulePage
from courses.models.outline import CourseOutline
from courses.models.pools import PooledQuestion, QuestionPool
from courses.models.producer import ProducerPage
from courses.models.programme import ProgrammeCourse, ProgrammePage
from courses.models.questions import Question, QuestionTag, TaggedQuestion
from courses.models.quiz import QuizDraw, QuizPage, QuizQuestion
from courses.models.review import ReviewCriterion, ReviewRecord, ReviewTask
from courses.models.sheet import CompetenceGain, Licence, RequiredCourse, RequiredLevel
from courses.models.site import CATALOGUE_SLUG, CataloguePage, HomePage
from courses.models.taught import Assurance
from courses.models.versions import FrozenError, QuestionVersion

__all__ = [
    "CATALOGUE_SLUG",
    "Assurance",
    "CataloguePage",
    "CompetenceGain",
    "CourseImport",
    "CourseOutline",
    "CoursePage",
    "FrozenError",
    "HomePage",
    "ImportedContent",
    "LessonImport",
    "LessonPage",
    "Licence",
    "ModulePage",
    "PooledQuestion",
    "ProducerPage",
    "ProgrammeCourse",
    "ProgrammePage",
    "Question",
    "QuestionImport",
    "QuestionPool",
    "QuestionTag",
    "QuestionVersion",
    "QuizDraw",
    "QuizPage",
    "QuizQuestion",
    "RequiredCourse",
    "RequiredLevel",
    "ReviewCriterion",
    "ReviewRecord",
    "ReviewTask",
    "TaggedQuestion",
]
