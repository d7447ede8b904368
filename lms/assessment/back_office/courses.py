"""The courses and quizzes that a trainer may choose among."""

from django.db.models import Q

from courses.models import CoursePage, QuizPage


def taught_courses(request):
    """Those who look teaches, by title."""
    return CoursePage.objects.taught_by(request.user).order_by("title", "pk")


def taught_quizzes(request):
    """The quizzes of those courses, by title."""
    below = Q(pk__in=[])
    for path in taught_courses(request).values_list("path", flat=True):
        below |= Q(path__startswith=path)
    return QuizPage.objects.filter(below).order_by("title", "pk")
