"""The picture of a certificate: that of its file, made once when looked for, shown to whom the file is, erased with it."""

import io
import os

import pytest
from django.core.files.storage import storages
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from certificates.actions import erase_name
from certificates.actions.picturing import JOB, make_picture
from certificates.drawing.image import HEAVIEST_BYTES, picture_of
from certificates.drawing.sheet import draw_certificate
from certificates.models import Picture
from certificates.tasks.files import draw_picture
from lms.core.models import Job
from tests.certificates.documents import LONG
from tests.certificates.makers import Payload, make_certificate, make_officer, make_unit, make_user, place

pytestmark = pytest.mark.django_db
ALT = "ce qu’il dit est écrit ci-dessous"


@pytest.fixture
def certificate():
    return make_certificate()


def address(certificate):
    return reverse("certificates:picture", args=[certificate.pk])


def page_of(client, certificate):
    return client.get(certificate.get_absolute_url()).content.decode()


def pictures_stored():
    return [name for _, _, names in os.walk(storages["private"].path("pictures")) for name in names]


def test_page_shows_the_fields_until_the_picture_is_there(client, certificate, run_jobs):
    client.force_login(certificate.person)
    page = page_of(client, certificate)
    assert "Certificat de réussite décerné à" in page
    assert "data-refresh-every" in page
    assert client.get(address(certificate)).status_code == 404
    page_of(client, certificate)
    assert [job.state for job in run_jobs(JOB)] == ["done"]
    page = page_of(client, certificate)
    assert address(certificate) in page
    assert ALT in page
    assert "data-refresh-every" not in page
    assert "décerné à" not in page
    assert pictures_stored() == [f"{certificate.files.get().sha256}.webp"]


def test_picture_is_that_of_the_file_and_light(client, certificate):
    make_picture(certificate.files.get(), timezone.now())
    client.force_login(certificate.person)
    answer = client.get(address(certificate))
    assert answer["Content-Type"] == "image/webp"
    assert answer["Cache-Control"] == "private, no-cache"
    picture = Image.open(io.BytesIO(answer.content))
    assert picture.size == (720, 510)
    assert len(answer.content) <= HEAVIEST_BYTES
    colours = {picture.convert("RGB").getpixel((x, 60)) for x in range(720)}
    assert len(colours) > 5  # something is drawn: the mark, the name of the site
    again = client.get(address(certificate), headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_heaviest_document_gives_a_light_picture(settings):
    content, width, height = picture_of(draw_certificate(LONG, settings.LMS_FONTS_DIR, True))
    assert len(content) <= HEAVIEST_BYTES
    assert (width, height) == (720, 510)


def test_picture_is_made_once(certificate):
    for _ in range(2):
        make_picture(certificate.files.get(), timezone.now())
    assert Picture.objects.count() == 1
    assert len(pictures_stored()) == 1


def test_picture_is_seen_by_those_who_may_see_the_document(client, certificate):
    make_picture(certificate.files.get(), timezone.now())
    unit, manager = make_unit("S1"), make_user()
    place(certificate.person, unit, manager)
    seen = {
        certificate.person: 200,
        manager: 200,
        make_officer(unit, "certificates.view_certificate"): 200,
        make_officer(make_unit("S2"), "certificates.view_certificate"): 404,
        make_user(): 404,
    }
    for user, status in seen.items():
        client.force_login(user)
        assert client.get(address(certificate)).status_code == status, user
    client.logout()
    assert client.get(address(certificate)).status_code == 302


def test_picture_is_erased_with_the_name(client, certificate, run_jobs, django_capture_on_commit_callbacks):
    file = certificate.files.get()
    make_picture(file, timezone.now())
    with django_capture_on_commit_callbacks(execute=True):
        erase_name(certificate, None, "Demande du titulaire", timezone.now())
    assert pictures_stored() == []
    client.force_login(certificate.person)
    assert client.get(address(certificate)).status_code == 404
    page_of(client, certificate)
    assert not Job.objects.filter(name=JOB).exists()
    draw_picture(Payload(file=file.pk))  # asked for before the name was erased
    assert not Picture.objects.exists()


def test_what_could_not_be_drawn_leaves_the_fields(client, certificate):
    client.force_login(certificate.person)
    page_of(client, certificate)
    Job.objects.filter(name=JOB).update(state=Job.State.FAILED, finished_at=timezone.now())
    page = page_of(client, certificate)
    assert "décerné à" in page
    assert "data-refresh-every" not in page
