"""The archive of a sealed document: an update that adds the proofs (DSS), then a time-stamp over everything before it.

Sources: ISO 32000-2, 12.8.4.3 (DSS) and 12.8.5 (document time-stamps), which a certification signature that allows no
change allows (12.8.2.2.2); ETSI EN 319 142-1, 5.4 and 6 (PAdES B-LTA).

Written by hand for the documents this application draws (one page, plain cross-reference tables), which takes a
millisecond where a general library takes sixty; what is laid otherwise is refused.
"""

import hashlib
import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

from certificates.lasting.port import Stamp, TimeStamper
from certificates.sealing.document import RANGE_GAP

ROOM_BYTES = 3072  # what a first token may take; a longer one is asked for again with the room it needs
ROOM_STEP = 1024
ENTRY_BYTES = 20  # of a line of a cross-reference table
PRINT_AND_LOCK = 132  # annotation flags: PDF/A wants the first
START = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*$")
SECTION = re.compile(rb"(\d+) (\d+)\s*\n")


class OtherLayout(Exception):
    """The document is not laid out as this application lays them out."""


@dataclass(frozen=True)
class Proofs:
    """What an archive holds, each compressed once: certificates, OCSP responses and revocation lists, DER."""

    certificates: tuple[bytes, ...]
    responses: tuple[bytes, ...]
    lists: tuple[bytes, ...]

    @classmethod
    def of(cls, certificates: Iterable[bytes], responses: Iterable[bytes], lists: Iterable[bytes]) -> "Proofs":
        return cls(*(tuple(zlib.compress(one, 9) for one in kind) for kind in (certificates, responses, lists)))

    def by_key(self) -> tuple[tuple[bytes, tuple[bytes, ...]], ...]:
        return ((b"Certs", self.certificates), (b"OCSPs", self.responses), (b"CRLs", self.lists))


@dataclass(frozen=True)
class Archived:
    """The bytes at B-LTA, and the time-stamp that closes them."""

    content: bytes
    stamp: Stamp


def archive(pdf: bytes, proofs: Proofs, stamper: TimeStamper) -> Archived:
    """The document with these proofs added and a time-stamp over all of it; the bytes before stay as they are.

    Raises OtherLayout, and what the stamper raises.
    """
    room = ROOM_BYTES
    while True:
        draft = Draft(pdf, proofs, room)
        stamp = stamper.stamp(draft.digest())
        if len(stamp.token) <= room:
            return Archived(draft.filled(stamp.token), stamp)
        room = (len(stamp.token) // ROOM_STEP + 2) * ROOM_STEP


class Layout:
    """Where the objects of a document are, through all its updates, the newest first."""

    def __init__(self, pdf: bytes):
        self.pdf = pdf
        found = START.search(pdf, max(0, len(pdf) - 64))
        if not found:
            raise OtherLayout("Le fichier ne finit pas comme un PDF.")
        self.last_table = int(found.group(1))
        self.offsets: dict[int, int] = {}
        self.trailer = self.read_table(self.last_table)
        before = self.trailer
        while previous := re.search(rb"/Prev (\d+)", before):
            before = self.read_table(int(previous.group(1)))

    def read_table(self, at: int) -> bytes:
        """Take in one cross-reference table; the trailer after it."""
        if self.pdf[at : at + 5] != b"xref\n":
            raise OtherLayout("La table des objets n’est pas une table simple.")
        at += 5
        while section := SECTION.match(self.pdf, at):
            first, count = int(section.group(1)), int(section.group(2))
            at = section.end()
            for number in range(first, first + count):
                entry = self.pdf[at : at + ENTRY_BYTES]
                at += ENTRY_BYTES
                if entry[17:18] == b"n":
                    self.offsets.setdefault(number, int(entry[:10]))
        end = self.pdf.find(b"startxref", at)
        if self.pdf[at : at + 7] != b"trailer" or end < 0:
            raise OtherLayout("La table des objets n’a pas de fin.")
        return self.pdf[at + 7 : end]

    def object(self, number: int) -> bytes:
        """The content of an object that is no stream."""
        try:
            start = self.offsets[number]
            head = b"%d 0 obj" % number
            if not self.pdf.startswith(head, start):
                raise OtherLayout(f"L’objet {number} n’est pas à sa place.")
            return self.pdf[start + len(head) : self.pdf.index(b"endobj", start)].strip()
        except (KeyError, ValueError) as error:
            raise OtherLayout(f"L’objet {number} manque.") from error


def number_in(pattern: bytes, text: bytes) -> int:
    """The number a pattern finds. Raises OtherLayout."""
    found = re.search(pattern, text)
    if not found:
        raise OtherLayout(f"Il manque {pattern.decode()}.")
    return int(found.group(1))


class Draft:
    """The document with the update laid after it, a gap left for the token."""

    def __init__(self, pdf: bytes, proofs: Proofs, room: int):
        layout = Layout(pdf)
        self.room = room
        self.content = bytearray(pdf if pdf.endswith(b"\n") else pdf + b"\n")
        self.offsets: dict[int, int] = {}
        self.next_number = number_in(rb"/Size (\d+)", layout.trailer)
        root = number_in(rb"/Root (\d+) 0 R", layout.trailer)
        catalogue = layout.object(root)
        page = number_in(rb"/Kids \[\s*(\d+) 0 R", layout.object(number_in(rb"/Pages (\d+) 0 R", catalogue)))
        form = number_in(rb"/AcroForm (\d+) 0 R", catalogue)
        self.lay_store(layout, root, catalogue, proofs)
        field, signature = self.next_number, self.next_number + 1
        self.add(
            b"<</Type /Annot /Subtype /Widget /FT /Sig /T (Horodatage %d) /Rect [0 0 0 0] /F %d /P %d 0 R /V %d 0 R>>"
            % (field, PRINT_AND_LOCK, page, signature)
        )
        self.gap = b"/Contents <" + b"0" * (2 * room) + b">"
        self.add(
            b"<</Type /DocTimeStamp /Filter /Adobe.PPKLite /SubFilter /ETSI.RFC3161 %s %s>>" % (RANGE_GAP, self.gap)
        )
        self.put(form, with_reference(layout.object(form), b"Fields", field))
        self.put(page, with_reference(layout.object(page), b"Annots", field))
        self.lay_table(layout, root)
        self.lay_range(len(pdf))

    def add(self, content: bytes) -> int:
        number = self.next_number
        self.next_number += 1
        self.put(number, content)
        return number

    def put(self, number: int, content: bytes) -> None:
        self.offsets[number] = len(self.content)
        self.content += b"%d 0 obj\n%s\nendobj\n" % (number, content)

    def lay_store(self, layout: Layout, root: int, catalogue: bytes, proofs: Proofs) -> None:
        """The document security store: these proofs, added to those of an earlier archive."""
        earlier = re.search(rb"/DSS (\d+) 0 R", catalogue)
        kept = layout.object(int(earlier.group(1))) if earlier else b""
        keys = []
        for key, contents in proofs.by_key():
            before = re.search(rb"/%s \[([^\]]*)\]" % key, kept)
            references = [before.group(1).strip()] if before else []
            for content in contents:
                head = b"<</Filter /FlateDecode /Length %d>>\nstream\n" % len(content)
                references.append(b"%d 0 R" % self.add(head + content + b"\nendstream"))
            if references:
                keys.append(b"/%s [%s]" % (key, b" ".join(references)))
        store = b"<</Type /DSS %s>>" % b" ".join(keys)
        if earlier:
            self.put(int(earlier.group(1)), store)
        else:
            self.put(root, catalogue.removesuffix(b">>") + b" /DSS %d 0 R>>" % self.add(store))

    def lay_table(self, layout: Layout, root: int) -> None:
        """The cross-reference table of the update, and its trailer."""
        at = len(self.content)
        self.content += b"xref\n"
        for run in consecutive(sorted(self.offsets)):
            entries = b"".join(b"%010d 00000 n \n" % self.offsets[number] for number in run)
            self.content += b"%d %d\n%s" % (run[0], len(run), entries)
        carried = b" ".join(
            found.group(0) for pattern in (rb"/Info \d+ 0 R", rb"(?s)/ID\s*\[.*?\]")
            if (found := re.search(pattern, layout.trailer))
        )  # fmt: skip
        self.content += b"trailer\n<</Size %d /Root %d 0 R %s /Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (
            self.next_number, root, carried, layout.last_table, at
        )  # fmt: skip

    def lay_range(self, after: int) -> None:
        """Say which bytes the time-stamp covers: all but its own gap."""
        self.start = self.content.index(self.gap, after) + len(b"/Contents ")
        self.end = self.start + 2 * self.room + 2
        covered = b"/ByteRange [0 %d %d %d]" % (self.start, self.end, len(self.content) - self.end)
        at = self.content.index(RANGE_GAP, after)
        self.content[at : at + len(RANGE_GAP)] = covered.ljust(len(RANGE_GAP))

    def digest(self) -> bytes:
        whole = memoryview(self.content)
        digest = hashlib.sha256(whole[: self.start])
        digest.update(whole[self.end :])
        return digest.digest()

    def filled(self, token: bytes) -> bytes:
        written = token.hex().encode("ascii")
        self.content[self.start + 1 : self.start + 1 + len(written)] = written
        return bytes(self.content)


def with_reference(dictionary: bytes, key: bytes, number: int) -> bytes:
    """The dictionary with one reference more in its array `key`. Raises OtherLayout when it has none."""
    changed, count = re.subn(rb"(/%s \[)([^\]]*)\]" % key, rb"\g<1>\g<2> %d 0 R]" % number, dictionary, count=1)
    if count != 1:
        raise OtherLayout(f"Il manque /{key.decode()}.")
    return changed


def consecutive(numbers: list[int]) -> list[list[int]]:
    """In runs without a gap."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] + 1 == number:
            runs[-1].append(number)
        else:
            runs.append([number])
    return runs
