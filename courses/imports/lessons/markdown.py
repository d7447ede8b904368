"""Markdown (CommonMark and tables) read into a lesson, alone or in an archive beside its pictures."""

import posixpath
from collections.abc import Callable
from urllib.parse import unquote, urlsplit

from django.utils.translation import gettext as _
from markdown_it import MarkdownIt

from courses.imports.archives import Archive, Limits, is_plain_path
from courses.imports.lessons.html import read_html
from courses.imports.lessons.reading import LessonFileRefused, LessonReading
from courses.imports.remarks import WARNING, Remark

MAX_BYTES, MAX_NESTING = 1_000_000, 40
LIMITS = Limits(packed_bytes=20_000_000, unpacked_bytes=80_000_000, files=300)
MARKDOWN = MarkdownIt("commonmark", {"html": False, "maxNesting": MAX_NESTING}).enable(["table", "strikethrough"])
# The addresses are checked once read, with a remark; the library would drop them without a word.
MARKDOWN.validateLink = lambda url: True


def read_markdown(data: bytes, open_picture: Callable[[str], bytes | None] = lambda address: None) -> LessonReading:
    """What a Markdown text says; raw HTML is shown as it is written, never interpreted. Raises LessonFileRefused."""
    if len(data) > MAX_BYTES:
        raise LessonFileRefused(_("Le texte est trop long : partagez-le en plusieurs leçons."))
    reading = LessonReading()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
        message = _("Le fichier n’est pas en UTF-8 : il est lu comme du Windows-1252. Vérifiez les accents.")
        reading.remarks.append(Remark(WARNING, _("le fichier"), message))
    if "\x00" in text:
        raise LessonFileRefused(_("Le fichier n’est pas un texte lisible."))
    return read_html(MARKDOWN.render(text), open_picture, reading)


def read_markdown_archive(data: bytes) -> LessonReading:
    """A ZIP that holds one .md and the pictures it names. Raises ImportRefused."""
    archive = Archive(data, LIMITS)
    texts = [name for name in archive.names if name.lower().endswith((".md", ".markdown"))]
    if len(texts) != 1:
        raise LessonFileRefused(_("L’archive doit contenir un fichier .md, et un seul, avec ses images."))
    folder = posixpath.dirname(texts[0])

    def open_picture(address: str) -> bytes | None:
        if urlsplit(address).scheme or address.startswith("/"):
            return None  # elsewhere: never fetched
        name = posixpath.normpath(posixpath.join(folder, unquote(address)))
        return archive.read(name) if is_plain_path(name) and name in archive else None

    return read_markdown(archive.read(texts[0]), open_picture)
