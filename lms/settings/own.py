"""Our own keys, and how the environment is read: what an installation of this platform chooses, and nothing of Django's."""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent.parent


def env_flag(name: str, default: bool = False) -> bool:
    """A yes-or-no variable of the environment: 1, true, yes, oui are yes."""
    return os.environ.get(name, str(default)).strip().lower() in {"1", "true", "yes", "oui"}


def env_list(name: str, default: str = "") -> list[str]:
    """A comma-separated variable of the environment."""
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


def env_port(name: str, default: int) -> int:
    """A port of the environment. Raises ImproperlyConfigured."""
    text = os.environ.get(name) or str(default)
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise ImproperlyConfigured(f"{name} vaut « {text} » : donnez un nombre de 1 à 65535.")
    return int(text)


# Database, media, keys, mail and broker files of an installation: what has to be backed up.
LMS_DATA_DIR = Path(os.environ.get("LMS_DATA_DIR") or BASE_DIR / "var").resolve()
# Where `manage.py serve` listens: this machine only, unless HOST=0.0.0.0.
LMS_HOST = os.environ.get("HOST") or "127.0.0.1"
LMS_PORT = env_port("PORT", 8000)
# How many web processes share the installation (gunicorn reads the same variable).
LMS_WEB_PROCESSES = int(os.environ.get("WEB_CONCURRENCY") or 1)
LMS_WEB_THREADS = int(os.environ.get("LMS_WEB_THREADS") or 8)
# The address printed on certificates and in QR codes, without a final slash.
LMS_PUBLIC_URL = (os.environ.get("LMS_PUBLIC_URL") or f"http://localhost:{LMS_PORT}").rstrip("/")
LMS_SITE_NAME = os.environ.get("LMS_SITE_NAME") or "Académie CTD"
# Demo accounts may exist here; production refuses to start where one does.
LMS_DEMO = False
LMS_DEMO_PASSWORD = "demo"  # noqa: S105
LMS_DEMO_ACCOUNTS = {
    "agent@demo.example": "agent, apprenant",
    "formateur@demo.example": "formateur",
    "partenaire@demo.example": "formatrice d’un partenaire privé",
    "relecture@demo.example": "chargé de relire avant publication",
    "rh@demo.example": "ressources humaines d’une structure",
    "responsable@demo.example": "responsable d’une équipe",
    "certification@demo.example": "responsable des certificats",
    "admin@demo.example": "administrateur de la plateforme",
}
# Who seals certificates; "local-p12" is the sandbox authority, whose key lies in LMS_PKI_DIR; "pkcs11" a token (HSM).
LMS_SEALER = os.environ.get("LMS_SEALER") or "local-p12"
LMS_PKI_DIR = LMS_DATA_DIR / "pki"
# Set for the worker of the queue "signing" and for nobody else: without it a process may not open the seal.
LMS_SIGNING_WORKER = env_flag("LMS_SIGNING_WORKER")
# The passphrase of the PKCS#12 file; empty: the one written beside it, readable by its owner only.
LMS_SEAL_PASSPHRASE = os.environ.get("LMS_SEAL_PASSPHRASE", "")
# How many signatures a key may give in an hour, all workers together; beyond, jobs wait for the next.
LMS_KEY_QUOTA_PER_HOUR = int(os.environ.get("LMS_KEY_QUOTA_PER_HOUR") or 20_000)
# The token: the library that speaks to it, its label, the key's label, and its PIN, for the signing worker only. The
# name of the PIN has TOKEN in it so that Django's error reports hide it.
LMS_PKCS11_MODULE = os.environ.get("LMS_PKCS11_MODULE", "")
LMS_PKCS11_TOKEN = os.environ.get("LMS_PKCS11_TOKEN", "")
LMS_PKCS11_KEY = os.environ.get("LMS_PKCS11_KEY", "")
LMS_PKCS11_TOKEN_PIN = os.environ.get("LMS_PKCS11_TOKEN_PIN", "")
# The token's seal in public, PEM: its certificate and those above it, then the root they lead to, trusted by /verifier/.
LMS_SEAL_CERTIFICATES = os.environ.get("LMS_SEAL_CERTIFICATES", "")
LMS_SEAL_ROOT = os.environ.get("LMS_SEAL_ROOT", "")
# A remote signature service (CSC): its address with the version in it, the version of the protocol (v1, v2), the first
# key's credential, who we are (OAuth client credentials; without an address of tokens, nobody), and a PIN if it wants one.
LMS_CSC_URL = os.environ.get("LMS_CSC_URL", "")
LMS_CSC_VERSION = os.environ.get("LMS_CSC_VERSION") or "v2"
LMS_CSC_CREDENTIAL = os.environ.get("LMS_CSC_CREDENTIAL", "")
LMS_CSC_TOKEN_URL = os.environ.get("LMS_CSC_TOKEN_URL", "")
LMS_CSC_CLIENT_ID = os.environ.get("LMS_CSC_CLIENT_ID", "")
LMS_CSC_CLIENT_SECRET = os.environ.get("LMS_CSC_CLIENT_SECRET", "")
LMS_CSC_PIN_SECRET = os.environ.get("LMS_CSC_PIN_SECRET", "")
# How long it may take to answer, and how many digests go with one authorisation at most.
LMS_CSC_SECONDS = float(os.environ.get("LMS_CSC_SECONDS") or 20)
LMS_CSC_BATCH = int(os.environ.get("LMS_CSC_BATCH") or 100)
# A platform that seals whole documents: the same, for one that takes no digests.
LMS_PLATFORM_URL = os.environ.get("LMS_PLATFORM_URL", "")
LMS_PLATFORM_CREDENTIAL = os.environ.get("LMS_PLATFORM_CREDENTIAL", "")
LMS_PLATFORM_TOKEN_URL = os.environ.get("LMS_PLATFORM_TOKEN_URL", "")
LMS_PLATFORM_CLIENT_ID = os.environ.get("LMS_PLATFORM_CLIENT_ID", "")
LMS_PLATFORM_CLIENT_SECRET = os.environ.get("LMS_PLATFORM_CLIENT_SECRET", "")
LMS_PLATFORM_SECONDS = float(os.environ.get("LMS_PLATFORM_SECONDS") or 60)
# How long a service of signature is spared after a failure.
LMS_KEY_REST_SECONDS = 60
# Who gives the time of seals, over HTTP (RFC 3161), and the roots, PEM, under which its tokens are believed. Without an
# address: the sandbox's own where the sandbox seals, nobody elsewhere.
LMS_TSA_URL = os.environ.get("LMS_TSA_URL", "")
LMS_TSA_ROOTS = os.environ.get("LMS_TSA_ROOTS", "")
# How long it may take to answer, and how long it is spared after a failure.
LMS_TSA_SECONDS = float(os.environ.get("LMS_TSA_SECONDS") or 3)
LMS_TSA_REST_SECONDS = 60
# A sealed file is given its archive (PAdES B-LTA) this long after, so many files a job.
LMS_ARCHIVE_AFTER_MINUTES = int(os.environ.get("LMS_ARCHIVE_AFTER_MINUTES") or 60)
LMS_ARCHIVE_BATCH = 200
# The secret behind the hashes of printed names the register keeps; empty: SECRET_KEY. It must outlive the certificates.
LMS_REGISTER_KEY = os.environ.get("LMS_REGISTER_KEY", "")
# How long a certificate is confirmed after it was issued, though its holder's name be erased.
LMS_RETENTION_YEARS = int(os.environ.get("LMS_RETENTION_YEARS") or 50)
# What is printed on certificates.
LMS_CERTIFICATE_SERIES = os.environ.get("LMS_CERTIFICATE_SERIES") or "CTD"
LMS_PROGRAMME_SERIES = os.environ.get("LMS_PROGRAMME_SERIES") or "CTDP"
LMS_ISSUER = os.environ.get("LMS_ISSUER") or "Centre de transformation digitale"
LMS_ISSUER_PARENT = os.environ.get("LMS_ISSUER_PARENT") or "Agence des systèmes d’information et du numérique"
LMS_SIGNATORY_NAME = os.environ.get("LMS_SIGNATORY_NAME") or "La direction du Centre"
LMS_SIGNATORY_TITLE = os.environ.get("LMS_SIGNATORY_TITLE") or "Centre de transformation digitale, ASIN"
# The TrueType fonts of the PDFs.
# A certificate is held when so many steps of its course (%) were finished faster than they can be read; 0: never. A check of
# so many questions of the course, passed from so many %, releases it; after so many tries a person decides. The same
# check renews a certificate, from so many days before its end.
LMS_HOLD_RAPID_PERCENT = int(os.environ.get("LMS_HOLD_RAPID_PERCENT") or 50)
LMS_CHECK_QUESTIONS = int(os.environ.get("LMS_CHECK_QUESTIONS") or 5)
LMS_CHECK_PASS_PERCENT = int(os.environ.get("LMS_CHECK_PASS_PERCENT") or 80)
LMS_RENEWAL_OPENS_DAYS = int(os.environ.get("LMS_RENEWAL_OPENS_DAYS") or 90)
LMS_CHECK_TRIES = int(os.environ.get("LMS_CHECK_TRIES") or 2)
# Files of strangers: how many may wait for their check, after how long the page says that it is late, and how long the
# results (and files nobody checked) are kept.
LMS_CHECKS_WAITING = int(os.environ.get("LMS_CHECKS_WAITING") or 40)
LMS_CHECK_LATE_SECONDS = 30
LMS_CHECKS_KEPT_MINUTES = int(os.environ.get("LMS_CHECKS_KEPT_MINUTES") or 60)
# How many passports (all of a person's certificates in one file) a person may ask for in a day.
LMS_PASSPORTS_PER_DAY = int(os.environ.get("LMS_PASSPORTS_PER_DAY") or 5)

LMS_NODE_MODULES_DIR = BASE_DIR / "node_modules"
LMS_FONTS_DIR = LMS_NODE_MODULES_DIR / "@expo-google-fonts" / "noto-sans"
# Browser libraries: the name they are served under, and the file npm installed.
LMS_VENDOR_FILES = {
    "vendor/pico/pico.min.css": "@picocss/pico/css/pico.min.css",
    "vendor/htmx/htmx.min.js": "htmx.org/dist/htmx.min.js",
    "vendor/qr/decode.js": "qr/decode.js",
    "vendor/qr/index.js": "qr/index.js",
}
# A job whose worker died is taken up again once its lease ends; a live worker renews it three times in that span.
LMS_JOB_LEASE_SECONDS = int(os.environ.get("LMS_JOB_LEASE_SECONDS") or 60)
# A job still waiting this long after it was sent is sent again (then at twice, four times … this span).
LMS_JOB_RESEND_SECONDS = int(os.environ.get("LMS_JOB_RESEND_SECONDS") or 30)
LMS_JOB_SWEEP_SECONDS = int(os.environ.get("LMS_JOB_SWEEP_SECONDS") or 15)
# How many days a learner has to contest a mark, from when it was given or told.
LMS_APPEAL_DAYS = int(os.environ.get("LMS_APPEAL_DAYS") or 15)
# How long the signed-in user is remembered between requests instead of being read again.
LMS_USER_CACHE_SECONDS = 60
