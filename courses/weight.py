"""How much a lesson weighs: its text once rendered and compressed, and the files its blocks hold."""

import zlib

from courses.rules.weight import LessonWeight

GZIP = 31  # zlib's name for the gzip format
LEVEL = 6  # as the server compresses pages


def lesson_weight(body, html: str | None = None) -> LessonWeight:
    """The weight of a lesson's body (a StreamValue); `html` spares rendering it once more."""
    html = str(body.render_as_block()) if html is None else html
    return LessonWeight(text_bytes=gzip_bytes(html), pieces=tuple(media_pieces(body)))


def media_pieces(body):
    """The files of a body, block after block."""
    for child in body:
        if weigh := getattr(child.block, "media_pieces", None):
            yield from weigh(child.value)


def gzip_bytes(text: str) -> int:
    """The size of a text once compressed as the server does."""
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, GZIP)
    return len(packer.compress(text.encode())) + len(packer.flush())
