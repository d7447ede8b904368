"""The public interface: what it answers conforms to its description, and gives away no more than the pages."""

import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse
from django.utils import timezone
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from certificates import storage
from certificates.actions import close_log, erase_name
from certificates.models import Certificate, CheckCount
from certificates.rules import new_public_code
from certificates.tasks.signing import publish
from certificates.verifying.verdicts import LARGEST_BYTES
from certificates.views.api import DESCRIPTION
from tests.certificates.makers import Payload, make_certificate, make_reserved

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def described():
    return json.loads(Path(finders.find(DESCRIPTION)).read_text())


@pytest.fixture
def conforms(described):
    """Check an answer against the schema of its operation and status; give its content."""

    def check(answer, path, method="get"):
        media_type, schema = schema_of(described, path, method, answer.status_code)
        assert answer["Content-Type"].partition(";")[0] == media_type
        validator = Draft202012Validator({**schema, "components": described["components"]})
        content = answer.content.decode() if media_type == "application/jose" else json.loads(answer.content)
        assert [error.message for error in validator.iter_errors(content)] == []
        assert answer["Access-Control-Allow-Origin"] == "*"
        assert answer["X-Robots-Tag"] == "noindex, nofollow"
        assert "Set-Cookie" not in answer
        return content

    return check


def schema_of(described, path, method, status):
    response = described["paths"][path][method]["responses"][str(status)]
    if "$ref" in response:
        response = described["components"]["responses"][response["$ref"].rpartition("/")[2]]
    ((media_type, content),) = response["content"].items()
    return media_type, content["schema"]


def test_description_is_sound_and_served(client, described):
    validate(described)
    answer = client.get(reverse("certificates:api_description"))
    assert json.loads(b"".join(answer.streaming_content)) == described


def test_every_described_address_exists(client, described):
    for path in described["paths"]:
        assert client.options(f"/api/v1{path}".replace("{code}", "X")).status_code in (200, 405), path


CERTIFICATE, HOLDER, FILE = "/certificates/{code}/", "/certificates/{code}/holder/", "/files/"


def get(client, certificate, **query):
    return client.get(reverse("certificates:api_certificate", args=[certificate.public_code]), query)


def test_certificate_is_told_with_every_printed_field(client, conforms):
    certificate = make_certificate()
    printed, file = certificate.printed, certificate.files.get()
    said = conforms(get(client, certificate), CERTIFICATE)
    assert said["holder"] == {"name": printed.printed_name, "visibility": "shown"}
    assert (said["number"], said["state"], said["is_valid"], said["is_specimen"]) == (
        printed.number, "valid", True, True)  # fmt: skip
    assert said["course"]["title"] == printed.course_title
    assert [row["level"] for row in said["competences"]] == [2]
    assert said["file"]["sha256"] == file.sha256
    assert urlsplit(said["url"]).path == f"/c/{certificate.public_code}/"
    assert certificate.person.email not in json.dumps(said)
    assert CheckCount.objects.get(certificate=certificate).times == 1


def test_unknown_malformed_unissued_and_hidden_codes_give_the_same_answer(client, conforms, django_assert_num_queries):
    unissued, hidden = make_reserved(), make_certificate()
    Certificate.objects.filter(pk=hidden.pk).update(visibility="link")
    answers = []
    for code in (new_public_code(), "U" * 12, "x" * 39, unissued.public_code, hidden.public_code):
        with django_assert_num_queries(3):  # certificate; then Wagtail’s redirects, as for any page not found
            answers.append(client.get(reverse("certificates:api_certificate", args=[code])))
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    conforms(answers[0], CERTIFICATE)
    assert conforms(get(client, hidden, cle=hidden.link_key), CERTIFICATE)["number"] == hidden.printed_number


@pytest.mark.parametrize("visibility", ["masked", "erased"])
def test_name_is_not_told_and_is_confirmed(client, conforms, visibility):
    certificate = make_certificate()
    name = certificate.printed_name
    if visibility == "erased":
        erase_name(certificate, None, "Demande", timezone.now())
    else:
        Certificate.objects.filter(pk=certificate.pk).update(visibility="masked")
    said = conforms(get(client, certificate), CERTIFICATE)
    assert said["holder"] == {"name": None, "visibility": visibility}
    assert name not in json.dumps(said, ensure_ascii=False)
    address = reverse("certificates:api_holder", args=[certificate.public_code])
    for typed, matches in ((name, True), ("Quelqu’un d’autre", False)):
        answer = client.post(address, {"name": typed}, content_type="application/json")
        assert conforms(answer, HOLDER, "post") == {"matches": matches}


@pytest.mark.parametrize(
    "body", ["", "nom", "[]", "{}", '{"name": 3}', '{"name": ""}', json.dumps({"name": "x" * 321})]
)
def test_what_is_not_a_name_is_refused(client, conforms, body):
    address = reverse("certificates:api_holder", args=[make_certificate().public_code])
    answer = client.post(address, body, content_type="application/json")
    assert answer.status_code == 422
    assert "{" in conforms(answer, HOLDER, "post")["title"]


def test_file_of_ours_is_told(client, conforms):
    certificate = make_certificate()
    file = certificate.files.get()
    content = storage.read(file.storage_name, file.sha256)
    answer = client.post(reverse("certificates:api_file"), content, content_type="application/pdf")
    said = conforms(answer, FILE, "post")
    assert (said["is_intact"], said["is_ours"], said["is_valid_today"]) == (True, True, True)
    assert said["certificate"]["number"] == certificate.printed_number


@pytest.mark.parametrize(("content", "status"), [(b"", 422), (bytes(LARGEST_BYTES + 1), 413)])
def test_file_that_is_none_or_too_large_is_refused(client, conforms, content, status):
    answer = client.post(reverse("certificates:api_file"), content, content_type="application/pdf")
    assert answer.status_code == status
    conforms(answer, FILE, "post")


def test_demands_are_limited_by_address(client, conforms):
    for _ in range(10):
        client.post(reverse("certificates:api_file"), b"", content_type="application/pdf")
    answer = client.post(reverse("certificates:api_file"), b"", content_type="application/pdf")
    assert (answer.status_code, answer["Retry-After"]) == (429, "60")
    conforms(answer, FILE, "post")


def test_interface_asks_for_no_token_and_looks_at_no_session(client):
    """A page elsewhere gets nothing more than a stranger does: reading is public, nothing is written for anybody."""
    certificate = make_certificate()
    Certificate.objects.filter(pk=certificate.pk).update(visibility="link")
    client.force_login(certificate.person)
    assert get(client, certificate).status_code == 404


def test_what_is_published_conforms_too(client, conforms):
    certificate = make_certificate()
    conforms(client.get(reverse("certificates:api_states")), "/states/")
    conforms(
        client.get(reverse("certificates:api_log_proof", args=[certificate.public_code])), "/certificates/{code}/log/"
    )
    publish(Payload())
    close_log(None, timezone.now())
    conforms(client.get(reverse("certificates:api_states")), "/states/")
    assert len(conforms(client.get(reverse("certificates:api_keys")), "/keys/")["keys"]) == 4
    heads = reverse("certificates:api_heads")
    assert len(conforms(client.get(heads), "/log/")["heads"]) == 1
    assert conforms(client.get(heads, {"since": 2}), "/log/")["consistency"]["path"] == []
    conforms(client.get(heads, {"since": 1}), "/log/")
    proof = client.get(reverse("certificates:api_log_proof", args=[certificate.public_code]))
    assert len(conforms(proof, "/certificates/{code}/log/")["acts"]) == 2
