"""Badges issued with certificates, and the lists of states published: kept, attached, verified by an independent tool."""

import base64
import io
import json
import subprocess
from datetime import timedelta
from urllib.parse import urlsplit

import cbor2
import pytest
import zxingcpp
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openbadgeslib.ob3 import OB3LdpVerifier, OB3VerificationError, OB3Verifier
from PIL import Image, ImageFilter
from pyhanko.pdf_utils.reader import PdfFileReader

from certificates import storage
from certificates.actions import erase_name, revoke_certificate
from certificates.actions.picturing import JOB as PICTURE_JOB
from certificates.credentials.encoding import from_base64url
from certificates.credentials.issuer import did_of
from certificates.models import Certificate, Credential, Publication, SealKey
from certificates.offline.code import LONGEST
from certificates.tasks.signing import issue, publish
from certificates.tasks.watches import publish_states_due
from lms.core.models import Job
from tests.certificates.makers import Payload, make_certificate, make_completion, make_course, make_reserved, make_user

pytestmark = pytest.mark.django_db
URL = "https://certificats.example.bj"


@pytest.fixture(autouse=True)
def public(settings):
    settings.LMS_PUBLIC_URL = URL


@pytest.fixture
def certificate():
    return make_certificate()


def bytes_of(certificate):
    file = certificate.files.get()
    return storage.read(file.storage_name, file.sha256)


def web(address):
    """What a verifier elsewhere fetches."""
    answer = Client().get(urlsplit(address).path)
    assert answer.status_code == 200, address
    return answer.content


def verify(badge):
    verifier = (OB3LdpVerifier if isinstance(badge, dict) else OB3Verifier).for_issuer_did(did_of(URL), web)
    return verifier.verify(badge, check_status=True, download=web)


def badges_of(certificate):
    return [json.loads(certificate.credential.document), certificate.credential.token]


def test_badge_is_verified_by_an_independent_tool_until_it_is_revoked(certificate):
    publish(Payload())
    for badge in badges_of(certificate):
        assert verify(badge).achievement.name == certificate.course_title
    revoke_certificate(certificate, make_user(), "Fraude constatée", timezone.now())
    assert Job.objects.filter(name="certificates.publish_states").count() == 1
    publish(Payload())
    for badge in badges_of(certificate):
        with pytest.raises(OB3VerificationError, match="'revocation' is set"):
            verify(badge)


def test_badge_travels_in_the_document(certificate):
    reader = PdfFileReader(io.BytesIO(bytes_of(certificate)))
    attached = reader.root["/AF"][0]
    assert attached["/AFRelationship"] == "/Data"
    assert attached["/EF"]["/F"].data.decode() == certificate.credential.document
    assert len(bytes_of(certificate)) < 75_000


def test_task_run_again_makes_the_same_badge_and_the_same_drawing(certificate, monkeypatch):
    completion = make_completion()
    with monkeypatch.context() as patch:
        patch.setattr("certificates.tasks.signing.publish_certificates", killed)
        with pytest.raises(KeyboardInterrupt):
            issue(Payload(enrolment=completion.enrolment_id))
    before = Credential.objects.get(certificate__enrolment=completion.enrolment_id)
    issue(Payload(enrolment=completion.enrolment_id))
    after = Certificate.objects.get(enrolment=completion.enrolment_id)
    assert after.credential.document == before.document
    assert before.code_text.partition("#")[2] in read_code(bytes_of(after), 200)


def killed(*_arguments):
    raise KeyboardInterrupt


# --- The QR code


def printed(content, dpi):
    """The page as a black and white printer lays it, at so many dots an inch."""
    command = ["pdftoppm", "-mono", "-r", str(dpi), "-singlefile", "-"]
    return Image.open(io.BytesIO(subprocess.run(command, input=content, capture_output=True, check=True).stdout))


def read_code(content, dpi):
    (code,) = zxingcpp.read_barcodes(printed(content, dpi).convert("L"), zxingcpp.BarcodeFormat.QRCode)
    return code.text


def test_code_is_read_from_a_black_and_white_print_and_is_signed_by_us(certificate):
    text = read_code(bytes_of(certificate), 110)
    address, _, fragment = text.partition("#")
    assert address == certificate.printed.verification_url
    protected, unprotected, payload, signature = cbor2.loads(from_base64url(fragment))
    assert unprotected == {}
    header, claims = cbor2.loads(protected), cbor2.loads(payload)
    key = next(key for key in SealKey.objects.filter(purpose="qr-es256") if from_base64url(key.kid)[:4] == header[4])
    half = encode_dss_signature(int.from_bytes(signature[:32]), int.from_bytes(signature[32:]))
    key.public_key.verify(half, cbor2.dumps(["Signature1", protected, b"", payload]), ec.ECDSA(hashes.SHA256()))
    assert claims[2] == certificate.printed_number
    place = [certificate.credential.list_number, certificate.credential.list_index]
    competence = certificate.printed.competences[0].code
    assert claims[-70001] == [
        certificate.printed_name, certificate.course_title, 80, 2, place, [[competence, 2]]]  # fmt: skip


def photographed(sheet):
    """A black and white print as a phone holds it: at an angle, grey paper in poor light, out of focus, kept as a small JPEG."""
    width, height = sheet.size
    lean = [width * 0.06, height * 0.05]
    corners = (
        lean[0],
        0,
        0,
        height,
        width - lean[0] / 2,
        height - lean[1],
        width,
        lean[1],
    )  # of the source, from the top left
    seen = sheet.convert("L").transform((width, height), Image.Transform.QUAD, corners, Image.Resampling.BICUBIC)
    seen = (
        seen.rotate(11, expand=True, fillcolor=120)
        .filter(ImageFilter.GaussianBlur(1.2))
        .point(lambda ink: 55 + ink * 0.55)
    )
    noise = Image.effect_noise(seen.size, 24)
    kept = io.BytesIO()
    Image.blend(seen, noise, 0.15).save(kept, "JPEG", quality=35)
    return Image.open(kept)


def test_code_is_read_from_a_poor_photograph_of_a_black_and_white_print(certificate):
    (code,) = zxingcpp.read_barcodes(photographed(printed(bytes_of(certificate), 220)), zxingcpp.BarcodeFormat.QRCode)
    assert code.text == certificate.credential.code_text


def test_code_stays_readable_when_name_and_title_are_long():
    person = make_user("Ọ̀ṣúnlékẹ̀ Ɖɔ̀súxwɛ́ Sèdjro Mahougnon", "KOUDÉRIN-HOUNGBÉDJI DOSSOU-YOVO")
    certificate = make_certificate(person, make_course("Interopérabilité des systèmes d’information de l’État " * 3))
    text = read_code(bytes_of(certificate), 120)
    assert text == certificate.credential.code_text
    assert len(text) <= LONGEST


# --- What is published


def test_nothing_published_tells_a_name_or_a_code(client, certificate):
    publish(Payload())
    for path in (
        "/.well-known/did.json",
        "/etats/revocation/1/",
        "/etats/suspension/1/",
        "/api/v1/states/",
        "/api/v1/keys/",
    ):
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert answer["Cache-Control"] == "public, max-age=300"
        assert answer["Access-Control-Allow-Origin"] == "*"
        said = answer.content.decode()
        said += "".join(base64.urlsafe_b64decode(part + "==").decode(errors="replace") for part in said.split(".")[:2] if path != "/.well-known/did.json")  # fmt: skip
        for secret in (certificate.printed_name, certificate.public_code, certificate.printed_number):
            assert secret not in said, path


def test_states_are_told_under_public_numbers_in_no_telling_order(client):
    certificates = [make_certificate() for _ in range(3)]
    waiting = make_reserved()
    revoke_certificate(certificates[1], make_user(), "Fraude", timezone.now())
    publish(Payload())
    token = client.get(reverse("certificates:api_states")).content.decode()
    claims = json.loads(from_base64url(token.split(".")[1]))
    numbers = [row[0] for row in claims["certificates"]]
    assert numbers == sorted(numbers)
    told = {number: state for number, state, _last_day in claims["certificates"]}
    assert told == {
        str(certificate.credential.uuid): "revoked" if certificate == certificates[1] else "valid"
        for certificate in certificates
    }
    assert not Credential.objects.filter(certificate=waiting).exists()
    answer = client.get(reverse("certificates:api_states"))
    again = client.get(reverse("certificates:api_states"), headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304


def test_list_is_told_in_json_or_as_a_token(client, certificate):
    publish(Payload())
    address = reverse("certificates:status_list", args=["revocation", 1])
    answer = client.get(address, headers={"Accept": "application/ld+json, application/json"})
    assert answer["Content-Type"] == "application/vc"
    assert json.loads(answer.content)["proof"][0]["cryptosuite"] == "eddsa-rdfc-2022"
    answer = client.get(address)
    assert answer["Content-Type"] == "application/vc+jwt"
    assert answer.content.count(b".") == 2
    for purpose, number in (("revocation", 2), ("message", 1)):
        assert client.get(reverse("certificates:status_list", args=[purpose, number])).status_code == 404


def test_retired_keys_stay_in_the_document_of_the_issuer(client, certificate):
    SealKey.objects.filter(purpose="credential-es256").update(state="retired", retired_at=timezone.now())
    document = client.get("/.well-known/did.json").json()
    kids = {f"{did_of(URL)}#{key.kid}" for key in SealKey.objects.exclude(purpose="pdf")}
    assert {method["id"] for method in document["verificationMethod"]} == kids
    assert set(document["assertionMethod"]) == kids


def test_states_are_asked_for_when_none_is_published_and_once_an_hour(certificate):
    publish_states_due()
    publish_states_due()
    assert Job.objects.filter(name="certificates.publish_states").count() == 1
    Job.objects.filter(name="certificates.publish_states").update(state="done")
    publish(Payload())
    publish_states_due()
    assert not Job.objects.filter(name="certificates.publish_states", state="waiting").exists()
    Publication.objects.update(made_at=timezone.now() - timedelta(hours=1))
    publish_states_due()
    assert Job.objects.filter(name="certificates.publish_states", state="waiting").count() == 1


def test_certificates_issued_without_a_badge_are_given_one(certificate):
    Credential.objects.all()._raw_delete("default")
    publish(Payload())
    assert Credential.objects.get().certificate == certificate


def test_badge_holds_no_name_once_it_is_erased(certificate):
    name = certificate.printed_name
    erase_name(certificate, None, "Demande", timezone.now())
    row = Credential.objects.values().get(certificate=certificate)
    assert (row["document"], row["token"], row["code_text"]) == ("", "", "")
    assert name not in str(row)
    publish(Payload())
    assert Credential.objects.count() == 1


# --- The holder's badge


@pytest.mark.parametrize(
    ("form", "extract"), [("png", OB3Verifier.extract_token_from_png), ("svg", OB3Verifier.extract_token_from_svg)]
)
def test_badge_is_inside_its_picture(client, certificate, form, extract):
    publish(Payload())
    client.force_login(certificate.person)
    answer = client.get(reverse("certificates:badge", args=[certificate.pk, form]))
    assert answer["Content-Disposition"] == f'attachment; filename="badge-{certificate.printed_number}.{form}"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert verify(json.loads(extract(answer.content))).achievement.name == certificate.course_title
    assert len(answer.content) < 40_000


def test_badge_is_downloaded_by_those_who_see_the_certificate_only(client, certificate):
    for form, media_type in (("json", "application/vc"), ("jwt", "application/vc+jwt")):
        address = reverse("certificates:badge", args=[certificate.pk, form])
        client.force_login(certificate.person)
        assert client.get(address)["Content-Type"] == media_type
        client.force_login(make_user())
        assert client.get(address).status_code == 404
        client.logout()
        assert client.get(address).status_code == 302
    erase_name(certificate, None, "Demande", timezone.now())
    client.force_login(certificate.person)
    assert client.get(reverse("certificates:badge", args=[certificate.pk, "png"])).status_code == 404


def test_page_of_the_holder_shows_the_badge_and_the_certificate_is_read_in_few_queries(
    client, certificate, run_jobs, django_assert_num_queries
):
    client.force_login(certificate.person)
    client.get(certificate.get_absolute_url())
    run_jobs(PICTURE_JOB)
    with django_assert_num_queries(7):  # scope, certificate with its badge, files, picture, successors, seal, checks
        page = client.get(certificate.get_absolute_url()).content.decode()
    assert "Badge numérique" in page
