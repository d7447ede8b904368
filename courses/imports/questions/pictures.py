"""Pictures that come inside a file of questions: taken in if they are what they say, named by what they hold."""

import base64
import binascii
import hashlib
import io
import re
import warnings
from html import escape, unescape
from urllib.parse import unquote

from PIL import Image, UnidentifiedImageError

IMAGE = re.compile(r"<img\b[^>]*>", re.IGNORECASE)
ATTRIBUTE = re.compile(r"""\b(src|alt)\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
DATA = re.compile(r"data:image/[\w.+-]+;base64,(.*)", re.DOTALL)
PLUGIN = "@@PLUGINFILE@@/"
FORMATS = {"PNG": "png", "JPEG": "jpg", "GIF": "gif", "WEBP": "webp"}
MAX_BYTES, MAX_PIXELS = 10_000_000, 40_000_000


def take_pictures(html: str, files: dict[str, str], pictures: dict[str, bytes]) -> str:
    """The HTML with each picture it carries, or that `files` ({name: base64}) hold, named by its hash and put in `pictures`.

    What is not a picture we can show stays as it is, for the report to tell.
    """

    def taken(found: re.Match) -> str:
        values = {name.lower(): unescape(a or b) for name, a, b in ATTRIBUTE.findall(found[0])}
        source = values.get("src", "")
        encoded = files.get(unquote(source.removeprefix(PLUGIN).split("?")[0])) if source.startswith(PLUGIN) else None
        if embedded := DATA.match(source):
            encoded = embedded[1]
        data = decoded(encoded) if encoded else b""
        if extension_of(data) is None:
            return f'<img alt="{escape(values.get("alt", ""))}">'
        name = hashlib.sha256(data).hexdigest()
        pictures[name] = data
        return f'<img src="sha256:{name}" alt="{escape(values.get("alt", ""))}">'

    return IMAGE.sub(taken, html) if "<img" in html.lower() else html


def decoded(encoded: str) -> bytes:
    """The bytes of a text in base64; none if it is not one, or is too long."""
    if len(encoded) > MAX_BYTES * 4 / 3:
        return b""
    try:
        return base64.b64decode(re.sub(r"\s", "", encoded), validate=True)
    except (binascii.Error, ValueError):
        return b""


def extension_of(data: bytes) -> str | None:
    """png, jpg, gif or webp by what the bytes are; None for anything else, spoilt or huge."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=list(FORMATS)) as image:
                if image.width * image.height > MAX_PIXELS:
                    return None
                image.verify()
                return FORMATS[image.format]
    except (
        UnidentifiedImageError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
        OSError,
        SyntaxError,
        ValueError,
    ):
        return None
