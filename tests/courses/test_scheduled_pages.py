"""Pages published, and taken off, at the hour their trainer chose."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from courses.outline import course_outline, find_course
from courses.tasks import publish_scheduled
from tests.factories.courses import LessonPageFactory, course_with

pytestmark = pytest.mark.django_db


def titles(course) -> list[str]:
    return [item.title for item in course_outline(*find_course(course.slug)).items]


def test_a_lesson_appears_and_leaves_at_the_hours_chosen(monkeypatch):
    course = course_with(lessons=0, quiz=False)
    stays = LessonPageFactory(parent=course, title="Toujours là")
    lesson = LessonPageFactory(parent=course, title="À son heure", live=False)
    now = timezone.now()
    lesson.go_live_at, lesson.expire_at = now + timedelta(hours=1), now + timedelta(hours=2)
    lesson.save_revision().publish()

    def titles_after(passed: timedelta) -> list[str]:
        monkeypatch.setattr(timezone, "now", lambda: now + passed)
        for _twice in range(2):
            publish_scheduled()
        return titles(course)

    assert titles_after(timedelta(minutes=59)) == [stays.title]
    assert titles_after(timedelta(minutes=61)) == [stays.title, lesson.title]
    assert titles_after(timedelta(minutes=121)) == [stays.title]


def test_the_scheduler_looks_for_them_every_few_minutes():
    entry = settings.CELERY_BEAT_SCHEDULE["courses.publish_scheduled"]
    assert (entry["task"], entry["options"]["expires"]) == (publish_scheduled.name, 300)
