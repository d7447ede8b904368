"""The catalogue's direct route. Courses, programmes, lessons and quizzes of learners are served by learning and assessment."""

from django.urls import path

from courses.views import catalogue, programmes

app_name = "courses"
urlpatterns = [
    path("formations/", catalogue, name="catalogue"),
    path("parcours/", programmes, name="programmes"),
]
