"""A sandbox authority and a private storage for every test of certificates."""

import pytest
from django.utils import timezone

from certificates.keys.authority import make_sandbox_authority, sandbox_files


@pytest.fixture(scope="session")
def pki_dir(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pki")
    make_sandbox_authority(folder, timezone.now())
    return folder


@pytest.fixture(scope="session")
def roots(pki_dir):
    return [sandbox_files(pki_dir).root]


@pytest.fixture(autouse=True)
def sandbox(pki_dir, settings, tmp_path):
    settings.LMS_PKI_DIR = pki_dir
    settings.STORAGES = {
        **settings.STORAGES,
        "private": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "private", "base_url": None},
        },
    }
