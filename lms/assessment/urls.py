"""Addresses of quizzes and attempts."""

from django.urls import path

from lms.assessment import views
from lms.core.coded import CODED

app_name = "assessment"
urlpatterns = [
    path("evaluations/<int:pk>/", views.quiz, name="quiz"),
    path("lecons/<int:lesson>/questions/<int:question>/", views.quick_check, name="quick_check"),
    path("tentatives/<int:pk>/", views.attempt, name="attempt"),
    path("tentatives/<int:pk>/questions/<int:position>/", views.answer, name="answer"),
    path("tentatives/<int:pk>/questions/<int:position>/fichier/", views.hand_in, name="hand_in"),
    path("tentatives/<int:pk>/questions/<int:position>/contester/", views.contest_mark, name="contest"),
    path("tentatives/<int:pk>/questions/<int:position>/signaler/", views.flag, name="flag"),
    path("surveillance/", views.sittings, name="sittings"),
    path("surveillance/<int:pk>/", views.sitting, name="sitting"),
    path("surveillance/<int:pk>/presents/<int:entry>/identite/", views.sitting_identity, name="sitting_identity"),
    path("surveillance/<int:pk>/presents/<int:entry>/incident/", views.sitting_incident, name="sitting_incident"),
    path("surveillance/<int:pk>/fermer/", views.sitting_close, name="sitting_close"),
    path("surveillance/<int:pk>/proces-verbal/", views.sitting_minutes, name="sitting_minutes"),
    path("surveillance/<int:pk>/proces-verbal.csv", views.sitting_minutes_csv, name="sitting_minutes_csv"),
    path(f"fichiers-remis/<{CODED}:pk>/", views.answer_file, name="answer_file"),
    path("tentatives/<int:pk>/remettre/", views.submit, name="submit"),
    path("tentatives/<int:pk>/resultat/", views.result, name="result"),
]
