"""Images and documents of Wagtail's library, small and true to their type."""

from io import BytesIO

import factory
from django.core.files.base import ContentFile
from factory.django import DjangoModelFactory
from PIL import Image as Picture
from wagtail.documents.models import Document
from wagtail.images.models import Image

HEADS = {
    "mp3": b"ID3\x04",
    "mp4": b"\x00\x00\x00\x18ftypmp42",
    "vtt": b"WEBVTT\n\n00:00.000 --> 00:02.000\nBonjour.\n",
    "pdf": b"%PDF-1.7\n",
}


def picture_bytes(width: int = 1200, height: int = 675, kind: str = "PNG") -> bytes:
    """A plain picture, laterite on paper."""
    stream, picture = BytesIO(), Picture.new("RGB", (width, height), "#f0e9dc")
    picture.paste((156, 61, 36), (width // 4, height // 4, 3 * width // 4, 3 * height // 4))
    picture.save(stream, kind)
    return stream.getvalue()


class ImageFactory(DjangoModelFactory):
    class Meta:
        model = Image

    title = factory.Sequence(lambda n: f"Image {n}")
    file = factory.LazyFunction(lambda: ContentFile(picture_bytes(), "image.png"))


class DocumentFactory(DjangoModelFactory):
    """`kind` is the extension; `size_bytes` its weight."""

    class Meta:
        model = Document

    class Params:
        kind = "pdf"
        size_bytes = 1_200

    title = factory.Sequence(lambda n: f"Document {n}")
    file = factory.LazyAttribute(
        lambda made: ContentFile(HEADS[made.kind].ljust(made.size_bytes, b"\0"), f"fichier.{made.kind}")
    )
    file_size = factory.LazyAttribute(lambda made: made.size_bytes)
