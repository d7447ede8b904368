"""Supervised sittings, opened as trainers open them, and attempts begun there as learners begin them."""

import datetime
from random import Random

from django.utils import timezone

from courses.models import QuizPage
from lms.assessment.actions import start_attempt
from lms.assessment.actions.sittings import open_sitting
from lms.assessment.models import SittingEntry, SupervisedSitting
from lms.learning.models import Enrolment
from lms.people.models import User
from tests.factories.courses import QuizPageFactory, course_with
from tests.factories.learning import EnrolmentFactory
from tests.factories.people import UserFactory

HOUR, MINUTE = datetime.timedelta(hours=1), datetime.timedelta(minutes=1)


def supervised_quiz(**fields) -> QuizPage:
    """A quiz whose sheet says N3, alone in its course."""
    return QuizPageFactory(parent=course_with(lessons=0, quiz=False), assurance="N3", preset="summative", **fields)


def sitting_of(quiz: QuizPage | None = None, *supervisors: User, place="Parakou", **hours) -> SupervisedSitting:
    """One that began ten minutes ago and lasts an hour more."""
    now = timezone.now()
    quiz, people = quiz or supervised_quiz(), supervisors or [UserFactory()]
    starts_at, ends_at = hours.get("starts_at", now - 10 * MINUTE), hours.get("ends_at", now + HOUR)
    return open_sitting(quiz, place, starts_at, ends_at, people, people[0], min(now, ends_at - MINUTE))


def entry_in(sitting: SupervisedSitting, enrolment: Enrolment | None = None) -> SittingEntry:
    """Someone enrolled who began there."""
    enrolment = enrolment or EnrolmentFactory(course=sitting.course)
    attempt = start_attempt(enrolment, sitting.quiz, timezone.now(), Random(3), sitting)
    return attempt.sitting_entry
