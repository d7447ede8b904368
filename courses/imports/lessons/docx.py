"""Word documents (DOCX) read into a lesson.

mammoth turns their styles into plain HTML: maintained, pure Python, free (BSD), and made to keep the meaning of a document rather
than its looks, where python-docx would leave lists, links and numbering to us. It is handed checked archives alone, without
the style map a document may bring, and fetches nothing from outside (its own default since 1.11).
"""

import io
from xml.sax import SAXException
from xml.sax.handler import ContentHandler

import defusedxml.sax
import mammoth
from defusedxml import DefusedXmlException
from django.utils.translation import gettext as _

from courses.imports.archives import Archive, Limits
from courses.imports.lessons.html import read_html
from courses.imports.lessons.reading import LessonFileRefused, LessonReading
from courses.imports.pictures import MAX_BYTES

LIMITS = Limits(packed_bytes=20_000_000, unpacked_bytes=120_000_000, files=2_000)
MAX_XML_BYTES = 6_000_000  # two hundred pages; each part
MAX_DEPTH, MAX_ELEMENTS = 120, 300_000
DOCUMENT = "word/document.xml"
MACROS = ("vbaproject.bin", "vbadata.xml")
STYLES = """
p[style-name='Title'] => h1:fresh
p[style-name='Titre'] => h1:fresh
p[style-name='Subtitle'] => p:fresh
p[style-name='Quote'] => blockquote:fresh
p[style-name='Citation'] => blockquote:fresh
p[style-name='Intense Quote'] => blockquote:fresh
p[style-name='Citation intense'] => blockquote:fresh
p[style-name='Caption'] => p:fresh
u => em
strike => s
"""


def read_docx(data: bytes) -> LessonReading:
    """What a Word document says. Raises ImportRefused."""
    archive = Archive(data, LIMITS)
    if DOCUMENT not in archive:
        raise LessonFileRefused(_("Ce fichier n’est pas un document Word (.docx)."))
    if any(name.lower().endswith(MACROS) for name in archive.names):
        raise LessonFileRefused(_("Le document contient des macros : enregistrez-le comme document Word (.docx)."))
    reading = LessonReading()
    for name in archive.names:
        if name.lower().endswith((".xml", ".rels")):
            check_xml(archive, name)
        elif name.startswith("word/embeddings/"):
            reading.warn(_("le document"), _("Les objets incorporés (classeurs, diaporamas…) ne sont pas repris."))
    found: dict[str, bytes] = {}
    html = to_html(data, found, reading)
    return read_html(html, found.get, reading)


def to_html(data: bytes, found: dict[str, bytes], reading: LessonReading) -> str:
    """The document as HTML; its pictures go to `found` by the address they have there. Raises LessonFileRefused."""

    def keep(picture):
        address = f"docx:{len(found)}"
        with picture.open() as file:
            found[address] = file.read(MAX_BYTES + 1)
        return {"src": address}

    try:
        result = mammoth.convert_to_html(
            io.BytesIO(data),
            style_map=STYLES,
            convert_image=mammoth.images.img_element(keep),
            include_embedded_style_map=False,
            external_file_access=False,
        )
    except (KeyError, ValueError, AttributeError, TypeError, IndexError, RecursionError) as error:
        raise LessonFileRefused(_("Le document est abîmé : ouvrez-le et enregistrez-le de nouveau.")) from error
    for message in result.messages:
        tell(message.message, reading)
    return result.value


def tell(message: str, reading: LessonReading) -> None:
    """Say in French what the converter says in English; the styles it does not know keep their words."""
    where = _("le document")
    if "external" in message:
        reading.warn(
            where, _("Une image liée à une adresse extérieure n’est pas reprise : rien n’est cherché ailleurs.")
        )
    elif "Unrecognised paragraph style" in message or "Unrecognised run style" in message:
        pass
    elif "image" in message.lower():
        reading.warn(where, _("Une image d’un genre que le Web ne montre pas n’est pas reprise."))
    else:
        reading.warn(where, _("Un élément du document n’est pas repris (formule, forme dessinée, champ…)."))


class _Measure(ContentHandler):
    """Refuses XML that is too deep or too long to be read without harm."""

    def __init__(self):
        super().__init__()
        self.depth = self.elements = 0

    def startElement(self, name, attrs):
        self.depth += 1
        self.elements += 1
        if self.depth > MAX_DEPTH or self.elements > MAX_ELEMENTS:
            raise LessonFileRefused(_("Le document est trop long ou trop imbriqué : partagez-le en plusieurs leçons."))

    def endElement(self, name):
        self.depth -= 1


def check_xml(archive: Archive, name: str) -> None:
    """Refuse a part that is too large, too deep, not XML, or that defines entities. Raises LessonFileRefused."""
    if archive.size_bytes(name) > MAX_XML_BYTES:
        raise LessonFileRefused(_("Le document est trop long : partagez-le en plusieurs leçons."))
    try:
        defusedxml.sax.parseString(archive.read(name), _Measure(), forbid_dtd=True)
    except DefusedXmlException as error:
        raise LessonFileRefused(_("Le document définit des entités XML : il est refusé.")) from error
    except SAXException as error:
        raise LessonFileRefused(_("Le document est abîmé : ouvrez-le et enregistrez-le de nouveau.")) from error
