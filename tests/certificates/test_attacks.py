"""Every attack of the corpus is refused by the page and by the interface, in the process where files are checked apart."""

import shutil
import subprocess

import pytest
from django.urls import reverse
from django.utils import timezone

from certificates import storage
from certificates.actions import revoke_certificate
from tests.certificates.attacks import ATTACKS, sealed_by_a_namesake
from tests.certificates.dropping import drop_file
from tests.certificates.makers import make_certificate, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def certificate():
    return make_certificate()


def bytes_of(certificate):
    file = certificate.files.get()
    return storage.read(file.storage_name, file.sha256)


def said_by_the_interface(client, content):
    answer = client.post(reverse("certificates:api_file"), content, content_type="application/pdf")
    assert answer.status_code == 200
    return answer.json()


def said_by_the_page(client, content):
    return drop_file(client, content).content.decode()


def refused(client, certificate, content):
    """By both: never intact and ours, never valid, nothing of the certificate told."""
    said = said_by_the_interface(client, content)
    assert not (said["is_intact"] and said["is_ours"]), said["lines"]
    assert said["is_valid_today"] is None
    assert said["certificate"] is None
    page = said_by_the_page(client, content)
    assert "octet pour octet" not in page
    assert "authentique et valide" not in page
    assert certificate.printed_number not in page
    return said


@pytest.mark.parametrize("name", ATTACKS)
def test_attack_is_refused(name, client, certificate):
    content = bytes_of(certificate)
    attacked = ATTACKS[name](content)
    assert attacked != content
    said = refused(client, certificate, attacked)
    assert said["is_intact"] is not True, said["lines"]


def test_seal_of_a_namesake_is_not_ours(client, certificate, tmp_path):
    said = refused(client, certificate, sealed_by_a_namesake(b"", tmp_path, timezone.now()))
    assert (said["is_intact"], said["is_ours"]) == (True, False)


@pytest.mark.skipif(not shutil.which("qpdf"), reason="qpdf is not installed (Debian: apt install qpdf)")
@pytest.mark.parametrize(
    "how", [["--linearize"], ["--object-streams=generate"], ["--encrypt", "", "secret", "256", "--"], ["--qdf"]]
)
def test_file_written_anew_by_an_honest_tool_is_refused(how, client, certificate, tmp_path):
    (tmp_path / "in.pdf").write_bytes(bytes_of(certificate))
    subprocess.run(["qpdf", *how, tmp_path / "in.pdf", tmp_path / "out.pdf"], check=False, capture_output=True)
    said = refused(client, certificate, (tmp_path / "out.pdf").read_bytes())
    assert said["is_intact"] is not True


def test_genuine_file_of_a_revoked_certificate_is_intact_ours_and_not_valid(client, certificate):
    content = bytes_of(certificate)
    revoke_certificate(certificate, make_user(), "Fraude constatée", timezone.now())
    said = said_by_the_interface(client, content)
    assert (said["is_intact"], said["is_ours"], said["is_valid_today"]) == (True, True, False)
    assert (said["certificate"]["state"], said["certificate"]["state_reason"]) == ("revoked", "Fraude constatée")
