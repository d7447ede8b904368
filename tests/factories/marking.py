"""Questions that a person marks, and people who teach."""

from django.contrib.auth.models import Group, Permission
from wagtail.models import GroupPagePermission

from courses.models import CoursePage, QuestionVersion, QuizPage
from lms.assessment.models import Attempt
from lms.people.models import User
from tests.factories.assessment import open_attempt
from tests.factories.courses import QuestionFactory, QuizPageFactory
from tests.factories.people import UserFactory

RUBRIC = [
    {"id": "a", "text": "Le risque est nommé", "points": 2},
    {"id": "b", "text": "Le geste est juste", "points": 2},
]


def essay_version(rubric: list | None = None) -> QuestionVersion:
    """A question of the bank whose latest version is an essay."""
    question = QuestionFactory()
    return question.versions.create(
        number=2,
        type="essay",
        prompt="Que faites-vous ?",
        content={"rubric": RUBRIC if rubric is None else rubric, "guide": "", "min_words": 0, "max_words": 300},
        explanation="On attendait de nommer le risque.",
        fingerprint="essay",
    )


def essay_quiz(**kwargs) -> QuizPage:
    """A quiz of one essay and one single choice, one point each."""
    return QuizPageFactory(questions=[essay_version().question, QuestionFactory()], **kwargs)


def essay_attempt(quiz: QuizPage | None = None, **kwargs) -> Attempt:
    """An open attempt at a quiz with an essay."""
    return open_attempt(quiz=quiz or essay_quiz(), **kwargs)


def trainer_of(*courses: CoursePage) -> User:
    """Who may write these courses and enter the back office, and nothing else."""
    person = UserFactory()
    group = Group.objects.create(name=f"Formateurs de {person.pk}")
    group.permissions.add(Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin"))
    change = Permission.objects.get(content_type__app_label="wagtailcore", codename="change_page")
    for course in courses:
        GroupPagePermission.objects.create(group=group, page=course, permission=change)
    person.groups.add(group)
    return person
