"""The sandbox authority: whole, private, made once."""

import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID
from django.core.management import call_command
from django.utils import timezone

from certificates.keys.authority import is_sandbox, make_sandbox_authority, read_key, sandbox_files, time_files


def certificate(path):
    return x509.load_pem_x509_certificate(path.read_bytes())


def test_chain_goes_from_the_seal_to_a_root_that_says_it_is_a_sandbox(pki_dir):
    files = sandbox_files(pki_dir)
    root, issuing, seal = certificate(files.root), certificate(files.issuing), certificate(files.seal)
    seal.verify_directly_issued_by(issuing)
    issuing.verify_directly_issued_by(root)
    assert "Bac à sable" in root.subject.rfc4514_string()
    assert is_sandbox(seal)
    uses = seal.extensions.get_extension_for_class(x509.KeyUsage).value
    assert (uses.digital_signature, uses.content_commitment, uses.key_cert_sign) == (True, True, False)
    assert seal.extensions.get_extension_for_class(x509.BasicConstraints).value.ca is False


def test_private_files_are_readable_by_their_owner_only(pki_dir):
    files = sandbox_files(pki_dir)
    for path in (files.seal_p12, files.passphrase):
        assert path.stat().st_mode & 0o777 == 0o600
    assert pkcs12.load_pkcs12(files.seal_p12.read_bytes(), files.passphrase.read_bytes()).key.key_size == 256


def test_command_makes_it_once_and_says_so(settings, tmp_path, capsys):
    settings.LMS_PKI_DIR = tmp_path / "pki"
    call_command("make_sandbox_authority")
    before = sandbox_files(settings.LMS_PKI_DIR).seal.read_bytes()
    call_command("make_sandbox_authority")
    assert sandbox_files(settings.LMS_PKI_DIR).seal.read_bytes() == before
    said = capsys.readouterr().out
    assert "Autorité de bac à sable créée" in said
    assert "rien n’a changé" in said


def test_two_at_once_leave_one_whole_authority(tmp_path):
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: make_sandbox_authority(tmp_path, timezone.now()), range(4)))
    assert True in made
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["sandbox", "sandbox-time"]
    files = sandbox_files(tmp_path)
    bundle = pkcs12.load_pkcs12(files.seal_p12.read_bytes(), files.passphrase.read_bytes())
    assert bundle.cert.certificate == certificate(files.seal)


def test_older_installation_is_given_the_authority_of_the_time_and_keeps_its_seal(settings, tmp_path, capsys):
    settings.LMS_PKI_DIR = tmp_path
    call_command("make_sandbox_authority")
    files, times = sandbox_files(tmp_path), time_files(tmp_path)
    shutil.rmtree(times.folder)
    for responder in files.responders:
        responder.unlink()
    before = {path.name: path.read_bytes() for path in files.folder.iterdir()}
    capsys.readouterr()
    call_command("make_sandbox_authority")
    assert "le cachet n’a pas changé" in capsys.readouterr().out
    assert {path.name: path.read_bytes() for path in files.folder.iterdir()} == before
    assert times.unit_p12.exists()


def test_authority_of_the_time_signs_nothing_but_the_time(pki_dir):
    files = time_files(pki_dir)
    unit = read_key(files.unit_p12, files.passphrase).cert.certificate
    unit.verify_directly_issued_by(certificate(files.root))
    purposes = unit.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    assert (purposes.critical, list(purposes.value)) == (True, [ExtendedKeyUsageOID.TIME_STAMPING])
    assert is_sandbox(unit)
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in (files.unit_p12, *files.responders, files.passphrase))


@pytest.mark.slow
def test_openssl_accepts_the_chain(pki_dir):
    files = sandbox_files(pki_dir)
    command = ["openssl", "verify", "-CAfile", files.root, "-untrusted", files.issuing, files.seal]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
