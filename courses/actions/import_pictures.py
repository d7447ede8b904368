"""Pictures of imported questions: put in the library once, and named there by the texts that show them."""

import hashlib
import io
import re

from django.core.files.images import ImageFile
from wagtail.images import get_image_model
from wagtail.models import Collection

from courses.imports.questions.pictures import extension_of
from courses.models.banks import reach_of
from lms.people.models import User

IMPORTED = re.compile(r'<img src="sha256:([0-9a-f]{64})"(?: alt="([^"]*)")?[^>]*>')
NAMED = re.compile(r'<img src="(?:sha256:|images/questions/)([0-9a-f]{32})[^"]*"(?: alt="([^"]*)")?[^>]*>')


def library_images(pictures: dict[str, bytes], bank: Collection, author: User | None) -> dict[str, int]:
    """The picture of the library for each hash; those that the collections of the bank have already are taken as they are."""
    held = get_image_model().objects.filter(collection__in=reach_of(bank)) if pictures else None
    found = {}
    for name, data in pictures.items():
        file_hash = hashlib.sha1(data, usedforsecurity=False).hexdigest()  # the one Wagtail keeps
        image = held.filter(file_hash=file_hash).first()
        if image is None:
            file = ImageFile(io.BytesIO(data), name=f"{name[:16]}.{extension_of(data)}")
            image = get_image_model()(
                title=f"Question {name[:8]}",
                file=file,
                collection=bank,
                uploaded_by_user=author,
                file_hash=file_hash,
            )
            image.file_size = len(data)
            image.save()
        found[name] = image.pk
    return found


def embedded(html: str, images: dict[str, int]) -> str:
    """The HTML of a file as authors edit it, its pictures those of the library."""

    def embed(found: re.Match) -> str:
        return f'<embed alt="{found[2] or ""}" embedtype="image" format="fullwidth" id="{images[found[1]]}"/>'

    return IMPORTED.sub(embed, html)


def same_pictures(html: str) -> str:
    """The HTML whose pictures are named by what they hold, wherever they come from, to compare two texts; spaces alike."""
    return re.sub(r"(?:&nbsp;|\s)+", " ", NAMED.sub(r'<img \1 "\2">', html))
