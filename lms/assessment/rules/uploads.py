"""What a learner hands in, judged by its content: a document of an accepted type, and nothing that would run."""

import io
import unicodedata
import zipfile
from pathlib import PurePosixPath

from django.utils.translation import gettext as _

MEGABYTE = 1_000_000
MAX_NAME = 150
STARTS = {"pdf": b"%PDF-", "jpg": b"\xff\xd8\xff", "png": b"\x89PNG\r\n\x1a\n"}
# The folder that tells one Office document from another, and the type that OpenDocument says of itself.
OFFICE = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}
OPEN_DOCUMENT = {
    "odt": b"application/vnd.oasis.opendocument.text",
    "ods": b"application/vnd.oasis.opendocument.spreadsheet",
    "odp": b"application/vnd.oasis.opendocument.presentation",
}
TEXTS = ("txt", "csv")


class UploadRefused(Exception):
    """A file cannot be taken in; the message says why, in French, to who hands it in."""


def extension_of(name: str) -> str:
    """The extension that a name announces, in the one spelling we know."""
    extension = PurePosixPath(name).suffix.lower().lstrip(".")
    return "jpg" if extension == "jpeg" else extension


def shown_name(name: str) -> str:
    """The name of a file as it may be shown and given back: no path, no control character, not too long."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    clean = "".join(character for character in last if unicodedata.category(character)[0] != "C").strip(" .")
    stem, suffix = PurePosixPath(clean).stem, PurePosixPath(clean).suffix
    return f"{stem[: MAX_NAME - len(suffix)]}{suffix}" or "fichier"


def check_upload(name: str, data: bytes, content: dict) -> None:
    """Whether a file may answer a question of this `content` ({"extensions", "max_mb"}). Raises UploadRefused."""
    extension = extension_of(name)
    if extension not in content["extensions"]:
        accepted = ", ".join(each.upper() for each in content["extensions"])
        raise UploadRefused(
            _("Ce type de fichier n’est pas accepté. Types acceptés : %(types)s.") % {"types": accepted}
        )
    if not data:
        raise UploadRefused(_("Le fichier est vide."))
    if len(data) > content["max_mb"] * MEGABYTE:
        raise UploadRefused(_("Le fichier dépasse %(n)d Mo.") % {"n": content["max_mb"]})
    if not _is_what_it_says(extension, data):
        raise UploadRefused(
            _("Le contenu du fichier n’est pas celui d’un %(type)s, ou il contient des macros.")
            % {"type": extension.upper()}
        )


def _is_what_it_says(extension: str, data: bytes) -> bool:
    if extension in STARTS:
        return data.startswith(STARTS[extension])
    if extension in TEXTS:
        return b"\x00" not in data
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            if any(name.lower().endswith("vbaproject.bin") or name.startswith("Basic/") for name in names):
                return False
            if extension in OFFICE:
                return OFFICE[extension] in names
            return names[:1] == ["mimetype"] and archive.open("mimetype").read(100) == OPEN_DOCUMENT[extension]
    except (zipfile.BadZipFile, KeyError, ValueError, NotImplementedError, RuntimeError, OSError):
        return False
