"""The address of uploaded images: images only, however the address is written."""

import pytest

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def uploaded(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    for name in ("images/logo.png", "documents/note.pdf", "autre/note.pdf"):
        file = tmp_path / name
        file.parent.mkdir()
        file.write_bytes(b"content")


def test_media_shows_images_to_all(client):
    assert b"".join(client.get("/media/images/logo.png").streaming_content) == b"content"


@pytest.mark.parametrize(
    "path",
    [
        *("documents/note.pdf", "/documents/note.pdf", "./documents/note.pdf", "x/../documents/note.pdf"),
        *("images/../documents/note.pdf", "%2Fdocuments/note.pdf", "%2e/documents/note.pdf", "autre/note.pdf"),
    ],
)
def test_media_shows_nothing_else_however_it_is_asked(client, path):
    assert client.get(f"/media/{path}").status_code == 404
