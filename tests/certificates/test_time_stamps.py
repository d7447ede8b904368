"""Time-stamps: what independent tools say of ours, and what we refuse of others, over a real connection."""

import hashlib
import subprocess
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID
from django.utils import timezone

from certificates.checks import seal_is_given_the_time
from certificates.keys.authority import make_holder, read_key, sandbox_files, time_files
from certificates.lasting.http_time import HttpTimeStamper
from certificates.lasting.port import StampRefused, StampUnavailable
from certificates.lasting.room import open_time_stamper
from certificates.lasting.sandbox_time import REJECTED, SandboxTimeAuthority
from certificates.lasting.signature import seal_and_stamp_all
from certificates.lasting.token import TimeTrust, question_about
from certificates.outside.breaker import Breaker
from certificates.sealing.port import SealerRefused
from tests.certificates.time_server import Dawdler, TimeServer
from tests.certificates.workshop import Workshop

DIGEST = hashlib.sha256(b"a document").digest()


@pytest.fixture(scope="module")
def authority(pki_dir):
    files = time_files(pki_dir)
    return SandboxTimeAuthority(read_key(files.unit_p12, files.passphrase))


@pytest.fixture
def server(authority):
    with TimeServer(authority.answer).running() as server:
        yield server


@pytest.fixture
def stamper(server, authority):
    return HttpTimeStamper(server.url, TimeTrust([authority.root]), 1, Breaker(60))


def another_authority(**unit):
    """An authority nobody trusts, or one whose certificate says `unit` of it."""
    now = timezone.now()
    root = make_holder("Autre racine", now, 5, path_length=0)
    unit = make_holder("Autre heure", now, 5, None, issuer=root, **unit)
    content = pkcs12.serialize_key_and_certificates(
        b"", unit.key, unit.certificate, [root.certificate], serialization.NoEncryption()
    )
    return SandboxTimeAuthority(pkcs12.load_pkcs12(content, None))


def openssl(*command, **options):
    return subprocess.run(["openssl", "ts", *command], capture_output=True, check=False, text=True, **options)


def test_token_is_verified_by_openssl(stamper, pki_dir, tmp_path):
    stamp = stamper.stamp(DIGEST)
    token = tmp_path / "token.der"
    token.write_bytes(stamp.token)
    command = ["-verify", "-digest", DIGEST.hex(), "-in", token, "-token_in", "-CAfile", time_files(pki_dir).root]
    assert "Verification: OK" in openssl(*command).stdout
    assert "Verification: OK" not in openssl(*command[:2], "00" * 32, *command[3:]).stdout
    assert abs(stamp.made_at - timezone.now()) < timedelta(seconds=5)
    assert stamp.signer.subject.rfc4514_string().startswith("CN=Bac à sable – serveur d’heure")


def test_service_answers_the_requests_of_openssl(authority, pki_dir, tmp_path):
    query, reply = tmp_path / "query.tsq", tmp_path / "reply.tsr"
    assert openssl("-query", "-digest", DIGEST.hex(), "-sha256", "-cert", "-out", query).returncode == 0
    reply.write_bytes(authority.answer(query.read_bytes()))
    said = openssl("-verify", "-queryfile", query, "-in", reply, "-CAfile", time_files(pki_dir).root)
    assert "Verification: OK" in said.stdout
    assert authority.answer(b"nothing") == REJECTED
    openssl("-query", "-digest", "00" * 64, "-sha512", "-out", query)
    assert authority.answer(query.read_bytes()) == REJECTED


def lies(authority):
    """Answers that a lying, failing or mistaken service might give."""

    def of(other):
        return lambda request: authority.answer(other(question_about(DIGEST, timezone.now())))

    def broken(request):
        reply = bytearray(authority.answer(request))
        reply[-5] ^= 1
        return bytes(reply)

    late = SandboxTimeAuthority.__new__(SandboxTimeAuthority)
    late.__dict__.update(authority.__dict__, clock=lambda: timezone.now() - timedelta(minutes=3))
    early = SandboxTimeAuthority.__new__(SandboxTimeAuthority)
    early.__dict__.update(authority.__dict__, clock=lambda: timezone.now() + timedelta(minutes=3))
    purpose = ExtendedKeyUsageOID.TIME_STAMPING
    old = authority.answer(question_about(DIGEST, timezone.now()).to_der())
    return {
        "refusing": (lambda request: REJECTED, "refuse : rejection"),
        "replaying": (lambda request: old, "nonce"),
        "another nonce": (of(lambda question: question.to_der()), "nonce"),
        "another digest": (
            lambda request: authority.answer(question_about(bytes(32), timezone.now()).to_der()),
            "autre empreinte",
        ),
        "slow clock": (late.answer, "n’est pas la nôtre"),
        "fast clock": (early.answer, "n’est pas la nôtre"),
        "broken signature": (broken, "ne se vérifie pas"),
        "garbage": (lambda request: b"<html>", "ne se lit pas"),
        "empty": (lambda request: b"", "ne se lit pas"),
        "another root": (another_authority(purpose=purpose).answer, "racine d’horodatage"),
        "no purpose": (another_authority().answer, "racine d’horodatage"),
    }


LIES = ["refusing", "replaying", "another nonce", "another digest", "slow clock", "fast clock", "broken signature",
        "garbage", "empty", "another root", "no purpose"]  # fmt: skip


@pytest.mark.parametrize("lie", LIES)
def test_lie_is_refused_and_the_service_spared(lie, authority, server, stamper):
    server.answer, reason = lies(authority)[lie]
    with pytest.raises(StampRefused, match=reason):
        stamper.stamp(DIGEST)
    with pytest.raises(StampUnavailable, match="ménage"):
        stamper.stamp(DIGEST)
    assert server.asked == 1


def test_certificate_not_meant_for_time_is_refused_even_under_a_root_we_trust(server, stamper):
    usurper = another_authority()
    stamper.trust, server.answer = TimeTrust([usurper.root]), usurper.answer
    with pytest.raises(StampRefused):
        stamper.stamp(DIGEST)
    for purpose in (ExtendedKeyUsageOID.CODE_SIGNING, ExtendedKeyUsageOID.OCSP_SIGNING):
        usurper = another_authority(purpose=purpose)
        stamper.trust, server.answer, stamper.breaker = TimeTrust([usurper.root]), usurper.answer, Breaker(60)
        with pytest.raises(StampRefused, match="réservé à l’horodatage"):
            stamper.stamp(DIGEST)


def test_no_root_is_no_trust(server, stamper):
    stamper.trust = TimeTrust([])
    with pytest.raises(StampRefused, match="LMS_TSA_ROOTS"):
        stamper.stamp(DIGEST)


@pytest.mark.parametrize(
    "answer",
    [
        lambda request: (500, {}, b""),
        lambda request: (302, {"Location": "http://127.0.0.1:9/"}, b""),
        lambda request: b"x" * 70_000,
    ],
    ids=["failing", "moved", "endless"],
)
def test_service_that_fails_gives_no_time(answer, server, stamper):
    server.answer = answer
    with pytest.raises(StampUnavailable):
        stamper.stamp(DIGEST)


@pytest.mark.parametrize("how", ["silent", "dripping"])
def test_slow_service_is_left_before_it_answers(how, server, stamper):
    slow = Dawdler()
    stamper.seconds, server.answer = 0.3, getattr(slow, how)
    with pytest.raises(StampUnavailable):
        stamper.stamp(DIGEST)
    assert not slow.has_answered
    slow.is_over.set()


def test_service_away_is_spared_then_asked_again(stamper, server):
    seconds = 0.0
    stamper.breaker = Breaker(60, lambda: seconds)
    url, stamper.url = stamper.url, "http://127.0.0.1:9/"
    with pytest.raises(StampUnavailable, match="ne répond pas"):
        stamper.stamp(DIGEST)
    stamper.url = url
    with pytest.raises(StampUnavailable, match="ménage"):
        stamper.stamp(DIGEST)
    seconds = 61.0
    assert stamper.stamp(DIGEST).token
    assert not stamper.breaker.is_open()


def test_only_the_signing_worker_asks_and_production_never_asks_the_sandbox(settings, server, pki_dir):
    assert open_time_stamper().stamp(DIGEST)
    settings.LMS_DEMO = False
    with pytest.raises(SealerRefused, match="bac à sable"):
        open_time_stamper()
    settings.LMS_SEALER = "pkcs11"
    assert open_time_stamper() is None
    settings.LMS_TSA_URL, settings.LMS_TSA_ROOTS = server.url, str(time_files(pki_dir).root)
    assert open_time_stamper().stamp(DIGEST)
    settings.LMS_SIGNING_WORKER = False
    with pytest.raises(SealerRefused, match="LMS_SIGNING_WORKER"):
        open_time_stamper()


def test_root_of_seals_is_not_one_of_time(server, settings, pki_dir):
    settings.LMS_SEALER, settings.LMS_TSA_URL = "pkcs11", server.url
    settings.LMS_TSA_ROOTS = str(sandbox_files(pki_dir).root)
    with pytest.raises(StampRefused, match="racine d’horodatage"):
        open_time_stamper().stamp(DIGEST)


def test_check_tells_the_operator_of_a_service_that_is_not_set(settings, pki_dir, tmp_path):
    assert seal_is_given_the_time(None) == []
    settings.LMS_SEALER = "pkcs11"
    (found,) = seal_is_given_the_time(None)
    assert (found.id, found.is_serious()) == ("lms.W004", False)
    settings.LMS_TSA_URL, settings.LMS_TSA_ROOTS = "https://tsa.example/", str(tmp_path / "none.pem")
    (found,) = seal_is_given_the_time(None)
    assert (found.id, found.is_serious()) == ("lms.E004", True)
    settings.LMS_TSA_ROOTS = str(time_files(pki_dir).root)
    assert seal_is_given_the_time(None) == []


# --- Several documents sealed together


def test_service_that_dawdles_keeps_documents_sealed_together_waiting_ten_seconds_in_all(tmp_path, monkeypatch):
    workshop = Workshop(tmp_path, timezone.now())
    clock, asked = [1000.0], []
    monkeypatch.setattr("certificates.lasting.signature.time.monotonic", lambda: clock[0])

    class Slow:
        def stamp(self, digest):
            asked.append(digest)
            clock[0] += 4
            return workshop.stamper.stamp(digest)

    sealed = seal_and_stamp_all([workshop.drawn] * 5, workshop.sealer, Slow())
    assert [bool(one.stamp) for one in sealed] == [True, True, True, False, False]
    assert len(asked) == 3
