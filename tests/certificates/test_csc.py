"""The seal at a remote signature service (CSC): v1 with an independent server, v2 with our strict stub."""

import hashlib
import json
import socket
import subprocess
import sys
import textwrap
import time
from contextlib import contextmanager
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.management import CommandError, call_command
from django.utils import timezone

from certificates.actions.batches import approve_batch, propose_batch
from certificates.keys.authority import certify
from certificates.lasting.signature import seal_and_stamp_all
from certificates.models import Certificate, CoursePolicy, SealKey
from certificates.outside.oauth import Client
from certificates.permissions import APPROVE_BATCH, PROPOSE_BATCH
from certificates.sealing.csc import CscPlace, CscService, open_csc, open_csc_key
from certificates.sealing.port import SealerRefused, SealerUnavailable
from certificates.sealing.room import open_sealer
from certificates.storage import read
from certificates.verifying.checking import check_pdf
from certificates.verifying.trust import trusted_roots
from certificates.verifying.verdicts import Verdict
from lms.core.jobs import run_job
from lms.core.models import Job
from lms.learning.models import Enrolment
from lms.learning.signals import course_completed
from tests.certificates.csc_stub import CLIENT, CREDENTIAL, PIN, SECRET, CscStub
from tests.certificates.makers import make_completion, make_course, make_officer, make_unit, place
from tests.certificates.stub_service import dripping, in_json
from tests.certificates.token import pem

pytestmark = pytest.mark.django_db
DIGEST = hashlib.sha256(b"a document").digest()


def digests(count):
    return [hashlib.sha256(b"document %d" % number).digest() for number in range(count)]


@pytest.fixture
def remote(settings, tmp_path):
    """The stub, chosen by the settings as production would."""
    service = CscStub(timezone.now())
    (tmp_path / "seal.pem").write_bytes(pem(service.seal.certificate) + pem(service.issuing.certificate))
    (tmp_path / "root.pem").write_bytes(pem(service.root.certificate))
    settings.LMS_SEALER, settings.LMS_DEMO = "csc", False
    settings.LMS_SEAL_CERTIFICATES, settings.LMS_SEAL_ROOT = str(tmp_path / "seal.pem"), str(tmp_path / "root.pem")
    settings.LMS_CSC_VERSION, settings.LMS_CSC_CREDENTIAL, settings.LMS_CSC_PIN_SECRET = "v2", CREDENTIAL, PIN
    settings.LMS_CSC_CLIENT_ID, settings.LMS_CSC_CLIENT_SECRET = CLIENT, SECRET
    settings.LMS_CSC_SECONDS = 5
    with service.running():
        settings.LMS_CSC_URL, settings.LMS_CSC_TOKEN_URL = f"{service.url}/csc/v2", f"{service.url}/oauth2/token"
        restart()
        yield service
    restart()


def restart():
    """As a restart of the worker would."""
    open_csc.cache_clear()
    open_csc_key.cache_clear()


def ask(completion):
    course_completed.send(sender=Enrolment, enrolment=completion.enrolment, completion=completion)
    return Job.objects.get(key=f"certificate:enrolment:{completion.enrolment_id}")


def run(job):
    Job.objects.filter(pk=job.pk).update(run_after=timezone.now())
    assert run_job(job.pk)
    job.refresh_from_db()
    return job


# --- Version 1, with the server of others


CONFIGURATION = """
    external-url-prefix: "http://127.0.0.1:9000"
    keysets:
      essai:
        path-prefix: {folder}
        keys:
          root: {{path: root.pem}}
          seal: {{path: seal.pem}}
    pki-architectures:
      essai:
        keyset: essai
        entity-defaults: {{country-name: BJ, organization-name: Essai}}
        entities:
          root: {{common-name: Autorite racine}}
          seal: {{common-name: Cachet d'essai}}
        certs:
          root:
            subject: root
            subject-key: root
            issuer: root
            authority-key: root
            validity: {{valid-from: "2024-01-01T00:00:00+0000", valid-to: "2124-01-01T00:00:00+0000"}}
            profiles: [{{id: simple-ca, params: {{max-path-len: 0}}}}]
          seal:
            subject: seal
            subject-key: seal
            issuer: root
            authority-key: root
            validity: {{valid-from: "2024-01-01T00:00:00+0000", valid-to: "2124-01-01T00:00:00+0000"}}
            extensions:
              - {{id: key_usage, critical: true, smart-value: {{schema: key-usage, params: [digital_signature, non_repudiation]}}}}
"""


@contextmanager
def independent_server(folder):
    """The dummy server that others publish, in a process of its own; gives its port."""
    for name in ("root", "seal"):
        key = ec.generate_private_key(ec.SECP256R1())
        plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        (folder / f"{name}.pem").write_bytes(key.private_bytes(*plain))
    (folder / "certomancer.yml").write_text(textwrap.dedent(CONFIGURATION.format(folder=folder)))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "csc_dummy", str(folder / "certomancer.yml"), str(port), "2"]
    said = (folder / "server.log").open("wb")
    process = subprocess.Popen(command, stdout=said, stderr=said, cwd=folder)
    try:
        wait_for(port, process, folder / "server.log")
        yield port
    finally:
        process.terminate()
        process.wait()
        said.close()


def wait_for(port, process, log):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        try:
            socket.create_connection(("localhost", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    pytest.fail(log.read_text())


@pytest.mark.slow
def test_v1_seals_with_an_independent_server(settings, tmp_path, run_jobs):
    with independent_server(tmp_path) as port:
        settings.LMS_SEALER, settings.LMS_DEMO = "csc", False
        settings.LMS_CSC_URL, settings.LMS_CSC_VERSION = f"http://localhost:{port}/csc/v1", "v1"
        settings.LMS_CSC_CREDENTIAL, settings.LMS_CSC_TOKEN_URL, settings.LMS_CSC_PIN_SECRET = "essai/seal", "", ""
        restart()
        certificates, together = CscService(
            CscPlace(settings.LMS_CSC_URL, "v1", Client("", "", ""), "", 20, 100, 60)
        ).describe("essai/seal")
        assert together == 10
        seal, root = certificates[0], certificates[-1]
        (tmp_path / "certificates.pem").write_bytes(pem(seal))
        (tmp_path / "trusted.pem").write_bytes(pem(root))
        settings.LMS_SEAL_CERTIFICATES = str(tmp_path / "certificates.pem")
        settings.LMS_SEAL_ROOT = str(tmp_path / "trusted.pem")
        sealer = open_sealer()
        assert len(sealer.sign_digests(digests(23))) == 23  # each verified, in three lots
        job = ask(make_completion())
        run_jobs()
        job.refresh_from_db()
        assert job.state == "done", job.error
        file = Certificate.objects.get().files.get()
        check = check_pdf(read(file.storage_name, file.sha256), trusted_roots())
        assert (check.verdict, check.sealed_by) == (Verdict.INTACT, "Cachet d'essai")
        settings.LMS_CSC_CREDENTIAL = "essai/root"
        service = open_csc_key(sealer.holder.service, "essai/root", sealer.holder.spki)
        with pytest.raises(SealerRefused, match="d’une autre clé"):
            service.sign_digests([DIGEST])
    restart()


# --- Version 2


def test_v2_seals_and_the_document_verifies(remote, run_jobs):
    job = ask(make_completion())
    run_jobs()
    job.refresh_from_db()
    assert job.state == "done", job.error
    file = Certificate.objects.get().files.get()
    check = check_pdf(read(file.storage_name, file.sha256), trusted_roots())
    assert (check.verdict, check.sealed_by) == (Verdict.INTACT, "Cachet à distance d’essai")
    assert not file.is_specimen
    assert SealKey.objects.get().label == CREDENTIAL


def test_many_digests_go_with_one_authorisation(remote, settings):
    open_sealer().sign_digests(digests(50))
    calls = [path.removeprefix("/csc/v2/") for path in remote.asked]
    assert calls == ["/oauth2/token", "credentials/info", "credentials/authorize", "signatures/signHash"]
    open_sealer().sign_digests(digests(120))
    assert remote.lots == [50, 50, 50, 20]
    settings.LMS_CSC_BATCH = 8
    restart()
    open_sealer().sign_digests(digests(20))
    assert remote.lots[4:] == [8, 8, 4]


def test_documents_of_a_batch_are_sealed_with_one_authorisation(remote, settings):
    from certificates.drawing.sheet import draw_certificate
    from tests.certificates.makers import a_snapshot

    drawn = [draw_certificate(a_snapshot(printed_name=f"Nom {n}"), settings.LMS_FONTS_DIR, False) for n in range(3)]
    sealed = seal_and_stamp_all(drawn, open_sealer(), None)
    assert remote.lots == [3]
    assert {check_pdf(one.content, trusted_roots()).verdict for one in sealed} == {Verdict.INTACT}


def test_batch_with_four_eyes_is_sealed_with_one_authorisation(remote, run_jobs):
    course, unit = make_course(), make_unit()
    CoursePolicy.objects.create(course=course, mode="batch")
    proposer, approver = (make_officer(unit, PROPOSE_BATCH, APPROVE_BATCH) for _ in range(2))
    for _ in range(3):
        completion = make_completion(None, course)
        place(completion.enrolment.person, unit)
        course_completed.send(sender=Enrolment, enrolment=completion.enrolment, completion=completion)
    approve_batch(propose_batch(course, proposer, "Promotion", timezone.now()), approver, timezone.now())
    run_jobs("certificates.run_batch")
    run_jobs("certificates.issue")
    assert remote.lots == [3]
    assert sorted(Certificate.objects.values_list("number", "state")) == [(n, "valid") for n in (1, 2, 3)]
    assert list(Job.objects.filter(name="certificates.issue").values_list("state", "attempts")) == [("done", 1)] * 3


def test_authorisation_is_pinned_to_its_digests_and_good_once(remote):
    holder = open_sealer().holder
    holder.sign_digests([DIGEST])
    sad = holder.service.ask("credentials/authorize", holder.service.authorization(CREDENTIAL, ["AAAA"]))["SAD"]
    with pytest.raises(SealerRefused, match="Invalid SAD"):
        holder.service.ask("signatures/signHash", holder.service.request(CREDENTIAL, ["BBBB"], sad))


def test_token_withdrawn_is_asked_for_once_more(remote):
    sealer = open_sealer()
    sealer.sign_digests([DIGEST])
    remote.tokens.clear()
    sealer.sign_digests([DIGEST])
    assert remote.asked.count("/oauth2/token") == 2


# --- When it fails or lies


def away(remote, settings):
    settings.LMS_CSC_URL = "http://127.0.0.1:9/csc/v2"


def slow(remote, settings):
    settings.LMS_CSC_SECONDS = 0.3
    remote.wrong["/csc/v2/credentials/authorize"] = lambda headers, body: (200, {}, dripping(b"{}" * 40, 4))


def refusing(remote, settings):
    settings.LMS_CSC_PIN_SECRET = "0000"


def broken(remote, settings):
    remote.wrong["/csc/v2/signatures/signHash"] = lambda headers, body: in_json(503, error="maintenance")


def redirecting(remote, settings):
    elsewhere = {"Location": "http://127.0.0.1:9/"}
    remote.wrong["/csc/v2/credentials/info"] = lambda headers, body: (302, elsewhere, b"")


def huge(remote, settings):
    remote.wrong["/csc/v2/credentials/info"] = lambda headers, body: (200, {}, b" " * (1024 * 1024 + 1))


def babbling(remote, settings):
    remote.wrong["/csc/v2/credentials/authorize"] = lambda headers, body: (200, {}, b"<html>")


def unauthorised(remote, settings):
    settings.LMS_CSC_CLIENT_SECRET = "autre"


@pytest.mark.parametrize(
    ("failure", "kind", "said"),
    [
        (away, SealerUnavailable, "ne répond pas"),
        (slow, SealerUnavailable, "trop lente|timed out"),
        (refusing, SealerRefused, "HTTP 400 invalid_pin"),
        (broken, SealerUnavailable, "HTTP 503 maintenance"),
        (redirecting, SealerRefused, "HTTP 302"),
        (huge, SealerUnavailable, "dépasse"),
        (babbling, SealerUnavailable, "n’a pas signé"),
        (unauthorised, SealerRefused, "HTTP 401 invalid_client"),
    ],
)
def test_service_that_fails_is_named_and_spared_for_a_while(remote, settings, failure, kind, said):
    failure(remote, settings)
    restart()
    with pytest.raises(kind, match=said):
        open_sealer().sign_digests([DIGEST])
    asked = len(remote.asked)
    with pytest.raises(SealerUnavailable, match="On ménage le service"):
        open_sealer().sign_digests([DIGEST])
    assert len(remote.asked) == asked


def test_job_waits_for_the_service_and_keeps_its_number(remote, settings):
    settings.LMS_KEY_REST_SECONDS = 0
    restart()
    broken(remote, settings)
    job = run(ask(make_completion()))
    assert job.state == "waiting"
    assert "HTTP 503 maintenance" in job.error
    assert SECRET not in job.error and PIN not in job.error
    assert Certificate.objects.get().state == "reserved"
    remote.wrong.clear()
    assert run(job).state == "done"
    assert (Certificate.objects.get().state, Certificate.objects.get().number) == ("valid", 1)


def lying(change):
    """An answer to signHash whose signatures were changed."""

    def answer(remote):
        def wrong(headers, body):
            said = json.loads(body)
            return in_json(200, signatures=change(remote, said["hashes"]))

        return wrong

    return answer


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda remote, hashes: [remote.signed(bytes(32)) for _ in hashes], "n’est pas la sienne"),
        (lambda remote, hashes: [], "0 signatures rendues"),
        (lambda remote, hashes: ["AAAA" for _ in hashes], "n’est pas la sienne"),
        (lambda remote, hashes: ["é" for _ in hashes], "ne rend pas de signatures"),
        (lambda remote, hashes: None, "ne rend pas de signatures"),
    ],
)
def test_wrong_signature_is_refused_before_anything_is_stored(remote, change, said):
    remote.wrong["/csc/v2/signatures/signHash"] = lying(change)(remote)
    job = run(ask(make_completion()))
    assert job.state == "waiting"
    assert said in job.error
    assert not Certificate.objects.get().files.exists()


def test_certificate_of_another_key_is_refused(remote):
    sealer = open_sealer()
    other = certify(
        ec.generate_private_key(ec.SECP256R1()).public_key(), "Autre", timezone.now(), 3, None, remote.issuing
    )
    remote.seal = type(remote.seal)(remote.seal.key, other)
    with pytest.raises(SealerRefused, match="d’une autre clé"):
        sealer.sign_digests([DIGEST])


def test_secrets_are_in_no_representation():
    place = CscPlace("https://x/", "v2", Client("https://x/", "moi", "chut"), "1234", 1, 1, 1)
    assert "chut" not in repr(place) and "1234" not in repr(place)


def test_operator_tries_the_seal(remote, capsys):
    call_command("check_sealer")
    assert "Cachet : Cachet à distance d’essai" in capsys.readouterr().out
    remote.wrong["/oauth2/token"] = lambda headers, body: in_json(500, error="panne")
    restart()
    with pytest.raises(CommandError, match="HTTP 500 panne"):
        call_command("check_sealer")


def test_seal_about_to_end_is_refused_there_too(remote, settings, tmp_path):
    ends_soon = certify(
        remote.seal.key.public_key(), "Cachet", timezone.now() - timedelta(days=364.5), 1, None, remote.issuing
    )
    (tmp_path / "seal.pem").write_bytes(pem(ends_soon) + pem(remote.issuing.certificate))
    with pytest.raises(SealerRefused, match="dernier jour"):
        open_sealer()


def test_chain_is_read_again_from_the_register(remote):
    assert x509.load_der_x509_certificate(open_sealer().certificate) == remote.seal.certificate
