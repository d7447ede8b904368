"""Production: everything comes from the environment, and what is missing or unsafe is refused at the start."""

import os

from django.core.exceptions import ImproperlyConfigured

from lms.settings.base import *  # noqa: F403
from lms.settings.base import (
    CONTENT_SECURITY_POLICY,
    LMS_PKCS11_TOKEN_PIN,
    LMS_PUBLIC_URL,
    LMS_SEALER,
    LMS_SIGNING_WORKER,
    SECRET_KEY,
    STORAGES,
    env_flag,
    env_list,
)


def refuse(message: str) -> None:
    """Stop here, saying what to set."""
    raise ImproperlyConfigured(message)


if env_flag("DEBUG"):
    refuse("DEBUG est activé : retirez la variable DEBUG de l’environnement (ou mettez DEBUG=0).")
if len(SECRET_KEY) < 40 or SECRET_KEY.startswith("django-insecure-"):
    refuse(
        "SECRET_KEY est absente, trop courte ou celle d’un exemple : donnez une valeur secrète d’au moins 40 signes, "
        "par exemple celle qu’affiche « openssl rand -base64 48 »."
    )
if LMS_SEALER == "local-p12":
    refuse(
        "LMS_SEALER vaut « local-p12 », l’autorité de certification d’essai : ses certificats n’engagent personne. "
        "Réglez LMS_SEALER sur un scelleur de production (LMS_SEALER=pkcs11 pour un HSM), voir deploy/README.md."
    )
CHAIN = {
    "LMS_SEAL_CERTIFICATES": "le chemin du fichier PEM du certificat du cachet, suivi de ceux au-dessus",
    "LMS_SEAL_ROOT": "le chemin du fichier PEM de la racine du cachet",
}
NEEDED = {
    "pkcs11": {
        "LMS_PKCS11_TOKEN": "l’étiquette du jeton qui tient la clé du cachet",
        "LMS_PKCS11_KEY": "l’étiquette de la clé du cachet dans le jeton",
        "LMS_PKCS11_MODULE": "le chemin de la bibliothèque PKCS#11 du jeton, par exemple /usr/lib/softhsm/libsofthsm2.so",
    },
    "csc": {
        "LMS_CSC_URL": "l’adresse du service de signature à distance, version comprise, par exemple https://…/csc/v2",
        "LMS_CSC_CREDENTIAL": "le nom de la clé du cachet à ce service (credentialID)",
    },
    "platform": {
        "LMS_PLATFORM_URL": "l’adresse de la plateforme de signature",
        "LMS_PLATFORM_CREDENTIAL": "le nom de la clé du cachet sur cette plateforme",
    },
}
if LMS_SEALER not in NEEDED:
    refuse(
        f"LMS_SEALER vaut « {LMS_SEALER} », que personne ne connaît : mettez LMS_SEALER=pkcs11, csc ou platform, "
        "voir deploy/README.md."
    )
for name, what in {**NEEDED[LMS_SEALER], **CHAIN}.items():
    if not os.environ.get(name):
        refuse(f"{name} est absent : donnez {what}, voir deploy/README.md.")
# Every process reads the certificates (the end of the seal, the root to trust); only the one that signs has the module.
for name in (*CHAIN, *(["LMS_PKCS11_MODULE"] if LMS_SIGNING_WORKER and LMS_SEALER == "pkcs11" else [])):
    if not os.access(os.environ[name], os.R_OK):
        refuse(f"{name} désigne un fichier qui n’existe pas ou ne se lit pas : {os.environ[name]}")
for name in ("LMS_CSC_URL", "LMS_CSC_TOKEN_URL", "LMS_PLATFORM_URL", "LMS_PLATFORM_TOKEN_URL"):
    if os.environ.get(name) and not os.environ[name].startswith("https://"):
        refuse(f"{name} doit être en https:// : on y envoie de quoi faire signer.")
if LMS_SIGNING_WORKER and LMS_SEALER == "pkcs11" and not LMS_PKCS11_TOKEN_PIN:
    refuse("LMS_PKCS11_TOKEN_PIN est absent : donnez le PIN du jeton dans /etc/academie/signing.")
for name in ("LMS_PKCS11_TOKEN_PIN", "LMS_CSC_CLIENT_SECRET", "LMS_CSC_PIN_SECRET", "LMS_PLATFORM_CLIENT_SECRET"):
    if os.environ.get(name) and not LMS_SIGNING_WORKER:
        refuse(
            f"{name} est à la portée d’un processus qui ne scelle pas : gardez-le dans /etc/academie/signing, "
            "que seul lit le travailleur de signature (LMS_SIGNING_WORKER=1)."
        )
if not os.environ.get("ALLOWED_HOSTS") or "*" in env_list("ALLOWED_HOSTS"):
    refuse("ALLOWED_HOSTS est absent ou vaut « * » : donnez le ou les noms publics du site, séparés par des virgules.")
if not LMS_PUBLIC_URL.startswith("https://"):
    refuse("LMS_PUBLIC_URL doit être l’adresse publique du site en https://, celle des codes QR des certificats.")

DEBUG = False
LMS_DEMO = False
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS", LMS_PUBLIC_URL)

# --- Only over HTTPS; the proxy in front says so in this header
SECURE_PROXY_SSL_HEADER = (os.environ.get("PROXY_SSL_HEADER") or "HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = env_flag("SECURE_SSL_REDIRECT", True)
SECURE_REDIRECT_EXEMPT = [r"^sante/$"]  # asked from inside, over plain HTTP
SECURE_HSTS_SECONDS = int(os.environ.get("SECURE_HSTS_SECONDS") or 365 * 24 * 3600)
SECURE_HSTS_INCLUDE_SUBDOMAINS = env_flag("SECURE_HSTS_INCLUDE_SUBDOMAINS")
SECURE_HSTS_PRELOAD = False
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_NAME = "__Host-csrf"
CONTENT_SECURITY_POLICY["DIRECTIVES"]["upgrade-insecure-requests"] = True
# How many proxies of ours stand in front: the client's address is read that far from the end of X-Forwarded-For.
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("TRUSTED_PROXY_COUNT") or 1)

# --- Mail
EMAIL_HOST = os.environ.get("EMAIL_HOST") or "localhost"
EMAIL_PORT = int(os.environ.get("EMAIL_PORT") or 25)
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env_flag("EMAIL_USE_TLS")

# --- Files: the data folder, or S3-compatible storage (bucket by bucket: what is public, what is not)
if os.environ.get("AWS_STORAGE_BUCKET_NAME"):
    STORAGES["default"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {"bucket_name": os.environ["AWS_STORAGE_BUCKET_NAME"], "querystring_auth": False},
    }
if os.environ.get("AWS_PRIVATE_BUCKET_NAME"):
    STORAGES["private"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {"bucket_name": os.environ["AWS_PRIVATE_BUCKET_NAME"], "default_acl": "private"},
    }
