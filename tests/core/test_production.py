"""What production refuses to start with, and what it says one must set."""

import os
import subprocess
import sys

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import ImproperlyConfigured

from lms.core import checks

GOOD = {
    "DJANGO_SETTINGS_MODULE": "lms.settings.production",
    "SECRET_KEY": "k" * 50,
    "ALLOWED_HOSTS": "academie.example.org",
    "LMS_PUBLIC_URL": "https://academie.example.org",
    "LMS_SEALER": "pkcs11",
    "LMS_PKCS11_MODULE": "/only/where/it/signs.so",
    "LMS_PKCS11_TOKEN": "cachet",
    "LMS_PKCS11_KEY": "cachet-2026",
    "LMS_SEAL_CERTIFICATES": __file__,  # any file that can be read: what is in it is for `check` to say
    "LMS_SEAL_ROOT": __file__,
}
CSC = {"LMS_SEALER": "csc", "LMS_CSC_URL": "https://csc.example/v2", "LMS_CSC_CREDENTIAL": "cachet"}
SIGNING = {"LMS_SIGNING_WORKER": "1", "LMS_PKCS11_MODULE": __file__, "LMS_PKCS11_TOKEN_PIN": "1234"}


def start(tmp_path, **changes):
    """Load the production settings in a process of their own; gives its exit code and what it said."""
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    environment = kept | {"LMS_DATA_DIR": str(tmp_path)} | GOOD | changes
    command = [sys.executable, "-c", "from django.conf import settings; print(settings.SESSION_COOKIE_SECURE)"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_production_starts_with_all_that_is_needed(tmp_path):
    assert start(tmp_path) == (0, "True\n")
    assert start(tmp_path, **SIGNING) == (0, "True\n")
    assert start(tmp_path, **CSC) == (0, "True\n")


@pytest.mark.parametrize(
    ("changes", "what_to_set"),
    [
        ({"DEBUG": "1"}, "mettez DEBUG=0"),
        ({"PORT": "abc"}, "PORT vaut « abc » : donnez un nombre de 1 à 65535."),
        ({"PORT": "99999"}, "PORT vaut « 99999 »"),
        ({"SECRET_KEY": ""}, "SECRET_KEY est absente"),
        ({"SECRET_KEY": "django-insecure-" + "k" * 50}, "openssl rand -base64 48"),
        ({"SECRET_KEY": "short"}, "au moins 40 signes"),
        ({"LMS_SEALER": ""}, "Réglez LMS_SEALER"),
        ({"LMS_SEALER": "local-p12"}, "Réglez LMS_SEALER"),
        ({"LMS_SEALER": "hsm"}, "mettez LMS_SEALER=pkcs11"),
        ({"LMS_SEALER": "csc"}, "LMS_CSC_URL est absent"),
        ({"LMS_SEALER": "platform"}, "LMS_PLATFORM_URL est absent"),
        (CSC | {"LMS_CSC_URL": "http://csc.example/v2"}, "LMS_CSC_URL doit être en https://"),
        (CSC | {"LMS_CSC_CLIENT_SECRET": "chut"}, "LMS_CSC_CLIENT_SECRET est à la portée"),
        ({"LMS_PKCS11_TOKEN": ""}, "LMS_PKCS11_TOKEN est absent"),
        ({"LMS_PKCS11_KEY": ""}, "LMS_PKCS11_KEY est absent"),
        ({"LMS_PKCS11_MODULE": ""}, "LMS_PKCS11_MODULE est absent"),
        ({"LMS_SEAL_CERTIFICATES": ""}, "LMS_SEAL_CERTIFICATES est absent"),
        ({"LMS_SEAL_ROOT": ""}, "LMS_SEAL_ROOT est absent"),
        ({"LMS_SEAL_ROOT": "/nowhere/root.pem"}, "LMS_SEAL_ROOT désigne un fichier qui n’existe pas"),
        (SIGNING | {"LMS_PKCS11_MODULE": "/nowhere.so"}, "LMS_PKCS11_MODULE désigne un fichier"),
        (SIGNING | {"LMS_PKCS11_TOKEN_PIN": ""}, "donnez le PIN du jeton dans /etc/academie/signing"),
        ({"LMS_PKCS11_TOKEN_PIN": "1234"}, "à la portée d’un processus qui ne scelle pas"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS est absent"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS est absent ou vaut"),
        ({"LMS_PUBLIC_URL": ""}, "LMS_PUBLIC_URL doit être"),
        ({"LMS_PUBLIC_URL": "http://academie.example.org"}, "en https://"),
    ],
)
def test_production_refuses_and_says_what_to_set(tmp_path, changes, what_to_set):
    code, said = start(tmp_path, **changes)
    assert code == 1
    assert what_to_set in said.splitlines()[-1]


@pytest.fixture
def production(settings):
    """The checks' view of an installation that is no demonstration."""
    settings.LMS_DEMO = False
    settings.LMS_WEB_PROCESSES = 1
    return settings


@pytest.mark.django_db
def test_demo_accounts_are_refused(production):
    user = get_user_model().objects.create_user("agent@demo.example", "demo")
    with pytest.raises(ImproperlyConfigured, match=r"comptes de démonstration : agent@demo\.example"):
        checks.refuse_unsafe_start()
    with pytest.raises(SystemExit, match="Désactivez-les"):
        checks.refuse_unsafe_worker()
    user.is_active = False
    user.save()
    checks.refuse_unsafe_start()


@pytest.mark.django_db
def test_demo_accounts_are_welcome_in_a_demonstration():
    get_user_model().objects.create_user("agent@demo.example", "demo")
    checks.refuse_unsafe_start()


def test_a_cache_in_memory_is_refused_to_several_processes(production):
    production.LMS_WEB_PROCESSES = 4
    (found,) = checks.shared_cache(None)
    assert (found.id, found.hint) == ("lms.E002", "Donnez un Redis commun : CACHE_URL=redis://…")
    production.CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache"}}
    assert checks.shared_cache(None) == []


@pytest.mark.django_db
def test_one_machine_is_warned_about_not_refused(production):
    production.CELERY_BROKER_URL = "filesystem://localhost/"
    assert "lms.W002" in {found.id for found in checks.made_for_one_machine(None)}
    checks.refuse_unsafe_start()


def test_demonstration_says_when_it_cannot_write(tmp_path):
    occupied = tmp_path / "file"
    occupied.touch()
    code, said = start(tmp_path, DJANGO_SETTINGS_MODULE="lms.settings.dev", LMS_DATA_DIR=str(occupied / "var"))
    assert code == 1
    assert f"Impossible d’écrire dans le dossier de données {occupied}/var" in said
