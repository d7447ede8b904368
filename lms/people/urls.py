"""Addresses of one's own account."""

from django.urls import path

from lms.people import views

app_name = "people"
urlpatterns = [path("mon-compte/", views.Profile.as_view(), name="profile")]
