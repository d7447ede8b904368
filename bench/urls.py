"""The product's addresses, then the floors'."""

from django.urls import path

from bench import stock, views
from lms.urls import urlpatterns as product

urlpatterns = [
    path("plancher/nu/", views.bare),
    path("plancher/wagtail/<path:path>", stock.serve),
    path("plancher/lecon/", views.plain_lesson),
    path("plancher/espace/", views.plain_home),
    path("plancher/ecrire/", views.plain_write),
    *product,
]
