"""Word documents made by hand for tests: a sound one, and what hostile ones hide."""

import io
import zipfile

from tests.factories.library import picture_bytes

NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"'
)
TYPES = """<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>
<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"""
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELS = f"""<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>"""
STYLES = f"""<?xml version="1.0"?><w:styles {NAMESPACES}>
<w:style w:type="paragraph" w:styleId="Titre1"><w:name w:val="heading 1"/></w:style>
<w:style w:type="paragraph" w:styleId="Titre2"><w:name w:val="heading 2"/></w:style></w:styles>"""
NUMBERING = f"""<?xml version="1.0"?><w:numbering {NAMESPACES}>
<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/></w:lvl></w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>"""


def run(text, marks=""):
    return f'<w:r><w:rPr>{marks}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(content, style="", numbered=False):
    properties = f'<w:pStyle w:val="{style}"/>' if style else ""
    if numbered:
        properties += '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
    return f"<w:p><w:pPr>{properties}</w:pPr>{content}</w:p>"


def link(text, relation):
    return f'<w:hyperlink r:id="{relation}">{run(text)}</w:hyperlink>'


def table(*rows):
    cells = ("".join(f"<w:tc>{paragraph(run(cell))}</w:tc>" for cell in row) for row in rows)
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in cells) + "</w:tbl>"


def picture(relation, alternative="", attribute="r:embed"):
    return (
        f'<w:r><w:drawing><wp:inline><wp:docPr id="1" name="i" descr="{alternative}"/><a:graphic><a:graphicData>'
        f'<pic:pic><pic:blipFill><a:blip {attribute}="{relation}"/></pic:blipFill></pic:pic>'
        "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )


def relations(*rows):
    """(id, kind, target) or (id, kind, target, "External")."""
    told = "".join(
        f'<Relationship Id="{id}" Type="{OFFICE}/{kind}" Target="{target}"'
        + (f' TargetMode="{mode[0]}"' if mode else "")
        + "/>"
        for id, kind, target, *mode in rows
    )
    return (
        '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rIdS" Type="{OFFICE}/styles" Target="styles.xml"/>'
        f'<Relationship Id="rIdN" Type="{OFFICE}/numbering" Target="numbering.xml"/>{told}</Relationships>'
    )


def docx(body, rels=(), head="", more=None) -> bytes:
    """A document with this body, these relations, and any other file."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("_rels/.rels", RELS)
        archive.writestr("word/styles.xml", STYLES)
        archive.writestr("word/numbering.xml", NUMBERING)
        archive.writestr("word/_rels/document.xml.rels", relations(*rels))
        archive.writestr(
            "word/document.xml",
            f'<?xml version="1.0"?>{head}<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>',
        )
        for name, data in (more or {}).items():
            archive.writestr(name, data)
    return stream.getvalue()


def sound_docx() -> bytes:
    """A lesson as a trainer writes it in Word."""
    body = (
        paragraph(run("Reconnaître un message"), "Titre1")
        + paragraph(run("Un message ") + run("urgent", "<w:b/>") + run(" : ") + run("attention", "<w:i/>") + run(" !"))
        + paragraph(run("Les signes"), "Titre2")
        + paragraph(run("l'adresse"), numbered=True)
        + paragraph(run("le lien"), numbered=True)
        + table(("Signe", "Risque"), ("Pièce jointe", "fort"), ("Lien", "moyen"))
        + paragraph(picture("rIdI", "Un courriel frauduleux"))
        + paragraph(link("Le portail", "rIdL") + run(" et ") + link("un piège", "rIdJ"))
        + paragraph(picture("rIdE", attribute="r:link"))
    )
    rels = [
        ("rIdI", "image", "media/image1.png"),
        ("rIdL", "hyperlink", "https://service-public.bj/", "External"),
        ("rIdJ", "hyperlink", "javascript:alert(1)", "External"),
        ("rIdE", "image", "http://ailleurs.example/espion.png", "External"),
    ]
    return docx(body, rels, more={"word/media/image1.png": picture_bytes(400, 300)})
