"""Files that travel inside the document and say the same for machines (ISO 19005-3, 6.8; ISO 32000-2, 14.13)."""

from dataclasses import dataclass

from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFString

from certificates.drawing.objects import RawName, stream


@dataclass(frozen=True)
class Attachment:
    """A file laid in the document, such as its Open Badge: `application/vc+ld+json`, described in words."""

    name: str
    media_type: str
    content: bytes
    description: str


def lay_attachments(document, attachments: tuple[Attachment, ...], pdf_date: str) -> None:
    """Embed them as data the document is the picture of (AFRelationship /Data)."""
    if not attachments:
        return
    listed, names = [], []
    for attachment in sorted(attachments, key=lambda each: each.name):  # a name tree is in order
        subtype = attachment.media_type.replace("/", "#2F").replace("+", "#2B")
        embedded = document.Reference(
            stream(
                {
                    "Type": PDFName("EmbeddedFile"),
                    "Subtype": RawName(subtype),
                    "Params": PDFDictionary({"Size": len(attachment.content), "ModDate": PDFString(pdf_date)}),
                },
                attachment.content,
            )
        )
        specification = document.Reference(
            PDFDictionary(
                {
                    "Type": PDFName("Filespec"),
                    "F": PDFString(attachment.name),
                    "UF": PDFString(attachment.name),
                    "Desc": PDFString(attachment.description),
                    "AFRelationship": PDFName("Data"),
                    "EF": PDFDictionary({"F": embedded, "UF": embedded}),
                }
            )
        )
        listed.append(specification)
        names += [PDFString(attachment.name), specification]
    document.Catalog.AF = PDFArray(listed)
    document.Catalog.Names = PDFDictionary({"EmbeddedFiles": PDFDictionary({"Names": PDFArray(names)})})
