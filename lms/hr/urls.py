"""Addresses of the HR floor."""

from django.urls import path, re_path

from lms.hr import views

app_name = "hr"
urlpatterns = [
    path("mes-competences/", views.my_skills, name="my_skills"),
    path("equipe/", views.PeopleList.as_view(), name="people"),
    re_path(r"^equipe/export\.(?P<file_format>csv|xlsx)$", views.people_export, name="people_export"),
    path("equipe/<int:pk>/", views.person, name="person"),
]
