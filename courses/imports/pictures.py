"""Pictures of strangers: which may enter the library. Their pixels are not unfolded."""

import io
import warnings

from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

MAX_BYTES = 10_000_000
MAX_PIXELS = 30_000_000
EXTENSIONS = {"PNG": "png", "JPEG": "jpg", "GIF": "gif", "WEBP": "webp", "AVIF": "avif"}


class PictureRefused(Exception):
    """A picture cannot be taken; the message says why, in French."""


def picture_extension(data: bytes) -> str:
    """The extension a picture goes by, from its content. Raises PictureRefused."""
    if len(data) > MAX_BYTES:
        raise PictureRefused(_("l’image dépasse %(n)d Mo") % {"n": MAX_BYTES // 1_000_000})
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=tuple(EXTENSIONS)) as picture:
                width, height, kind = *picture.size, picture.format
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise PictureRefused(_("seules les images PNG, JPEG, GIF, WebP et AVIF sont reprises")) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureRefused(_("l’image a trop de points")) from error
    if width * height > MAX_PIXELS:
        raise PictureRefused(_("l’image a trop de points"))
    return EXTENSIONS[kind]
