"""Addresses of quizzes and attempts."""

from django.urls import path

from lms.assessment import views

app_name = "assessment"
urlpatterns = [
    path("evaluations/<int:pk>/", views.quiz, name="quiz"),
    path("lecons/<int:lesson>/questions/<int:question>/", views.quick_check, name="quick_check"),
    path("tentatives/<int:pk>/", views.attempt, name="attempt"),
    path("tentatives/<int:pk>/questions/<int:position>/", views.answer, name="answer"),
    path("tentatives/<int:pk>/questions/<int:position>/fichier/", views.hand_in, name="hand_in"),
    path("tentatives/<int:pk>/questions/<int:position>/contester/", views.contest_mark, name="contest"),
    path("tentatives/<int:pk>/questions/<int:position>/signaler/", views.flag, name="flag"),
    path("fichiers-remis/<int:pk>/", views.answer_file, name="answer_file"),
    path("tentatives/<int:pk>/remettre/", views.submit, name="submit"),
    path("tentatives/<int:pk>/resultat/", views.result, name="result"),
]
