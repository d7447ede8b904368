"""The seal in a token, with a real one (SoftHSM2): what it seals, and what becomes of a job when it cannot."""

import hashlib
import os
import shutil
import subprocess
from datetime import timedelta

import pkcs11
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.utils import timezone

from certificates.checks import seal_is_fit_and_lasts
from certificates.keys.authority import certify, make_holder
from certificates.models import Certificate, KeyHour, SealKey
from certificates.rules.keys import pem_of
from certificates.sealing.pkcs11_token import TokenPlace, open_token
from certificates.sealing.port import SealerRefused, SealerUnavailable
from certificates.sealing.room import open_sealer, open_signer
from certificates.sealing.signer import verify
from certificates.storage import read
from certificates.verifying.checking import check_pdf
from certificates.verifying.trust import trusted_roots
from certificates.verifying.verdicts import Verdict
from lms.core.jobs import run_job
from lms.core.models import Job
from lms.learning.models import Enrolment
from lms.learning.signals import course_completed
from tests.certificates.makers import make_certificate, make_completion
from tests.certificates.token import (
    ISSUING,
    KEY,
    MODULE,
    PIN,
    ROOT,
    SEAL,
    TOKEN,
    make_edwards_key,
    make_key,
    make_token,
    pem,
)

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        not (MODULE and shutil.which("softhsm2-util")),
        reason="SoftHSM2 is not installed, and `make test` could not install it (Debian: apt install softhsm2)",
    ),
]
DIGEST = hashlib.sha256(b"a document").digest()


@pytest.fixture
def token(tmp_path, monkeypatch, settings):
    """A fresh token and its seal, chosen by the settings as production would."""
    folder = tmp_path / "hsm"
    folder.mkdir()
    monkeypatch.setenv("SOFTHSM2_CONF", str(folder / "softhsm2.conf"))
    token = make_token(folder, timezone.now())
    settings.LMS_SEALER = "pkcs11"
    settings.LMS_DEMO = False
    settings.LMS_PKCS11_MODULE, settings.LMS_PKCS11_TOKEN, settings.LMS_PKCS11_KEY = MODULE, TOKEN, KEY
    settings.LMS_PKCS11_TOKEN_PIN = PIN
    settings.LMS_SEAL_CERTIFICATES = str(token.certify(timezone.now()))
    settings.LMS_SEAL_ROOT = str(token.root_file)
    open_token.cache_clear()
    yield token
    open_sealer_again()
    pkcs11.lib(MODULE).finalize()


def open_sealer_again():
    """As a restart of the worker would."""
    open_token.cache_clear()


def certify_again(token, settings, *when, **changes):
    """Another installation, whose register knows no key yet, with another certificate of the same key."""
    KeyHour.objects.all()._raw_delete("default")
    SealKey.objects.all()._raw_delete("default")
    settings.LMS_SEAL_CERTIFICATES = str(token.certify(*when, **changes))


def ask(completion):
    """A job to issue, as the completion of a course asks for it."""
    course_completed.send(sender=Enrolment, enrolment=completion.enrolment, completion=completion)
    return Job.objects.get(key=f"certificate:enrolment:{completion.enrolment_id}")


def run(job):
    """Run it now, whatever the time it was to wait."""
    Job.objects.filter(pk=job.pk).update(run_after=timezone.now())
    assert run_job(job.pk)
    job.refresh_from_db()
    return job


# --- What it seals


def test_signature_of_the_token_verifies_with_the_certificate(token):
    sealer = open_sealer()
    signatures = sealer.sign_digests([DIGEST, bytes(32)])
    verify(sealer.public_key, signatures[0], DIGEST)
    verify(sealer.public_key, signatures[1], bytes(32))
    with pytest.raises(SealerRefused):
        verify(sealer.public_key, signatures[0], bytes(32))


def test_job_issues_a_certificate_sealed_by_the_token_that_every_reader_accepts(token, run_jobs, tmp_path):
    job = ask(make_completion())
    run_jobs()
    job.refresh_from_db()
    certificate = Certificate.objects.get()
    file = certificate.files.get()
    content = read(file.storage_name, file.sha256)
    assert (job.state, certificate.state, certificate.number) == ("done", "valid", 1)
    assert not file.is_specimen
    check = check_pdf(content, trusted_roots())
    assert (check.verdict, check.sealed_by) == (Verdict.INTACT, SEAL)
    assert len(content) < 75_000
    if shutil.which("pdfsig"):
        pdf = tmp_path / "certificat.pdf"
        pdf.write_bytes(content)
        said = subprocess.run(["pdfsig", "-nocert", pdf], capture_output=True, check=True, text=True).stdout
        assert "Signature is Valid" in said
        assert "Total document signed" in said
        text = subprocess.run(["pdftotext", pdf, "-"], capture_output=True, check=True, text=True).stdout
        assert certificate.printed_number in text
        assert "SPÉCIMEN" not in text


def test_session_is_opened_once_and_again_when_the_token_drops_it(token):
    sealer = open_sealer()
    place = sealer.holder.token
    assert place.session is None
    sealer.sign_digests([DIGEST])
    session = place.session
    open_sealer().sign_digests([DIGEST])
    assert place.session is session
    session.close()
    sealer.sign_digests([DIGEST])
    assert place.session is not session


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_process_born_of_one_that_had_a_session_opens_its_own(token):
    holder = open_sealer().holder
    holder.sign_digests([DIGEST])
    session = holder.token.session
    child = os.fork()
    if child == 0:
        try:
            holder.sign_digests([DIGEST])
            os._exit(0 if holder.token.session is not session else 2)
        finally:  # the child of a test must not go on as a test
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    holder.sign_digests([DIGEST])
    assert holder.token.session is session


def test_ed25519_key_of_the_token_signs_proofs_of_credentials(token, tmp_path):
    file = tmp_path / "badge.pem"
    file.write_text(pem_of(make_edwards_key("badge-2026")))
    options = ("credential-ed25519", "--label", "badge-2026", "--kind", "pkcs11", "--public-key", str(file), "--yes")
    call_command("keys", "introduce", *options)
    call_command("keys", "activate", "credential-ed25519", "badge-2026", "--yes")
    signer = open_signer("credential-ed25519")
    (signature,) = signer.sign_raw([DIGEST * 2])
    signer.public_key.verify(signature, DIGEST * 2)
    assert open_sealer().holder.token is signer.holder.token  # one session for all keys
    open_sealer().sign_digests([DIGEST])


# --- When it cannot


def test_wrong_pin_is_presented_once_and_never_written(token, settings, caplog, monkeypatch):
    settings.LMS_PKCS11_TOKEN_PIN = "40404040"
    job = run(ask(make_completion()))
    assert job.state == "waiting"
    assert "refuse le PIN (PinIncorrect)" in job.error
    with monkeypatch.context() as watched:
        watched.setattr("pkcs11.lib", lambda module: pytest.fail("the token was asked again"))
        job = run(job)
    assert "ne le présente plus" in job.error
    place = TokenPlace(MODULE, TOKEN, "40404040")
    assert "40404040" not in job.error + caplog.text + repr(place)
    settings.LMS_PKCS11_TOKEN_PIN = PIN  # corrected, and the worker restarted
    open_sealer_again()
    assert run(job).state == "done"
    assert Certificate.objects.get().number == 1


def test_token_taken_away_half_way_leaves_the_job_waiting_and_the_number_kept(token):
    make_certificate()
    job = ask(make_completion())
    token.take_away()
    job = run(job)
    assert job.state == "waiting"
    assert "« cachet » ne répond pas" in job.error
    second = Certificate.objects.get(number=2)
    assert second.state == "reserved"
    assert run(job).state == "waiting"
    token.bring_back()
    assert run(job).state == "done"
    second.refresh_from_db()
    assert second.state == "valid"
    assert Certificate.objects.count() == 2


@pytest.mark.parametrize(
    ("name", "value", "refusal", "said"),
    [
        ("LMS_PKCS11_TOKEN", "autre", SealerUnavailable, "« autre » ne répond pas"),
        ("LMS_PKCS11_MODULE", "/nowhere/libp11.so", SealerUnavailable, "LMS_PKCS11_MODULE"),
        ("LMS_PKCS11_KEY", "autre", SealerRefused, "clé privée EC « autre »"),
    ],
)
def test_what_is_missing_is_named(token, settings, name, value, refusal, said):
    setattr(settings, name, value)
    with pytest.raises(refusal, match=said):
        open_sealer().sign_digests([DIGEST])


def test_key_that_could_leave_the_token_is_refused(token, settings):
    make_key("souple", extractable=True)
    settings.LMS_PKCS11_KEY = "souple"
    with pytest.raises(SealerRefused, match="non extractible"):
        open_sealer().sign_digests([DIGEST])


def test_key_of_another_certificate_is_seen_before_anything_is_stored(token, settings):
    make_key("autre")
    settings.LMS_PKCS11_KEY = "autre"
    with pytest.raises(SealerRefused, match="la clé n’est pas la sienne"):
        open_sealer().sign_digests([DIGEST])


def test_seal_refuses_from_its_last_day_on_and_the_job_waits(token, settings):
    year = timedelta(days=365)
    certify_again(token, settings, timezone.now() - year + timedelta(hours=23), years=1)
    job = run(ask(make_completion()))
    assert job.state == "waiting"
    assert "ne scelle plus le dernier jour" in job.error
    assert Certificate.objects.get().state == "reserved"
    certify_again(token, settings, timezone.now() - 2 * year, years=1)
    with pytest.raises(SealerRefused, match="renouvelez-la"):
        open_sealer()
    certify_again(token, settings, timezone.now() - year + timedelta(hours=25), years=1)
    assert run(job).state == "done"
    assert Certificate.objects.get().number == 1


def test_key_stays_shut_in_any_process_but_the_signing_worker(token, settings):
    settings.LMS_SIGNING_WORKER = False
    with pytest.raises(SealerRefused, match="LMS_SIGNING_WORKER"):
        open_sealer()


def test_sandbox_key_in_a_token_makes_specimens_and_is_refused_in_production(token, settings, pki_dir):
    sandbox = make_holder("Bac à sable – racine", timezone.now(), 10, path_length=1)
    seal = certify(token.public_key, SEAL, timezone.now(), 3, None, sandbox)
    file = token.folder / "sandbox.pem"
    file.write_bytes(pem(seal))
    (token.folder / "sandbox-root.pem").write_bytes(pem(sandbox.certificate))
    settings.LMS_SEAL_CERTIFICATES, settings.LMS_SEAL_ROOT = str(file), str(token.folder / "sandbox-root.pem")
    with pytest.raises(SealerRefused, match="bac à sable"):
        open_sealer()
    settings.LMS_DEMO = True
    assert open_sealer().is_sandbox


# --- The public half


def test_chain_that_is_broken_or_no_seal_is_refused_with_what_to_set(token, settings):
    (token.folder / "alone.pem").write_bytes(open_chain(token)[0])
    settings.LMS_SEAL_CERTIFICATES = str(token.folder / "alone.pem")
    (found,) = seal_is_fit_and_lasts(None)
    assert found.id == "lms.E003"
    assert f"« {SEAL} » n’est pas délivré par « {ROOT} »" in found.msg
    (token.folder / "issuing.pem").write_bytes(pem(token.issuing.certificate))
    settings.LMS_SEAL_CERTIFICATES = str(token.folder / "issuing.pem")
    assert "doit être un cachet" in seal_is_fit_and_lasts(None)[0].msg
    other_curve = ec.generate_private_key(ec.SECP384R1()).public_key()
    settings.LMS_SEAL_CERTIFICATES = str(token.certify(timezone.now(), public_key=other_curve))
    assert "P-256" in seal_is_fit_and_lasts(None)[0].msg
    settings.LMS_SEAL_ROOT = ""
    assert "ne se lisent pas" in seal_is_fit_and_lasts(None)[0].msg


def open_chain(token):
    """Each certificate of the seal's file, in PEM."""
    text = django_settings.LMS_SEAL_CERTIFICATES
    end = b"-----END CERTIFICATE-----\n"
    with open(text, "rb") as file:  # noqa: PTH123
        return [part + end for part in file.read().split(end) if part]


def test_root_that_comes_with_the_chain_is_left_out(token, settings):
    with open(settings.LMS_SEAL_CERTIFICATES, "ab") as file:  # noqa: PTH123
        file.write(pem(token.root.certificate))
    assert len(open_sealer().chain) == 1


def test_today_s_root_and_older_ones_are_trusted_the_sandbox_s_no_more(token, settings, tmp_path, pki_dir):
    assert trusted_roots() == [token.root_file]
    settings.LMS_PKI_DIR = tmp_path / "keys"
    (settings.LMS_PKI_DIR / "trusted").mkdir(parents=True)
    older = settings.LMS_PKI_DIR / "trusted" / "2023.pem"
    older.write_bytes(pem(make_holder("Ancienne racine", timezone.now(), 10, path_length=1).certificate))
    assert trusted_roots() == [older, token.root_file]


def test_operator_tries_the_seal(token, settings, capsys):
    call_command("check_sealer")
    said = capsys.readouterr().out
    for line in (
        "Scelleur : pkcs11",
        f"Cachet : {SEAL}",
        f"Délivré sous : {ISSUING}",
        f"Racine : {ROOT}, SHA-256 ",
        "Mention SPÉCIMEN : non",
        "Signature d’essai : vérifiée",
    ):
        assert line in said
    assert PIN not in said
    settings.LMS_PKCS11_TOKEN = "autre"
    with pytest.raises(CommandError, match=r"Le cachet ne scelle pas\. Le jeton « autre » ne répond pas"):
        call_command("check_sealer")
