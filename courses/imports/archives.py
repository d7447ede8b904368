"""Archives of strangers (a DOCX, a whole course): read in memory, and only once nothing in them is out of the ordinary.

Refused before anything is unpacked: paths that climb, links, encryption, names used twice, more files or more bytes than
allowed, contents that unfold beyond reason.
"""

import io
import stat
import struct
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath

from django.utils.translation import gettext as _

from courses.imports.remarks import ImportRefused

END_RECORD, END_SIZE, LONGEST_COMMENT = b"PK\x05\x06", 22, 65_535
SMALL_BYTES = 1_000_000  # below, a file may be compressed as much as it likes
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


@dataclass(frozen=True)
class Limits:
    """The most an archive may hold: bytes packed and unpacked, files, and times a file may be larger than packed."""

    packed_bytes: int
    unpacked_bytes: int
    files: int
    ratio: int = 200


class Archive:
    """The files of an archive by name. Raises ImportRefused as it opens."""

    def __init__(self, data: bytes, limits: Limits):
        if len(data) > limits.packed_bytes:
            raise ImportRefused(_("Le fichier dépasse %(n)d Mo.") % {"n": limits.packed_bytes // 1_000_000})
        if entry_count(data) > limits.files:
            raise ImportRefused(_("L’archive contient plus de %(n)d fichiers.") % {"n": limits.files})
        try:
            self._file = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, NotImplementedError, ValueError, UnicodeDecodeError) as error:
            raise ImportRefused(_("L’archive est abîmée, ou n’en est pas une.")) from error
        entries = [entry for entry in self._file.infolist() if not entry.is_dir()]
        self._entries = {entry.filename: entry for entry in entries}
        _check_names(entries)
        for entry in entries:
            _check_entry(entry, limits)
        if sum(entry.file_size for entry in entries) > limits.unpacked_bytes:
            message = _("Déployée, l’archive dépasserait %(n)d Mo.")
            raise ImportRefused(message % {"n": limits.unpacked_bytes // 1_000_000})

    @property
    def names(self) -> list[str]:
        return list(self._entries)

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    def size_bytes(self, name: str) -> int:
        """How large a file is once unpacked."""
        return self._entries[name].file_size

    def read(self, name: str) -> bytes:
        """The content of a file. Raises ImportRefused when it is damaged, KeyError when there is none."""
        try:
            return self._file.read(self._entries[name])
        except (zipfile.BadZipFile, EOFError, OSError, ValueError, struct.error, zipfile.zlib.error) as error:
            raise ImportRefused(_("Dans l’archive, « %(name)s » est abîmé.") % {"name": name[:80]}) from error


def entry_count(data: bytes) -> int:
    """How many files the end of an archive announces, before their list is read. Raises ImportRefused."""
    place = data.rfind(END_RECORD, max(0, len(data) - END_SIZE - LONGEST_COMMENT))
    if not data.startswith(b"PK") or place < 0 or len(data) < place + END_SIZE:
        raise ImportRefused(_("L’archive est abîmée, ou n’en est pas une."))
    return struct.unpack_from("<H", data, place + 10)[0]


def is_archive(data: bytes) -> bool:
    return data.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def _check_names(entries: list[zipfile.ZipInfo]) -> None:
    seen = set()
    for entry in entries:
        name = entry.filename
        if entry.orig_filename != name or not is_plain_path(name):
            raise ImportRefused(_("L’archive contient un chemin interdit : « %(name)s ».") % {"name": name[:80]})
        if name.casefold() in seen:
            raise ImportRefused(_("L’archive contient deux fois « %(name)s ».") % {"name": name[:80]})
        seen.add(name.casefold())


def is_plain_path(name: str) -> bool:
    """Whether a name is a path that goes down, written the one usual way."""
    parts = name.split("/")
    return (
        0 < len(name) <= 250
        and name.isprintable()
        and not set('\\:*?"<>|') & set(name)
        and not {"", ".", ".."} & set(parts)
        and str(PurePosixPath(name)) == name
    )


def _check_entry(entry: zipfile.ZipInfo, limits: Limits) -> None:
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind and not stat.S_ISREG(kind):
        raise ImportRefused(_("L’archive contient un lien : « %(name)s ».") % {"name": entry.filename[:80]})
    if entry.flag_bits & 1:
        raise ImportRefused(_("L’archive est protégée par un mot de passe."))
    if entry.compress_type not in METHODS:
        raise ImportRefused(_("L’archive est compressée d’une façon qui n’est pas admise."))
    if entry.file_size > SMALL_BYTES and entry.file_size > limits.ratio * max(entry.compress_size, 1):
        raise ImportRefused(_("L’archive se déploierait démesurément (« %(name)s »).") % {"name": entry.filename[:80]})
