"""A reportlab canvas that writes PDF/A-3a and PDF/UA-1: tags, metadata, output intent, the field of the seal.

Sources: ISO 19005-3 (PDF/A-3), ISO 14289-1 (PDF/UA-1), ISO 32000-1, 14.7 (logical structure).
"""

import io
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from xml.sax.saxutils import escape

from PIL import ImageCms
from reportlab import rl_config
from reportlab.pdfbase import pdfdoc
from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFString
from reportlab.pdfgen.canvas import Canvas

from certificates.drawing.attachments import Attachment, lay_attachments
from certificates.drawing.objects import RawObject, StructureElement, stream
from certificates.drawing.xmp import XMP

rl_config.useA85 = 0
PRODUCER = "Académie CTD"
WRITTEN_KEYS = {
    "catalogue": ["OutputIntents", "Perms", "AF"],
    "page": ["StructParents", "Tabs"],
}
PRINT_AND_LOCK = 132  # annotation flags: printed, locked


def end_of_line_before_endstream(format_stream):
    """PDF/A asks for an end of line before `endstream` (ISO 19005-3, 6.1.7.1), which reportlab leaves out."""

    def formatted(self, document):
        written = format_stream(self, document)
        return written.removesuffix(b"endstream\n") + b"\nendstream\n"

    return formatted


pdfdoc.PDFStream.format = end_of_line_before_endstream(pdfdoc.PDFStream.format)


def plain_first(encode):
    """Nearly all that is written is ASCII, which PDFDocEncoding leaves as it is: its codec, in Python, took a sixth of a page."""

    def encoded(text):
        return text.encode("ascii") if isinstance(text, str) and text.isascii() else encode(text)

    return encoded


def whole_numbers_at_once(format_array):
    """Arrays of whole numbers, as the widths of a font’s glyphs are, need no looking at each."""

    def formatted(self, document, *indent):
        if all(type(each) is int for each in self.sequence):
            return b"[ %s ]" % " ".join(map(str, self.sequence)).encode()
        return format_array(self, document, *indent)

    return formatted


pdfdoc.pdfdocEnc = plain_first(pdfdoc.pdfdocEnc)
pdfdoc.PDFArray.format = whole_numbers_at_once(pdfdoc.PDFArray.format)
pdfdoc.PDFName = PDFName = lru_cache(maxsize=1000)(PDFName)  # the same few hundred in every document


@lru_cache(maxsize=1)
def srgb_profile() -> bytes:
    """A small sRGB profile, with its date (bytes 24–35) and the identifier it enters (84–99) blanked."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[24:36] = bytes.fromhex("07d000010001000000000000")
    profile[84:100] = bytes(16)
    return bytes(profile)


class ArchivalCanvas(Canvas):
    """Tagged pages, one or more. Everything drawn is inside `tagged(...)`, or `artifact()` when it says nothing."""

    def __init__(self, size: tuple[float, float], font: str, language: str, now: datetime):
        self.output = io.BytesIO()
        super().__init__(
            self.output,
            pagesize=size,
            pageCompression=1,
            invariant=1,
            initialFontName=font,
            pdfVersion=(1, 7),
            lang=language,
        )
        self.language = language
        self.now = now.astimezone(UTC).replace(microsecond=0)
        self.pdf_date = self.now.strftime("D:%Y%m%d%H%M%S+00'00'")
        self._doc.info._dateFormatter = lambda *parts: self.pdf_date
        self.elements = []  # in reading order
        self.page_count = 0  # of those closed
        self.annotations = []  # of this page, as the count of what is marked on it
        self.marked_count = 0

    @contextmanager
    def artifact(self):
        self._code.append("/Artifact BMC")
        yield
        self._code.append("EMC")

    @contextmanager
    def said_in(self, language: str):
        """What is written inside is in another language than the document (a BCP 47 tag)."""
        self._code.append(f"/Span <</Lang ({language})>> BDC")
        yield
        self._code.append("EMC")

    @contextmanager
    def tagged(self, tag: str, alt: str = "", box: tuple | None = None, annotation=None):
        """What is drawn inside is one element of the structure, in reading order."""
        number = self.marked_count
        self.marked_count += 1
        self._code.append(f"/{tag} <</MCID {number}>> BDC")
        yield
        self._code.append("EMC")
        self.add_element(tag, alt, box, number, annotation)

    @contextmanager
    def copied_as(self, text: str):
        """What is drawn inside is read and copied as `text`, whatever its glyphs."""
        self._code.append(f"/Span <</ActualText <FEFF{text.encode('utf-16-be').hex()}>>> BDC")
        yield
        self._code.append("EMC")

    def add_element(self, tag, alt="", box=None, number=None, annotation=None):
        element = StructureElement(tag, alt, box, number, annotation)
        element.page, element.page_number = self._doc.thisPageRef(), self.page_count
        if annotation is not None:
            element.annotation_ref = self._doc.Reference(annotation)
            self.annotations.append(element.annotation_ref)
        self.elements.append(element)

    def close_page(self) -> None:
        """What is drawn next stands on another page."""
        self._annotationrefs = self.annotations
        self.showPage()
        page = self._doc.Pages.pages[-1]
        page.__NoDefault__ = [*page.__NoDefault__, *WRITTEN_KEYS["page"]]
        page.StructParents, page.Tabs = self.page_count, PDFName("S")
        self.page_count += 1
        self.annotations, self.marked_count = [], 0

    def link_annotation(self, url: str, description: str, box: tuple) -> PDFDictionary:
        return PDFDictionary(
            {
                "Type": PDFName("Annot"),
                "Subtype": PDFName("Link"),
                "Rect": PDFArray(box),
                "F": 4,
                "Border": PDFArray([0, 0, 0]),
                "Contents": PDFString(description),
                "A": PDFDictionary({"S": PDFName("URI"), "URI": PDFString(url)}),
            }
        )

    def add_seal_field(self, signature: bytes, description: str, box: tuple) -> None:
        """The field of the seal, already holding its signature dictionary; what is seen there is page content."""
        document = self._doc
        width, height = box[2] - box[0], box[3] - box[1]
        nothing = {
            "Type": PDFName("XObject"),
            "Subtype": PDFName("Form"),
            "BBox": PDFArray([0, 0, width, height]),
            "Resources": PDFDictionary({}),
        }
        value = document.Reference(RawObject(signature))
        widget = PDFDictionary(
            {
                "Type": PDFName("Annot"),
                "Subtype": PDFName("Widget"),
                "FT": PDFName("Sig"),
                "T": PDFString("Cachet"),
                "TU": PDFString(description),
                "Rect": PDFArray(box),
                "F": PRINT_AND_LOCK,
                "P": document.thisPageRef(),
                "V": value,
                "AP": PDFDictionary({"N": document.Reference(stream(nothing, "q Q", compressed=False))}),
            }
        )
        self.add_element("Form", alt=description, annotation=widget)
        document.Catalog.Perms = PDFDictionary({"DocMDP": value})
        document.Catalog.AcroForm = PDFDictionary({"Fields": PDFArray([document.Reference(widget)]), "SigFlags": 3})

    def finish(self, title, author, subject, keywords, attachments: tuple[Attachment, ...] = ()) -> bytes:
        """The bytes of the document."""
        for set_value, value in (
            (self.setTitle, title),
            (self.setAuthor, author),
            (self.setSubject, subject),
            (self.setKeywords, keywords),
            (self.setCreator, PRODUCER),
            (self.setProducer, PRODUCER),
        ):
            set_value(value)
        self.close_page()
        self.lay_structure()
        self.lay_metadata(title, author, subject, keywords)
        lay_attachments(self._doc, attachments, self.pdf_date)
        self.save()
        return self.output.getvalue()

    def lay_structure(self) -> None:
        """The tree of tags: a Document with its elements in reading order, and the way back from pages to tags."""
        document = self._doc
        root, whole = PDFDictionary({}), PDFDictionary({})
        root_ref, whole_ref = document.Reference(root), document.Reference(whole)
        children, from_annotations = [], []
        from_marks = [[] for _ in range(self.page_count)]  # of each page, by the number of what is marked
        for element in self.elements:
            reference = document.Reference(element)
            element.parent = whole_ref
            if element.number is not None:
                from_marks[element.page_number].append((element.number, reference))
            if element.annotation is not None:
                key = self.page_count + len(from_annotations) // 2
                element.annotation["StructParent"] = key
                from_annotations += [key, reference]
            children.append(reference)
        whole.dict.update(
            {"Type": PDFName("StructElem"), "S": PDFName("Document"), "P": root_ref, "K": PDFArray(children)}
        )
        numbers = []
        for page_number, marks in enumerate(from_marks):
            numbers += [page_number, PDFArray([reference for _, reference in sorted(marks, key=lambda pair: pair[0])])]
        numbers += from_annotations
        root.dict.update(
            {
                "Type": PDFName("StructTreeRoot"),
                "K": whole_ref,
                "ParentTree": document.Reference(PDFDictionary({"Nums": PDFArray(numbers)})),
                "ParentTreeNextKey": self.page_count + len(from_annotations) // 2,
            }
        )
        document.Catalog.StructTreeRoot = root_ref
        document.Catalog.MarkInfo = PDFDictionary({"Marked": "true"})

    def lay_metadata(self, title: str, author: str, subject: str, keywords: str) -> None:
        document, catalogue = self._doc, self._doc.Catalog
        catalogue.__NoDefault__ = [*catalogue.__NoDefault__, *WRITTEN_KEYS["catalogue"]]
        profile = document.Reference(stream({"N": 3, "Alternate": PDFName("DeviceRGB")}, srgb_profile()))
        catalogue.OutputIntents = PDFArray(
            [
                PDFDictionary(
                    {
                        "Type": PDFName("OutputIntent"),
                        "S": PDFName("GTS_PDFA1"),
                        "OutputConditionIdentifier": PDFString("sRGB IEC61966-2.1"),
                        "Info": PDFString("sRGB IEC61966-2.1"),
                        "RegistryName": PDFString("http://www.color.org"),
                        "DestOutputProfile": profile,
                    }
                )
            ]
        )
        packet = XMP.format(
            title=escape(title),
            author=escape(author),
            subject=escape(subject),
            keywords=escape(keywords),
            producer=escape(PRODUCER),
            language=escape(self.language),
            date=self.now.isoformat(),
        )
        catalogue.Metadata = stream(
            {"Type": PDFName("Metadata"), "Subtype": PDFName("XML")}, packet.encode(), compressed=False
        )
        catalogue.ViewerPreferences = PDFDictionary({"DisplayDocTitle": "true"})
