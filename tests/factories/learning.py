"""One dull factory per model of learning."""

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from lms.learning.models import Enrolment
from tests.factories.courses import course_with
from tests.factories.people import UserFactory


class EnrolmentFactory(DjangoModelFactory):
    """An active enrolment in a course of two lessons and a quiz, unless told."""

    class Meta:
        model = Enrolment

    person = factory.SubFactory(UserFactory)
    course = factory.LazyFunction(course_with)
    enrolled_at = factory.LazyFunction(timezone.now)
