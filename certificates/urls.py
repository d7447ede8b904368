"""Addresses of certificates: the holder's, and those of anyone who verifies."""

from django.urls import path, re_path

from certificates.views import (
    api,
    codes,
    corrections,
    files,
    holder,
    holds,
    log,
    offline,
    passports,
    published,
    renewals,
)

app_name = "certificates"
urlpatterns = [
    path("mes-certificats/", holder.mine, name="mine"),
    path("mes-certificats/passeport/", passports.mine, name="passports"),
    path("mes-certificats/passeport/<int:pk>/passeport.pdf", passports.download, name="passport_download"),
    path("mes-certificats/<int:pk>/", holder.certificate, name="certificate"),
    path("mes-certificats/<int:pk>/certificat.pdf", holder.download, name="download"),
    path("mes-certificats/<int:pk>/image.webp", holder.picture, name="picture"),
    re_path(r"^mes-certificats/(?P<pk>\d+)/badge\.(?P<form>png|svg|json|jwt)$", holder.badge, name="badge"),
    path("mes-certificats/<int:pk>/visibilite/", holder.visibility, name="visibility"),
    path("mes-certificats/<int:pk>/nouveau-lien/", holder.new_link, name="new_link"),
    path("mes-certificats/<int:pk>/corriger-le-nom/", corrections.correction, name="correction"),
    path("mes-certificats/<int:pk>/renouveler/", renewals.renewal, name="renewal"),
    path("mes-certificats/en-attente/<int:pk>/", holds.hold, name="hold"),
    path("mes-certificats/en-attente/<int:pk>/questions/", holds.start_check, name="start_check"),
    path("mes-certificats/questions/<int:pk>/", holds.check, name="check"),
    path("verifier/", codes.verify, name="verify"),
    path("verifier/fichier/", files.verify_file, name="verify_file"),
    path("verifier/hors-ligne/", offline.page, name="offline"),
    path("verifier/hors-ligne/donnees.json", offline.data, name="offline_data"),
    path("verifier/hors-ligne/travailleur.js", offline.worker, name="offline_worker"),
    path("verifier/hors-ligne/manifeste.json", offline.manifest, name="offline_manifest"),
    path("c/<str:typed>/", codes.verify_code, name="verify_code"),
    path("p/<str:typed>/", passports.code, name="passport_code"),
    path("c/<str:typed>/journal/", log.proof, name="log_proof"),
    path("api/v1/log/", log.api_heads, name="api_heads"),
    path("api/v1/certificates/<str:typed>/log/", log.api_proof, name="api_log_proof"),
    path(".well-known/did.json", published.did, name="did"),
    path("etats/<slug:purpose>/<int:number>/", published.status_list, name="status_list"),
    path("api/v1/keys/", published.keys, name="api_keys"),
    path("api/v1/states/", published.states, name="api_states"),
    path("api/v1/openapi.json", api.description, name="api_description"),
    path("api/v1/certificates/<str:typed>/", api.certificate, name="api_certificate"),
    path("api/v1/certificates/<str:typed>/holder/", api.holder, name="api_holder"),
    path("api/v1/files/", api.file, name="api_file"),
]
