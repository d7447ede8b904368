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


def stream(dictionary: dict, content, compressed: bool = True) -> PDFStream:
    filters = [pdfdoc.PDFZCompress] if compressed else []
    return PDFStream(PDFDictionary(dictionary), content, filters)
