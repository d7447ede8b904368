"""The seal laid by a platform that takes whole documents, with our stub of it: our bytes, one seal more, nothing else."""

import io

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.management import CommandError, call_command
from django.utils import timezone
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm

from certificates.drawing.sheet import draw_certificate
from certificates.keys.authority import Holder, certify, time_files
from certificates.lasting.archive import OtherLayout, Proofs, archive
from certificates.lasting.sandbox_time import SandboxTimeStamper, open_sandbox_time
from certificates.models import Certificate, KeyHour
from certificates.sealing.gapless import without_gap
from certificates.sealing.platform import open_platform
from certificates.sealing.port import SealerRefused, SealerUnavailable
from certificates.sealing.room import open_sealer, open_signer
from certificates.storage import read
from certificates.verifying.checking import check_pdf
from certificates.verifying.trust import trusted_roots
from certificates.verifying.verdicts import Verdict
from lms.core.jobs import run_job
from lms.core.models import Job
from lms.learning.models import Enrolment
from lms.learning.signals import course_completed
from tests.certificates.makers import a_snapshot, make_completion
from tests.certificates.platform_stub import CREDENTIAL, SECRET, PlatformStub
from tests.certificates.stub_service import dripping, in_json
from tests.certificates.token import pem

pytestmark = pytest.mark.django_db


@pytest.fixture
def platform(settings, tmp_path):
    service = PlatformStub(timezone.now())
    (tmp_path / "seal.pem").write_bytes(pem(service.seal.certificate) + pem(service.issuing.certificate))
    (tmp_path / "root.pem").write_bytes(pem(service.root.certificate))
    settings.LMS_SEALER, settings.LMS_DEMO = "platform", False
    settings.LMS_SEAL_CERTIFICATES, settings.LMS_SEAL_ROOT = str(tmp_path / "seal.pem"), str(tmp_path / "root.pem")
    settings.LMS_PLATFORM_CREDENTIAL, settings.LMS_PLATFORM_CLIENT_SECRET = CREDENTIAL, SECRET
    with service.running():
        settings.LMS_PLATFORM_URL, settings.LMS_PLATFORM_TOKEN_URL = f"{service.url}/v1", f"{service.url}/oauth2/token"
        open_platform.cache_clear()
        yield service
    open_platform.cache_clear()


@pytest.fixture
def drawn(settings):
    return draw_certificate(a_snapshot(), settings.LMS_FONTS_DIR, False)


def ask(completion):
    course_completed.send(sender=Enrolment, enrolment=completion.enrolment, completion=completion)
    return Job.objects.get(key=f"certificate:enrolment:{completion.enrolment_id}")


def run(job):
    Job.objects.filter(pk=job.pk).update(run_after=timezone.now())
    assert run_job(job.pk)
    job.refresh_from_db()
    return job


def test_document_without_its_gap_is_the_same_page_with_an_empty_field(drawn):
    bare = without_gap(drawn)
    assert len(bare) < len(drawn) - 16_000
    reader = PdfFileReader(io.BytesIO(bare))
    assert reader.embedded_signatures == []
    field = reader.root["/AcroForm"]["/Fields"][0].get_object()
    assert (str(field["/T"]), "/V" in field) == ("Cachet", False)
    page, before = (PdfFileReader(io.BytesIO(one)).root["/Pages"]["/Kids"][0].get_object() for one in (bare, drawn))
    assert page["/Contents"].data == before["/Contents"].data
    with pytest.raises(OtherLayout):
        without_gap(bare)


def test_platform_seals_the_document_and_it_verifies(platform, run_jobs):
    job = run(ask(make_completion()))
    assert job.state == "done", job.error
    file = Certificate.objects.get().files.get()
    content = read(file.storage_name, file.sha256)
    check = check_pdf(content, trusted_roots())
    assert (check.verdict, check.sealed_by) == (Verdict.INTACT, "Cachet de la plateforme")
    assert len(content) < 100_000
    assert (file.level, file.is_specimen) == ("b-b", False)
    assert KeyHour.objects.get().signatures == 1


def test_document_of_the_platform_is_given_its_archive_like_ours(platform, settings):
    run(ask(make_completion()))
    file = Certificate.objects.get().files.get()
    content = read(file.storage_name, file.sha256)
    stamper = SandboxTimeStamper(open_sandbox_time(settings.LMS_PKI_DIR, ""))
    archived = archive(content, Proofs.of([], [], []), stamper).content
    assert archived.startswith(content)
    check = check_pdf(archived, trusted_roots(), [time_files(settings.LMS_PKI_DIR).root])
    assert check.verdict == Verdict.INTACT
    assert check.proven_at is not None


def spoiled_by_a_byte(pdf):
    return pdf[:2000] + bytes([pdf[2000] ^ 1]) + pdf[2001:]


def followed_by_more(pdf):
    return pdf + b"% trailing\n"


def changed_afterwards(pdf):
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    writer.root["/Lang"] = generic.pdf_string("en")
    writer.update_root()
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize("change", [spoiled_by_a_byte, followed_by_more, changed_afterwards, lambda pdf: pdf[:-2000]])
def test_document_changed_by_the_platform_is_refused(platform, drawn, change):
    platform.change = change
    with pytest.raises(SealerRefused, match="est refusé"):
        open_sealer().seal(drawn)


def test_document_changed_before_it_was_sealed_is_refused(platform, drawn):
    """Our bytes are all there, and then a page that says something else, sealed with the right key."""
    real = platform.signed

    def sealed_after_a_change(pdf):
        return real(changed_page(pdf))

    platform.sealed = sealed_after_a_change
    with pytest.raises(SealerRefused, match="autre chose qu’un cachet"):
        open_sealer().seal(drawn)


def changed_page(pdf):
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Contents"] = writer.add_object(generic.StreamObject(stream_data=b"BT ET"))
    writer.update_container(page)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_document_not_sealed_or_another_is_refused(platform, drawn, settings):
    platform.sealed = lambda pdf: pdf
    with pytest.raises(SealerRefused, match="0 signatures"):
        open_sealer().seal(drawn)
    other = draw_certificate(a_snapshot(printed_name="Autre"), settings.LMS_FONTS_DIR, False)
    platform.sealed, platform.received = lambda pdf: platform.signed(without_gap(other)), {}
    with pytest.raises(SealerRefused, match="nos octets"):
        open_sealer().seal(drawn)


def test_document_sealed_twice_is_refused(platform, drawn):
    def sealed_twice(pdf):
        once = platform.signed(pdf)
        platform.permission = None
        try:
            return platform.signed(once, field="Encore")
        finally:
            platform.permission = MDPPerm.NO_CHANGES

    platform.permission = MDPPerm.ANNOTATE
    platform.sealed = sealed_twice
    with pytest.raises(SealerRefused, match="est refusé"):
        open_sealer().seal(drawn)


def test_seal_of_another_certificate_is_refused(platform, drawn):
    key = ec.generate_private_key(ec.SECP256R1())
    platform.signer = Holder(key, certify(key.public_key(), "Autre", timezone.now(), 3, None, platform.issuing))
    with pytest.raises(SealerRefused, match="d’un autre certificat"):
        open_sealer().seal(drawn)


@pytest.mark.parametrize("permission", [None, MDPPerm.FILL_FORMS])
def test_seal_that_lets_the_document_change_is_refused(platform, drawn, permission):
    platform.permission = permission
    with pytest.raises(SealerRefused, match="DocMDP 1"):
        open_sealer().seal(drawn)


@pytest.mark.parametrize(
    ("wrong", "kind", "said"),
    [
        (in_json(500, error="panne"), SealerUnavailable, "HTTP 500 panne"),
        (in_json(422, error="format", error_description="PDF refusé"), SealerRefused, "format, PDF refusé"),
        ((302, {"Location": "http://127.0.0.1:9/"}, b""), SealerRefused, "HTTP 302"),
        ((200, {}, b" " * (1024 * 1024 + 1)), SealerUnavailable, "dépasse"),
        ((200, {}, b"%PDF-1.7"), SealerRefused, "nos octets"),
    ],
)
def test_platform_that_fails_is_named(platform, drawn, wrong, kind, said):
    platform.wrong = wrong
    with pytest.raises(kind, match=said):
        open_sealer().seal(drawn)


def test_slow_platform_is_spared_and_the_job_waits(platform, settings):
    settings.LMS_PLATFORM_SECONDS = 0.3
    open_platform.cache_clear()
    platform.wrong = (200, {}, dripping(b"%PDF" * 20, 4))
    job = run(ask(make_completion()))
    assert job.state == "waiting"
    assert "n’a pas scellé" in job.error and SECRET not in job.error
    assert "On ménage la plateforme" in run(job).error
    platform.wrong = None
    settings.LMS_PLATFORM_SECONDS = 20
    open_platform.cache_clear()
    assert run(job).state == "done"
    assert Certificate.objects.get().number == 1


def test_document_sent_again_gives_the_same_seal(platform, drawn):
    assert open_sealer().seal(drawn) == open_sealer().seal(drawn)
    assert len(platform.received) == 1


def test_platform_signs_no_digest(platform):
    with pytest.raises(SealerRefused):
        open_signer("pdf").sign_digests([bytes(32)])


def test_operator_is_told_that_a_platform_is_tried_with_a_document(platform, capsys):
    call_command("check_sealer")
    assert "Cachet : Cachet de la plateforme" in capsys.readouterr().out
    platform.wrong = in_json(500, error="panne")
    with pytest.raises(CommandError, match="panne"):
        call_command("check_sealer")
