"""The keys: one for each purpose, opened by one process, given digests only, checked, counted."""

import hashlib
from datetime import timedelta

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, encode_dss_signature
from django.utils import timezone

from certificates.actions.keys import count_signatures
from certificates.keys.authority import sandbox_files
from certificates.keys.purposes import Purpose
from certificates.models import Certificate, KeptForever, KeyHour, SealKey
from certificates.sealing import room
from certificates.sealing.chain import certificates_from
from certificates.sealing.port import QuotaReached, SealerRefused
from certificates.sealing.room import open_sealer, open_signer
from certificates.sealing.signer import Signer
from lms.core.jobs import run_job
from lms.core.models import AuditEntry, Job
from lms.learning.models import Enrolment
from lms.learning.signals import course_completed
from tests.certificates.makers import make_completion

pytestmark = pytest.mark.django_db
DIGEST = hashlib.sha256(b"a document").digest()
RAW_PURPOSES = [Purpose.CREDENTIAL_ES256, Purpose.QR_ES256, Purpose.STATUS]


# --- Which process, which place


@pytest.mark.parametrize("purpose", Purpose.values)
def test_no_key_opens_in_any_process_but_the_signing_worker(purpose, settings):
    settings.LMS_SIGNING_WORKER = False
    with pytest.raises(SealerRefused, match="LMS_SIGNING_WORKER"):
        open_signer(purpose)
    assert not SealKey.objects.exists()


@pytest.mark.parametrize("purpose", Purpose.values)
def test_no_key_of_the_sandbox_opens_outside_demonstration(purpose, settings):
    open_signer(purpose)
    settings.LMS_DEMO = settings.DEBUG = False
    with pytest.raises(SealerRefused, match="bac à sable"):
        open_signer(purpose)
    SealKey.objects.all()._raw_delete("default")
    with pytest.raises(SealerRefused):
        open_signer(purpose)
    assert not SealKey.objects.exists()


def test_unknown_sealer_and_missing_authority_are_refused(settings, tmp_path):
    settings.LMS_PKI_DIR = tmp_path
    with pytest.raises(SealerRefused, match="make_sandbox_authority"):
        open_sealer()
    settings.LMS_SEALER = "hsm"
    with pytest.raises(SealerRefused, match="hsm"):
        open_sealer()


# --- The first keys


def test_first_key_of_each_purpose_is_adopted_once_and_they_differ(pki_dir):
    signers = [open_signer(purpose) for purpose in Purpose.values]
    assert [open_signer(purpose).kid for purpose in Purpose.values] == [signer.kid for signer in signers]
    keys = list(SealKey.objects.published())
    assert len(keys) == len({key.spki_sha256 for key in keys}) == len(Purpose)
    assert {key.state for key in keys} == {"active"}
    seal = SealKey.objects.get(purpose="pdf")
    (certificate,) = certificates_from(sandbox_files(pki_dir).seal)
    assert seal.certificate_sha256 == certificate.fingerprint(hashes.SHA256()).hex()
    assert (seal.valid_from, seal.valid_to) == (certificate.not_valid_before_utc, certificate.not_valid_after_utc)
    assert (seal.label, seal.kind, seal.is_specimen) == ("sandbox", "local-p12", True)
    assert AuditEntry.objects.filter(verb="key.adopt").count() == len(Purpose)


def test_register_holds_no_private_key():
    for purpose in Purpose.values:
        open_signer(purpose)
    for key in SealKey.objects.all():
        assert "PRIVATE" not in "".join(str(value) for value in vars(key).values())


def test_public_half_is_told_as_a_jwk_named_by_its_thumbprint():
    key = open_signer(Purpose.CREDENTIAL_ED25519).key
    assert key.jwk == {
        "kty": "OKP", "crv": "Ed25519", "x": key.jwk["x"], "kid": key.kid, "alg": "EdDSA", "use": "sig",
    }  # fmt: skip
    assert {name: open_signer(Purpose.QR_ES256).key.jwk[name] for name in ("kty", "crv", "alg")} == {
        "kty": "EC",
        "crv": "P-256",
        "alg": "ES256",
    }
    assert len(key.kid) == 43


def test_row_of_a_key_moves_only_in_its_state():
    key = open_sealer().key
    key.label = "autre"
    for fields in (None, ["label"], ["state", "label"]):
        with pytest.raises(KeptForever):
            key.save(update_fields=fields)
    with pytest.raises(KeptForever):
        key.delete()
    with pytest.raises(KeptForever):
        SealKey.objects.all().delete()


# --- What is signed


@pytest.mark.parametrize("purpose", RAW_PURPOSES)
def test_raw_signature_is_r_then_s_and_verifies(purpose):
    signer = open_signer(purpose)
    (signature,) = signer.sign_raw([DIGEST])
    assert len(signature) == 64
    r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
    signer.public_key.verify(encode_dss_signature(r, s), DIGEST, ec.ECDSA(Prehashed(hashes.SHA256())))


def test_proof_of_a_credential_is_signed_over_its_two_digests():
    signer = open_signer(Purpose.CREDENTIAL_ED25519)
    (signature,) = signer.sign_raw([DIGEST * 2])
    signer.public_key.verify(signature, DIGEST * 2)
    with pytest.raises(InvalidSignature):
        signer.public_key.verify(signature, DIGEST)


@pytest.mark.parametrize(
    ("purpose", "content"), [("pdf", b"%PDF-1.7"), ("pdf", DIGEST * 2), ("credential-ed25519", DIGEST), ("status", b"")]
)
def test_key_signs_digests_only(purpose, content):
    with pytest.raises(SealerRefused, match="empreintes"):
        open_signer(purpose).sign_digests([content])
    assert not KeyHour.objects.exists()


class Lying:
    """A holder that gives back something else than what was asked."""

    def __init__(self, lie):
        self.lie = lie

    def sign_digests(self, digests):
        return self.lie(digests)


@pytest.mark.parametrize("purpose", Purpose.values)
def test_holder_that_lies_is_found_out_before_anything_is_stored(purpose):
    true, other = open_signer(purpose), open_signer("qr-es256" if purpose != "qr-es256" else "status")
    digest = DIGEST * 2 if purpose == Purpose.CREDENTIAL_ED25519 else DIGEST
    elsewhere = bytes(len(digest))
    for lie in (
        lambda digests: true.holder.sign_digests([elsewhere for _ in digests]),
        lambda digests: other.holder.sign_digests([DIGEST for _ in digests]),
        lambda digests: [b"" for _ in digests],
        lambda digests: [b"\x30\x06\x02\x01\x00\x02\x01\x00" for _ in digests],
        lambda digests: [],
        lambda digests: true.holder.sign_digests(digests)[::-1] if len(digests) > 1 else [],
    ):
        signer = Signer(true.key, Lying(lie), lambda key, signatures: None)
        with pytest.raises(SealerRefused):
            signer.sign_digests([digest, elsewhere[:-1] + b"1"])


# --- So many an hour


def test_keys_are_counted_by_the_hour_each_on_its_own(settings):
    settings.LMS_KEY_QUOTA_PER_HOUR = 3
    seal, status = open_sealer(), open_signer(Purpose.STATUS)
    seal.sign_digests([DIGEST, DIGEST])
    status.sign_digests([DIGEST])
    with pytest.raises(QuotaReached):
        seal.sign_digests([DIGEST, DIGEST])
    seal.sign_digests([DIGEST])
    with pytest.raises(QuotaReached, match=r"LMS_KEY_QUOTA_PER_HOUR.*attend \d\d:00"):
        seal.sign_digests([DIGEST])
    assert {hour.key.purpose: hour.signatures for hour in KeyHour.objects.all()} == {"pdf": 3, "status": 1}
    count_signatures(seal.key, 3, timezone.now() + timedelta(hours=1))
    told = AuditEntry.objects.filter(verb="key.quota_reached")
    assert told.get().details["quota"] == 3


def test_job_beyond_the_quota_waits_for_the_next_hour_and_loses_no_attempt(settings):
    settings.LMS_KEY_QUOTA_PER_HOUR = 0
    completion = make_completion()
    course_completed.send(sender=Enrolment, enrolment=completion.enrolment, completion=completion)
    job = Job.objects.get(name="certificates.issue")
    for _ in range(25):
        Job.objects.filter(pk=job.pk).update(run_after=timezone.now())
        assert run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("waiting", 0)
    assert "LMS_KEY_QUOTA_PER_HOUR" in job.error
    assert job.run_after.minute == 0
    settings.LMS_KEY_QUOTA_PER_HOUR = 1
    Job.objects.filter(pk=job.pk).update(run_after=timezone.now())
    assert run_job(job.pk)
    assert Certificate.objects.get().state == "valid"


def test_file_that_holds_another_key_than_the_register_is_found_out(settings, tmp_path):
    """Someone swaps the file of a key: what it signs does not verify with the key of the register."""
    open_signer(Purpose.STATUS)
    settings.LMS_PKI_DIR = tmp_path
    room.make_sandbox_key(tmp_path, Purpose.STATUS, "sandbox-status", timezone.now())
    with pytest.raises(SealerRefused, match="n’est pas la sienne"):
        open_signer(Purpose.STATUS).sign_digests([DIGEST])
