"""A file of questions from its first bytes: is it text, of which encoding and format, and what it says."""

import re
from collections.abc import Callable

from django.utils.translation import gettext as _

from courses.imports.questions import aiken, gift, moodle_xml, sheets
from courses.imports.questions.neutral import MAX_BYTES, WARNING, QuestionFileRefused, Reading, Remark, Told, unseen

FORMATS = {"gift": "GIFT", "moodle": "Moodle XML", "aiken": "Aiken", "csv": "CSV", "xlsx": "XLSX"}
BINARIES = {
    b"%PDF": "PDF",
    b"\xd0\xcf\x11\xe0": "Word / Excel 97-2003",
    b"\x1f\x8b": "gzip",
    b"Rar!": "RAR",
    b"7z\xbc\xaf": "7-Zip",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
}


def read_questions(data: bytes, told: Told = unseen) -> Reading:
    """What a file of questions says, its format told by its content; `told` hears how far along it is, 0 to 1.

    Raises QuestionFileRefused.
    """
    if not data.strip():
        raise QuestionFileRefused(_("Le fichier est vide."))
    if len(data) > MAX_BYTES:
        raise QuestionFileRefused(_("Le fichier dépasse %(n)d Mo.") % {"n": MAX_BYTES // 1_000_000})
    if data.startswith(b"PK\x03\x04"):
        return _closed("xlsx", sheets.read_xlsx(data, told))
    for start, name in BINARIES.items():
        if data.startswith(start):
            raise QuestionFileRefused(_("Un fichier %(name)s ne contient pas de questions lisibles.") % {"name": name})
    if is_xml(data):
        return _closed("moodle", moodle_xml.read_moodle_xml(data, told))
    text, remarks = decoded(data)
    name = text_format(text)
    reading = _closed(name, READERS[name](text, told))
    reading.remarks[:0] = remarks
    return reading


def _closed(name: str, reading: Reading) -> Reading:
    reading.format = name
    return reading.closed()


def is_xml(data: bytes) -> bool:
    """Whether the first thing written is a tag of XML, in any encoding XML knows."""
    head = data[:200].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return head.startswith((b"<?xml", b"<quiz", b"<!DOCTYPE", b"<!--", b"<question"))


def decoded(data: bytes) -> tuple[str, list[Remark]]:
    """The text of a file and, if it was not in UTF-8, the remark that says what it was taken for. Raises QuestionFileRefused."""
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig")):
        if data.startswith(mark):
            try:
                return data.decode(encoding), []
            except UnicodeDecodeError as error:
                raise QuestionFileRefused(_("Le fichier n’est pas un texte lisible.")) from error
    if b"\x00" in data:
        raise QuestionFileRefused(_("Le fichier n’est pas un texte lisible."))
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
    message = _("Le fichier n’est pas en UTF-8 : il est lu comme du Windows-1252. Vérifiez les accents.")
    return data.decode("cp1252", errors="replace"), [Remark(WARNING, where_of_line(line), message)]


def where_of_line(line: int) -> str:
    return _("ligne %(n)d") % {"n": line}


def text_format(text: str) -> str:
    """gift, aiken or csv, by what the text looks like."""
    if re.search(r"^ANSWER\s*:\s*[A-Z]\s*$", text, re.MULTILINE) and "{" not in text:
        return "aiken"
    if sheets.is_table(text):
        return "csv"
    if "{" in text or "::" in text or re.search(r"^\$CATEGORY:", text, re.MULTILINE):
        return "gift"
    if re.search(r"^[A-Z][.)]\s", text, re.MULTILINE):
        return "aiken"
    raise QuestionFileRefused(
        _("Le format n’est pas reconnu : on attend du GIFT, du Moodle XML, de l’Aiken, du CSV ou du XLSX.")
    )


READERS: dict[str, Callable[[str, Told], Reading]] = {
    "gift": gift.read_gift,
    "aiken": aiken.read_aiken,
    "csv": sheets.read_csv,
}
