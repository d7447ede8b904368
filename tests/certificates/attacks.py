"""A corpus of attacks: a sealed document of ours in, a file that lies out. After pdf-insecurity.org and our own malice."""

import re
import zlib

from django.conf import settings

from certificates.drawing.sheet import draw_certificate
from certificates.keys.authority import make_sandbox_authority, read_key, sandbox_files
from certificates.lasting.archive import Layout
from certificates.lasting.signature import seal_and_stamp
from certificates.sealing.local_p12 import LocalP12Sealer
from tests.certificates.makers import a_snapshot

BYTE_RANGE = re.compile(rb"/ByteRange \[0 (\d+) (\d+) (\d+)\s*\]")


def update(content, objects, root=b""):
    """The file with these objects put over its own, as an editor of PDFs would save it."""
    layout = Layout(content)
    added, table = bytearray(content), []
    for number, body in sorted(objects(layout).items()):
        table.append(b"%d 1\n%010d 00000 n \n" % (number, len(added)))
        added += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    at, root = len(added), root or re.search(rb"/Root \d+ 0 R", layout.trailer).group(0)
    added += b"xref\n" + b"".join(table)
    trailer = b"trailer\n<</Size 400 %s /Prev %d>>\nstartxref\n%d\n%%%%EOF\n"
    return bytes(added) + trailer % (root, layout.last_table, at)


def number_of_page(layout):
    root = int(re.search(rb"/Root (\d+) 0 R", layout.trailer).group(1))
    pages = int(re.search(rb"/Pages (\d+) 0 R", layout.object(root)).group(1))
    return int(re.search(rb"/Kids \[\s*(\d+) 0 R", layout.object(pages)).group(1))


def number_of_root(layout):
    return int(re.search(rb"/Root (\d+) 0 R", layout.trailer).group(1))


def another_page(layout):
    page = number_of_page(layout)
    body = re.sub(rb"/Contents \d+ 0 R", b"/Contents 399 0 R", layout.object(page))
    return {page: body, 399: b"<</Length 4>>\nstream\nq Q \nendstream"}


def overlay(layout):
    """Another name laid over the printed one, as an annotation (the « hide » of shadow attacks)."""
    page = number_of_page(layout)
    body = layout.object(page).replace(b"/Annots [", b"/Annots [ 399 0 R ")
    note = (
        b"<</Type /Annot /Subtype /FreeText /Rect [100 300 400 340] /DA (/F1 20 Tf 0 g) /Contents (Un autre nom) /F 4>>"
    )
    return {page: body, 399: note}


def with_script(layout):
    root = number_of_root(layout)
    body = (
        layout.object(root).strip().removesuffix(b">>") + b" /OpenAction <</S /JavaScript /JS (app.alert\\(1\\))>> >>"
    )
    return {root: body}


def other_catalogue(layout):
    """A whole other catalogue, to which the last trailer points (the « replace » of shadow attacks)."""
    return {
        396: b"<</Type /Catalog /Pages 397 0 R>>",
        397: b"<</Type /Pages /Count 1 /Kids [398 0 R]>>",
        398: b"<</Type /Page /Parent 397 0 R /MediaBox [0 0 842 595] /Contents 399 0 R>>",
        399: b"<</Length 4>>\nstream\nq Q \nendstream",
    }


def byte_changed(content, near):
    at = content.index(near) + len(near) + 3
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


def gap_of(content):
    start, end, _ = map(int, BYTE_RANGE.search(content).groups())
    return start, end


def seal_emptied(content):
    start, end = gap_of(content)
    return content[:start] + b"<" + b"0" * (end - start - 2) + b">" + content[end:]


def seal_removed(content):
    return content.replace(b"/Contents <", b"/Kontents <", 1)


def hidden_in_the_gap(content):
    _start, end = gap_of(content)
    return content[: end - 9] + b"41424344" + content[end - 1 :]


def range_widened(content):
    """The second signed part moved to the end, room made for content that no signature covers."""
    _start, end, length = map(int, BYTE_RANGE.search(content).groups())
    malicious = b"\n399 0 obj\n<</Malicious true>>\nendobj\n"
    moved = content[:end] + malicious + content[end:]
    old = b"%d %d" % (end, length)
    return moved.replace(old, b"%d %d" % (end + len(malicious), length), 1)


def range_of_nothing(content):
    found = BYTE_RANGE.search(content)
    return content[: found.start()] + b"/ByteRange [0 0 0 0]".ljust(len(found.group(0))) + content[found.end() :]


def range_left_out(content):
    return content.replace(b"/ByteRange", b"/BytaRange", 1)


def changes_allowed(content):
    return content.replace(b"/P 1", b"/P 3", 1)


def seal_transplanted(content):
    """Our genuine seal put in a document that says something else."""
    other = draw_certificate(a_snapshot(printed_name="Quelqu’un D’AUTRE"), settings.LMS_FONTS_DIR, True)
    start, end = gap_of(content)
    other_start, other_end = gap_of(filled(other))
    assert end - start == other_end - other_start
    return filled(other)[:other_start] + content[start:end] + filled(other)[other_end:]


def filled(drawn):
    """A drawn document with the range of its gap written, whoever seals it."""
    folder = settings.LMS_PKI_DIR
    sealer = LocalP12Sealer(read_key(sandbox_files(folder).seal_p12, sandbox_files(folder).passphrase))
    return seal_and_stamp(drawn, sealer, None).content


def never_sealed(_content):
    return draw_certificate(a_snapshot(), settings.LMS_FONTS_DIR, True)


def sealed_by_a_namesake(_content, folder, now):
    """All the same names, under a root that is not ours."""
    make_sandbox_authority(folder, now)
    files = sandbox_files(folder)
    sealer = LocalP12Sealer(read_key(files.seal_p12, files.passphrase))
    return seal_and_stamp(never_sealed(b""), sealer, None).content


def second_seal(layout):
    """Our seal again, in a field of its own that claims to cover all."""
    root = layout.object(number_of_root(layout))
    form = int(re.search(rb"/AcroForm (\d+) 0 R", root).group(1))
    body = layout.object(form).replace(b"/Fields [", b"/Fields [ 398 0 R ")
    start, end = gap_of(layout.pdf)
    signature = (
        b"<</Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /ByteRange [0 %d %d %d] /Contents %s>>"
    )
    return {
        form: body,
        398: b"<</Type /Annot /Subtype /Widget /FT /Sig /T (Autre) /Rect [0 0 0 0] /F 132 /V 399 0 R>>",
        399: signature % (start, end, len(layout.pdf) - end, layout.pdf[start:end]),
    }


def inside_another(content):
    """Ours, whole, as an attachment of a file that shows something else."""
    body = zlib.compress(content)
    objects = [
        b"<</Type /Catalog /Pages 2 0 R /Names <</EmbeddedFiles <</Names [(c.pdf) 5 0 R]>>>>>>",
        b"<</Type /Pages /Count 1 /Kids [3 0 R]>>",
        b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 842 595]>>",
        b"<</Type /EmbeddedFile /Filter /FlateDecode /Length %d>>\nstream\n%s\nendstream" % (len(body), body),
        b"<</Type /Filespec /F (c.pdf) /EF <</F 4 0 R>>>>",
    ]
    return whole(objects)


def whole(objects):
    """A PDF of these objects, the first its catalogue."""
    content, places = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d /Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
    return bytes(content) + end % (len(objects) + 1, table, len(objects) + 1, len(content))


def bomb(_content):
    """A thousand times its size once unfolded, in the way of whoever looks for signatures."""
    body = zlib.compress(zlib.compress(bytes(300_000_000), 9), 9)
    form = b"<</Type /Catalog /Pages 2 0 R /AcroForm 3 0 R>>"
    unfolding = b"<</Type /ObjStm /N 1 /First 4 /Filter [/FlateDecode /FlateDecode] /Length %d>>\nstream\n%s\nendstream"
    return whole([form, b"<</Type /Pages /Count 0 /Kids []>>", unfolding % (len(body), body)])


def endless(_content):
    """Fields that are their own children, a table that is its own predecessor."""
    content = whole(
        [
            b"<</Type /Catalog /Pages 2 0 R /AcroForm <</Fields [3 0 R]>>>>",
            b"<</Type /Pages /Count 1 /Kids [2 0 R]>>",
            b"<</T (a) /Kids [3 0 R]>>",
        ]
    )
    at = int(re.search(rb"startxref\n(\d+)", content).group(1))
    return content.replace(b"/Root 1 0 R", b"/Root 1 0 R /Prev %d" % at)


def deep(_content):
    return whole([b"<</Type /Catalog /Pages 2 0 R /A %s %s>>" % (b"[" * 50_000, b"]" * 50_000), b"<<>>"])


ATTACKS = {
    "one byte of the title": lambda pdf: byte_changed(pdf, b"/Title"),
    "one byte of the metadata": lambda pdf: byte_changed(pdf, b"<dc:title>"),
    "one byte of the page": lambda pdf: byte_changed(pdf, b"stream\n"),
    "a line after the end": lambda pdf: pdf + b"\n% more\n%%EOF\n",
    "one blank after the end": lambda pdf: pdf + b" ",
    "itself after the end": lambda pdf: pdf + pdf,
    "something before the beginning": lambda pdf: b"<html></html>\n" + pdf,
    "cut short": lambda pdf: pdf[:-40],
    "another page by an update": lambda pdf: update(pdf, another_page),
    "a note over the name": lambda pdf: update(pdf, overlay),
    "a script by an update": lambda pdf: update(pdf, with_script),
    "another catalogue by an update": lambda pdf: update(pdf, other_catalogue, b"/Root 396 0 R"),
    "an empty update": lambda pdf: update(pdf, lambda layout: {399: b"null"}),
    "a second seal": lambda pdf: update(pdf, second_seal),
    "the seal emptied": seal_emptied,
    "the seal removed": seal_removed,
    "bytes hidden beside the seal": hidden_in_the_gap,
    "a wider gap": range_widened,
    "a range of nothing": range_of_nothing,
    "no range": range_left_out,
    "changes said to be allowed": changes_allowed,
    "the seal in another document": seal_transplanted,
    "no seal at all": never_sealed,
    "ours inside another file": inside_another,
    "a bomb": bomb,
    "an endless file": endless,
    "a deep file": deep,
}
