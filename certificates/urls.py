"""Addresses of certificates: the holder's, and those of anyone who verifies."""

from django.urls import path

from certificates import views

app_name = "certificates"
urlpatterns = [
    path("mes-certificats/", views.mine, name="mine"),
    path("mes-certificats/<int:pk>/", views.certificate, name="certificate"),
    path("mes-certificats/<int:pk>/certificat.pdf", views.download, name="download"),
    path("verifier/", views.verify, name="verify"),
    path("verifier/fichier/", views.verify_file, name="verify_file"),
    path("c/<str:typed>/", views.verify_code, name="verify_code"),
]
