"""The courses that a trainer may choose among in filters."""

from courses.models import CoursePage


def taught_courses(request):
    """Those who look teaches, by title."""
    return CoursePage.objects.taught_by(request.user).order_by("title", "pk")
