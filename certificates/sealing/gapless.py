"""A drawn document made ready for someone else's seal: the field of the seal stays, our gap goes.

For the documents this application draws (one revision, a plain cross-reference table); what is laid otherwise is refused.
"""

import re

from certificates.lasting.archive import ENTRY_BYTES, Layout, OtherLayout, number_in
from certificates.sealing.document import CONTENTS_GAP

OBJECT_END = b"endobj"


def without_gap(pdf: bytes) -> bytes:
    """The document without its signature dictionary, and nothing that names it. Raises OtherLayout."""
    gap = pdf.find(CONTENTS_GAP)
    if gap < 0:
        raise OtherLayout("Le document n’a pas de place pour le cachet.")
    start = pdf.rfind(b" 0 obj", 0, gap)
    start = pdf.rfind(b"\n", 0, start) + 1
    number = number_in(rb"^(\d+) 0 obj", pdf[start:gap])
    end = pdf.index(OBJECT_END, gap) + len(OBJECT_END)
    end += len(re.match(rb"\s*", pdf[end : end + 8]).group())
    body = blanked(pdf, number)
    return with_entries_moved(body[:start] + body[end:], Layout(pdf), number, start, end - start)


def blanked(pdf: bytes, number: int) -> bytes:
    """The document with spaces in place of what names the signature: the value of the field, the permissions."""

    def spaces(found: re.Match) -> bytes:
        return b" " * len(found.group())

    for pattern in (rb"/V %d 0 R" % number, rb"/Perms\s*<<\s*/DocMDP %d 0 R\s*>>" % number):
        pdf, count = re.subn(pattern, spaces, pdf)
        if count != 1:
            raise OtherLayout(f"Il manque {pattern.decode()}.")
    return pdf


def with_entries_moved(pdf: bytes, layout: Layout, removed: int, after: int, by: int) -> bytes:
    """The cross-reference table once `by` bytes were taken out at `after`, where object `removed` was."""
    table = layout.last_table - by
    content = bytearray(pdf)
    first = re.compile(rb"xref\n0 \d+\s*\n").match(pdf, table)
    if not first:
        raise OtherLayout("La table des objets n’est pas d’un seul tenant.")
    for number, offset in layout.offsets.items():
        at = first.end() + number * ENTRY_BYTES
        if number == removed:
            content[at : at + ENTRY_BYTES] = b"0000000000 00001 f \n"
        elif offset > after:
            content[at : at + 10] = b"%010d" % (offset - by)
    at = content.rindex(b"startxref")
    content[at:] = b"startxref\n%d\n%%%%EOF\n" % table
    return bytes(content)
