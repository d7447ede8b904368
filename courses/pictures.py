"""Pictures of questions: each version keeps copies of its own, named by what they hold, so that a picture replaced or deleted
in the library neither changes nor vanishes from a question that was asked."""

import hashlib
import re
from html import escape

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from wagtail.images import get_image_model
from wagtail.rich_text.rewriters import extract_attrs

from courses.rules.answers import InvalidAnswer

FOLDER = "images/questions"
WIDEST = 1_000  # pixels, across and down
LIGHT_BYTES = 100_000
EMBED = re.compile(r"<embed\b([^>]*)/?>")
SOURCE = re.compile(r'src="(images/questions/[^"]+)"')
LIGHT_FORMATS = {"webp", "png", "jpeg", "gif", "avif"}


def freeze_pictures(html: str) -> str:
    """The HTML of an author with a frozen copy in the place of each picture of the library. Raises InvalidAnswer."""
    return EMBED.sub(_frozen_picture, html) if "<embed" in html else html


def with_addresses(html: str) -> SafeString:
    """A frozen text, cleaned when it was frozen, ready to be shown: its pictures have the address that browsers ask for."""
    if "<img" in html:
        html = SOURCE.sub(lambda found: f'src="{escape(default_storage.url(found[1]))}" loading="lazy"', html)
    return mark_safe(html)  # noqa: S308


def _frozen_picture(found: re.Match) -> str:
    attributes = extract_attrs(found[1])
    image = get_image_model().objects.filter(pk=attributes.get("id") or 0).first()
    if attributes.get("embedtype") != "image" or image is None:
        raise InvalidAnswer(_("Une image du texte n’est plus dans la bibliothèque : retirez-la ou remplacez-la."))
    name, width, height = _copy(image)
    alternative = escape(attributes.get("alt", ""))
    return f'<img src="{name}" alt="{alternative}" width="{width}" height="{height}">'


def _copy(image) -> tuple[str, int, int]:
    """The name and size of the frozen copy of a picture, made if need be: as it is when small and light, else reduced."""
    with image.get_willow_image() as willow:
        kind = willow.format_name
    size = image.get_file_size() or 0
    is_small = max(image.width, image.height) <= WIDEST and (kind == "webp" or size <= LIGHT_BYTES)
    shown = image if is_small and kind in LIGHT_FORMATS else image.get_rendition(f"max-{WIDEST}x{WIDEST}|format-webp")
    with shown.file.storage.open(shown.file.name, "rb") as file:
        data = file.read()
    kind = "webp" if shown is not image else {"jpeg": "jpg"}.get(kind, kind)
    return keep(data, kind), shown.width, shown.height


def read(name: str) -> bytes:
    """The bytes of a frozen picture."""
    with default_storage.open(name, "rb") as file:
        return file.read()


def keep(data: bytes, kind: str) -> str:
    """The name under which these bytes are kept, the same for the same bytes."""
    name = f"{FOLDER}/{hashlib.sha256(data).hexdigest()[:32]}.{kind}"
    if not default_storage.exists(name):
        default_storage.save(name, ContentFile(data))
    return name
