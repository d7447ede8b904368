"""What tests of learning share."""

import datetime

import pytest

NOON = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.UTC)


@pytest.fixture
def announced():
    """The enrolments announced as completed, in order."""
    from lms.learning.signals import course_completed

    heard = []

    def hear(sender, enrolment, completion, **kwargs):
        heard.append(enrolment.pk)

    course_completed.connect(hear)
    yield heard
    course_completed.disconnect(hear)
