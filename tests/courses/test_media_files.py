"""Uploaded files: which are taken, how they are served, and what an attacker gets out of them."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.models import CollectionViewRestriction

from courses.rules.media import RangeUnsatisfiable, byte_range, extension, is_what_it_says
from tests.factories.library import HEADS, DocumentFactory, ImageFactory, picture_bytes
from tests.factories.people import UserFactory

HOSTILE_PAGE = b"<html><script>alert(document.domain)</script></html>"
HOSTILE_PICTURE = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture
def reader(client, db):
    client.force_login(UserFactory())
    return client


# --- Rules


@pytest.mark.parametrize(
    ("name", "expected"), [("a.MP4", "mp4"), ("archive.tar.gz", "gz"), ("sans", ""), ("page.html.mp3", "mp3")]
)
def test_extension_is_the_last_one(name, expected):
    assert extension(name) == expected


@pytest.mark.parametrize(
    ("name", "head", "expected"),
    [
        *((f"f.{kind}", HEADS[kind][:16], True) for kind in ("mp3", "mp4", "vtt")),
        ("f.mp3", b"\xff\xfb\x90\x00", True),
        ("f.vtt", b"\xef\xbb\xbfWEBVTT", True),
        ("f.ogg", b"OggS\x00", True),
        ("f.webm", b"\x1a\x45\xdf\xa3", True),
        ("f.mp4", HOSTILE_PAGE[:16], False),
        ("f.vtt", b"", False),
        ("f.html", HOSTILE_PAGE[:16], False),
    ],
)
def test_first_bytes_go_with_the_extension(name, head, expected):
    assert is_what_it_says(name, head) is expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", None),
        ("bytes=0-", (0, 100)),
        ("bytes=10-19", (10, 20)),
        ("bytes=90-900", (90, 100)),
        ("bytes=-5", (95, 100)),
        ("bytes=-500", (0, 100)),
        ("bytes=-", None),
        ("bytes=20-10", None),
        ("bytes=0-1,5-6", None),
        ("octets=0-1", None),
    ],
)
def test_part_asked_of_a_file_of_a_hundred_bytes(header, expected):
    assert byte_range(header, 100) == expected


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=900-901", "bytes=-0"])
def test_part_past_the_end_is_refused(header):
    with pytest.raises(RangeUnsatisfiable):
        byte_range(header, 100)


# --- What is taken


@pytest.mark.parametrize(
    "name", ["page.html", "dessin.svg", "page.xhtml", "style.css", "script.js", "page.HTM", "xml.xml"]
)
def test_what_a_browser_would_run_is_not_taken(admin_client, name):
    response = admin_client.post(
        reverse("wagtaildocs:add_multiple"),
        {"title": "Piège", "files[]": ContentFile(HOSTILE_PAGE, name), "collection": 1},
        HTTP_X_REQUESTED_WITH="XMLHttpRequest",
    )
    assert response.json()["success"] is False
    assert not Document.objects.exists()


@pytest.mark.parametrize(("name", "content"), [("dessin.svg", HOSTILE_PICTURE), ("photo.png", HOSTILE_PICTURE)])
def test_drawing_that_holds_a_script_is_not_taken_as_an_image(admin_client, name, content):
    response = admin_client.post(
        reverse("wagtailimages:add_multiple"),
        {"title": "Piège", "files[]": ContentFile(content, name), "collection": 1},
        HTTP_X_REQUESTED_WITH="XMLHttpRequest",
    )
    assert response.json()["success"] is False
    assert not Image.objects.exists()


def test_film_is_taken(admin_client):
    film = ContentFile(HEADS["mp4"], "film.mp4")
    response = admin_client.post(
        reverse("wagtaildocs:add_multiple"),
        {"title": "Film", "files[]": film, "collection": 1},
        HTTP_X_REQUESTED_WITH="XMLHttpRequest",
    )
    assert response.json()["success"] is True


# --- How it is served


def body_of(response) -> bytes:
    return b"".join(response.streaming_content)


def test_document_is_for_those_who_signed_in(client, db):
    document = DocumentFactory(kind="mp4")
    assert client.get(document.url).status_code == 302


def test_media_document_stays_behind_the_door_of_its_collection(reader):
    document = DocumentFactory(kind="mp4")
    CollectionViewRestriction.objects.create(collection=document.collection, restriction_type="groups")
    refused = reader.get(document.url, headers={"Range": "bytes=0-3"})
    assert (refused.status_code, refused.content) == (302, b"")


def test_film_is_served_in_parts(reader):
    document = DocumentFactory(kind="mp4", size_bytes=200_000)
    whole = reader.get(document.url, headers={"Accept-Encoding": "gzip"})
    assert (whole.status_code, whole["Content-Length"], whole["Content-Type"]) == (200, "200000", "video/mp4")
    assert len(body_of(whole)) == 200_000
    part = reader.get(document.url, headers={"Range": "bytes=4-11"})
    assert (part.status_code, part["Content-Range"], body_of(part)) == (206, "bytes 4-11/200000", b"ftypmp42")
    changed = reader.get(document.url, headers={"Range": "bytes=4-11", "If-Range": '"another file"'})
    assert (changed.status_code, len(body_of(changed))) == (200, 200_000)
    beyond = reader.get(document.url, headers={"Range": "bytes=200000-"})
    assert (beyond.status_code, beyond["Content-Range"]) == (416, "bytes */200000")


def test_film_is_not_compressed_again(reader):
    whole = reader.get(DocumentFactory(kind="mp3").url, headers={"Accept-Encoding": "gzip"})
    assert (whole["Content-Encoding"], len(body_of(whole))) == ("identity", 1_200)


def test_film_already_fetched_is_not_fetched_again(reader):
    document = DocumentFactory(kind="mp4")
    document.get_file_hash()
    first = reader.get(document.url)
    body_of(first)
    assert reader.get(document.url, headers={"If-None-Match": first["ETag"]}).status_code == 304
    assert first["Cache-Control"] == "private, max-age=2592000"


def test_film_whose_file_is_gone_is_not_found(reader):
    document = DocumentFactory(kind="mp4")
    document.file.storage.delete(document.file.name)
    assert reader.get(document.url).status_code == 404


@pytest.mark.parametrize("name", ["page.html", "dessin.svg", "film.mp4", "son.mp3", "texte.txt", "sous-titres.vtt"])
def test_document_runs_nothing_even_if_it_came_in(reader, name):
    document = Document.objects.create(title="Piège", file=ContentFile(HOSTILE_PAGE, name))
    response = reader.get(document.url)
    body_of(response)
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"].startswith("default-src 'none'")


@pytest.mark.parametrize("name", ["page.html", "dessin.svg", "script.js"])
def test_media_folder_runs_nothing(client, db, name):
    path = default_storage.save(f"original_images/{name}", ContentFile(HOSTILE_PAGE))
    response = client.get(f"/media/{path}")
    body_of(response)
    assert response["Content-Disposition"] == "attachment"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_images_are_shown(client, db):
    image = ImageFactory(file=ContentFile(picture_bytes(20, 20), "image.png"))
    response = client.get(image.file.url)
    body_of(response)
    assert response["Content-Type"] == "image/png"
    assert response["Content-Disposition"].startswith("inline")
