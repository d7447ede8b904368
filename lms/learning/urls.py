"""Addresses of learners: their space, courses, lessons. Quizzes have theirs in assessment, which stands above."""

from django.urls import path

from lms.learning import views

app_name = "learning"
urlpatterns = [
    path("mon-espace/", views.home, name="home"),
    path("mon-espace/inscription/<slug:slug>/", views.enrol, name="enrol"),
    path("mon-espace/<int:pk>/", views.progress, name="progress"),
    path("mon-espace/<int:pk>/abandonner/", views.withdraw, name="withdraw"),
    path("parcours/<slug:slug>/", views.programme, name="programme"),
    path("parcours/<slug:slug>/suivre/", views.follow, name="follow"),
    path("parcours/<slug:slug>/quitter/", views.leave, name="leave"),
    path("formations/<slug:slug>/", views.course, name="course"),
    path("formations/<slug:course>/<slug:item>/", views.lesson, name="lesson"),
    path("formations/<slug:course>/<slug:item>/terminer/", views.lesson_done, name="lesson_done"),
    path("formations/<slug:course>/<slug:item>/remarque/", views.lesson_remark, name="lesson_remark"),
]
