"""What an audio, video or captions file may be: its extension, and the first bytes that must go with it."""

import re

AUDIO = ("mp3", "m4a", "ogg", "opus")
VIDEO = ("mp4", "webm")
CAPTIONS = ("vtt",)
HEAD_BYTES = 16  # of a file, enough to recognise it

ISO_MEDIA = (b"ftyp", 4)  # MPEG-4 (ISO/IEC 14496-12): the box type follows its length
OGG = (b"OggS", 0)
SIGNATURES = {
    "mp3": [(b"ID3", 0), *((bytes([0xFF, second]), 0) for second in (0xE2, 0xE3, 0xF2, 0xF3, 0xFA, 0xFB))],
    "m4a": [ISO_MEDIA],
    "mp4": [ISO_MEDIA],
    "ogg": [OGG],
    "opus": [OGG],
    "webm": [(b"\x1a\x45\xdf\xa3", 0)],
    "vtt": [(b"WEBVTT", 0), (b"\xef\xbb\xbfWEBVTT", 0)],
}


def extension(name: str) -> str:
    """The extension of a file name in lower case, without its dot; "" when there is none."""
    _stem, dot, last = name.rpartition(".")
    return last.lower() if dot else ""


def is_what_it_says(name: str, head: bytes) -> bool:
    """Whether a file that starts with `head` (HEAD_BYTES of it) is of the audio, video or captions type of its name."""
    return any(head[start : start + len(mark)] == mark for mark, start in SIGNATURES.get(extension(name), ()))


class RangeUnsatisfiable(Exception):
    """The part asked for begins after the end of the file."""


def byte_range(header: str, size_bytes: int) -> tuple[int, int] | None:
    """The part (first byte, byte after the last) that a Range header asks of a file; None: the whole (RFC 9110, 14.2).

    Raises RangeUnsatisfiable. Several parts at once, or what we cannot read, are answered by the whole.
    """
    if not (asked := re.fullmatch(r"bytes=(\d{0,15})-(\d{0,15})", header.strip())) or asked.group() == "bytes=-":
        return None
    first, last = asked.groups()
    if not first:
        start, stop = max(0, size_bytes - int(last)), size_bytes
    else:
        start, stop = int(first), min(int(last) + 1 if last else size_bytes, size_bytes)
        if last and int(last) < start:
            return None
    if start >= size_bytes:
        raise RangeUnsatisfiable
    return start, stop
