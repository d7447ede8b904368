"""PDF objects as reportlab lacks them: bytes given ready, streams with their dictionary."""

from reportlab.pdfbase import pdfdoc
from reportlab.pdfbase.pdfdoc import PDFDictionary, PDFStream


class RawObject(pdfdoc.PDFObject):
    """An indirect object given as bytes."""

    __RefOnly__ = 1

    def __init__(self, content: bytes):
        self.content = content

    def format(self, document):
        return self.content


class RawName(pdfdoc.PDFObject):
    """A name given with its escapes: reportlab's own leaves `/` as it is."""

    def __init__(self, name: str):
        self.name = name

    def format(self, document):
        return f"/{self.name}".encode("ascii")


class StructureElement(pdfdoc.PDFObject):
    """One element of the structure tree, written in one go: there are some fifty on a sheet.

    `number` is that of its marked content, `annotation` the link or field it holds; the canvas sets the references and
    the page, the first being 0.
    """

    __RefOnly__ = 1
    parent = page = annotation_ref = None
    page_number = 0

    def __init__(self, tag: str, alt: str, box: tuple | None, number: int | None, annotation):
        self.tag, self.alt, self.box, self.number, self.annotation = tag, alt, box, number, annotation

    def format(self, document):
        page = self.page.format(document)
        parts = [
            b"<</Type /StructElem /S /%s /P %s /Pg %s /K [" % (self.tag.encode(), self.parent.format(document), page)
        ]
        if self.number is not None:
            parts.append(b"%d" % self.number)
        if self.annotation_ref is not None:
            parts.append(b" <</Type /OBJR /Obj %s /Pg %s>>" % (self.annotation_ref.format(document), page))
        parts.append(b"]")
        if self.alt:
            parts.append(b" /Alt %s" % pdfdoc.PDFString(self.alt).format(document))
        if self.box:
            place = " ".join(f"{side:.2f}" for side in self.box).encode()
            parts.append(b" /A <</O /Layout /Placement /Block /BBox [%s]>>" % place)
        return b"".join([*parts, b">>"])


def stream(dictionary: dict, content, compressed: bool = True) -> PDFStream:
    filters = [pdfdoc.PDFZCompress] if compressed else []
    return PDFStream(PDFDictionary(dictionary), content, filters)
