"""A file of a lesson from its first bytes: a Word document, an archive of Markdown, or Markdown."""

from django.utils.translation import gettext as _

from courses.imports.archives import is_archive
from courses.imports.lessons.docx import read_docx
from courses.imports.lessons.markdown import read_markdown, read_markdown_archive
from courses.imports.lessons.reading import LessonFileRefused, LessonReading
from courses.imports.questions.files import BINARIES

MAX_BYTES = 20_000_000


def read_lesson(data: bytes) -> LessonReading:
    """What a file of a lesson says, its kind told by its content. Raises ImportRefused."""
    if not data.strip():
        raise LessonFileRefused(_("Le fichier est vide."))
    if len(data) > MAX_BYTES:
        raise LessonFileRefused(_("Le fichier dépasse %(n)d Mo.") % {"n": MAX_BYTES // 1_000_000})
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise LessonFileRefused(_("Un ancien document Word (.doc) n’est pas lisible : enregistrez-le en .docx."))
    if is_archive(data):
        reading = read_docx(data) if b"[Content_Types].xml" in data else read_markdown_archive(data)
    else:
        for start, name in BINARIES.items():
            if data.startswith(start):
                raise LessonFileRefused(_("Un fichier %(name)s n’est pas une leçon lisible.") % {"name": name})
        reading = read_markdown(data)
    if not reading.blocks:
        raise LessonFileRefused(_("Le fichier ne contient aucun texte à reprendre."))
    return reading
