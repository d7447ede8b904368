"""The version of a course's outline: one row a course, raised at each change of its pages, so that caches never lie."""

from django.db import models
from django.db.models import F

from courses.models.course import CoursePage


class CourseOutlineQuerySet(models.QuerySet):
    def raise_version(self):
        """Everything cached under the present versions is forgotten."""
        return self.update(version=F("version") + 1)


class CourseOutline(models.Model):
    """The number that caches of a course's outline (its live lessons and quizzes, in order) are keyed by."""

    course = models.OneToOneField(CoursePage, models.CASCADE, related_name="outline", primary_key=True)
    version = models.PositiveIntegerField(default=1)

    objects = CourseOutlineQuerySet.as_manager()

    def __str__(self):
        return f"{self.course_id} v{self.version}"
