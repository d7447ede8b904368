"""The document: what it looks like to tools, what is copied out of it, and what its seal withstands."""

import io
import re
import shutil
import subprocess
import unicodedata
import zlib
from datetime import date

import pytest
import zxingcpp
from cryptography import x509
from django.conf import settings as django_settings
from PIL import Image, ImageChops
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm
from reportlab.pdfgen.canvas import Canvas

from certificates.design import default_content
from certificates.drawing.fonts import BOLD, register_fonts, shaped
from certificates.drawing.sheet import draw_certificate
from certificates.keys.authority import sandbox_files
from certificates.sealing.cms import CmsMould
from certificates.sealing.document import CMS_BYTES, seal_document
from certificates.sealing.local_p12 import open_local_key
from certificates.snapshot import Snapshot
from certificates.verifying.checking import check_pdf
from certificates.verifying.quarantine import check_apart
from certificates.verifying.verdicts import Verdict
from tests.certificates.documents import LONG
from tests.certificates.makers import a_snapshot

NAMES = [
    "Adébáyọ̀ KOUDÉRIN-HOUNGBÉDJI",
    "Ɖɔ̀súxwɛ́ Àɖànɖé KPƆ́NTƐ̀N",
    "Ọ̀ṣúnlékẹ̀ ẸGBẸ́YẸMÍ",
    "Kɔ́jó ƉƐGBƐLÓ ŋɣƒ",
    "Adéọ́lá Ẹ̀ṣẹ̀ ọ́ ẹ̀ ɖ ɛ ŋ Ŋ Ɔ́",
    "O'Brien & <Fils> (Étienne) \\ D’Almeida",
]


def draw(snapshot, is_specimen=True):
    return draw_certificate(snapshot, django_settings.LMS_FONTS_DIR, is_specimen)


@pytest.fixture(scope="module")
def mould(pki_dir):
    return CmsMould(open_local_key(pki_dir, "pdf", "sandbox", ""))


@pytest.fixture(scope="module")
def sealed(mould):
    return seal_document(draw(a_snapshot()), mould)


def text_of(content, *options):
    command = ["pdftotext", *options, "-", "-"]
    said = subprocess.run(command, input=content, capture_output=True, check=True).stdout
    return unicodedata.normalize("NFC", said.decode())


needs_poppler = pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler-utils is not installed")


@needs_poppler
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("options", [(), ("-layout",), ("-raw",)])
def test_name_is_copied_out_of_the_document_as_it_is_written(name, options):
    assert unicodedata.normalize("NFC", name) in text_of(draw(a_snapshot(printed_name=name)), *options)


def ink_of(text, tmp_path):
    """Where a text drawn alone, at 100 points, leaves ink: a black and white picture."""
    register_fonts(django_settings.LMS_FONTS_DIR)
    file = tmp_path / f"{text.encode().hex()}.pdf"
    canvas = Canvas(str(file), pagesize=(200, 200))
    words = canvas.beginText(50, 60)
    words.setFont(BOLD, 100)
    words.textOut(shaped(text, BOLD, 100))
    canvas.drawText(words)
    canvas.save()
    subprocess.run(["pdftoppm", "-gray", "-r", "72", "-singlefile", file, file.with_suffix("")], check=True)
    with Image.open(file.with_suffix(".pgm")) as picture:
        return ImageChops.invert(picture.convert("L")).point(lambda grey: 255 if grey > 127 else 0)


@needs_poppler
@pytest.mark.parametrize(("letter", "mark"), [(letter, mark) for letter in "ƆƐɔɛọỌẹ" for mark in "\u0300\u0301"])
def test_accent_of_a_letter_that_has_none_composed_stands_above_it(letter, mark, tmp_path):
    alone, accented = ink_of(letter, tmp_path), ink_of(letter + mark, tmp_path)
    left, top, right, _bottom = alone.getbbox()
    added = ImageChops.subtract(accented, alone).getbbox()
    assert ImageChops.subtract(alone, accented).getbbox() is None  # the letter itself is where it was
    assert added[3] <= top + 1  # whole above the letter
    assert left <= (added[0] + added[2]) / 2 <= right  # and over it, not beside


@needs_poppler
def test_every_field_is_printed():
    snapshot = a_snapshot(in_person_minutes=360, expires_on=date(2029, 11, 30))
    text = " ".join(text_of(draw(snapshot), "-raw").split())
    for printed in (
        "Certificat de réussite",
        "Interopérabilité et X-Road",
        "CTD-2026-000127",
        "1er décembre 2026",
        "En ligne 2 h 20",
        "En présentiel 6 h",
        "Valable jusqu’au 30 novembre 2029",
        "épreuve notée, passée en ligne, réussie à partir de 70 %",
        "Version du contenu 3",
        "CN1 · Outils numériques — niveau 2 sur 5 (Guidé)",
        "N2",
        "évaluation en ligne non surveillée",
        "academie.example.bj/verifier",
        "7Q4M-XK2P-9TRA",
        "La direction du Centre",
        "SPÉCIMEN — Document de démonstration",
    ):
        assert printed in text
    assert "SPÉCIMEN" not in text_of(draw(a_snapshot(), is_specimen=False))


@needs_poppler
def test_long_names_titles_and_lists_all_fit_on_one_page():
    content = draw(LONG)
    text = " ".join(text_of(content).split())
    assert unicodedata.normalize("NFC", LONG.printed_name) in text
    assert LONG.course_title in text
    assert text.count("niveau 5 sur 5 (Expert)") == 9
    assert len(PdfFileReader(io.BytesIO(content)).root["/Pages"]["/Kids"]) == 1


@needs_poppler
def test_qr_code_is_read_from_a_grey_print(tmp_path):
    file = tmp_path / "certificat.pdf"
    file.write_bytes(draw(a_snapshot()))
    subprocess.run(["pdftoppm", "-gray", "-r", "100", "-png", "-singlefile", file, tmp_path / "page"], check=True)
    with Image.open(tmp_path / "page.png") as picture:
        read = zxingcpp.read_barcodes(picture)
    assert [code.text for code in read] == ["https://academie.example.bj/c/7Q4MXK2P9TRA/"]


@needs_poppler
def test_fonts_are_embedded_and_subset(sealed):
    said = subprocess.run(["pdffonts", "-"], input=sealed, capture_output=True, check=True).stdout.decode()
    fonts = said.splitlines()[2:]
    assert len(fonts) == 2
    assert all(re.search(r"\+NotoSans-\w+ .* yes yes yes ", font) for font in fonts)


def test_document_is_tagged_titled_and_says_its_language(sealed):
    root = PdfFileReader(io.BytesIO(sealed)).root
    assert root["/Lang"] == "fr-BJ"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in root["/Metadata"].data
    kinds = [element.get_object()["/S"] for element in root["/StructTreeRoot"]["/K"]["/K"]]
    assert kinds.count("/H1") == 1
    assert {"/P", "/H2", "/Figure", "/Link", "/Form"} <= set(kinds)


def french_parts(content):
    """How many parts of a document are marked as French within another language."""
    page = PdfFileReader(io.BytesIO(content)).root["/Pages"]["/Kids"][0].get_object()
    return page["/Contents"].data.count(b"/Span <</Lang (fr-BJ)>> BDC")


@needs_poppler
def test_english_document_says_what_is_left_in_french():
    design = default_content("certificate", ("en",))
    in_english = draw_certificate(a_snapshot(), django_settings.LMS_FONTS_DIR, False, design)
    assert french_parts(in_english) == 3  # the title, the competence, the name of its level
    assert "CN1 · Outils numériques — level 2 of 5 (Guidé)" in text_of(in_english)
    assert french_parts(draw(a_snapshot())) == 0


def test_sealed_document_is_light(sealed):
    assert len(sealed) < 75_000


def test_same_snapshot_gives_the_same_bytes(mould, sealed):
    assert seal_document(draw(Snapshot.from_json(a_snapshot().to_json())), mould) == sealed


def test_whole_document_is_found_intact_and_ours(sealed, roots):
    check = check_pdf(sealed, roots)
    assert check.verdict == Verdict.INTACT
    assert check.sealed_by == "Bac à sable – cachet du Centre de transformation digitale"


def test_seal_is_a_certification_that_allows_no_change(sealed):
    reader = PdfFileReader(io.BytesIO(sealed))
    (seal,) = reader.embedded_signatures
    assert seal.docmdp_level == MDPPerm.NO_CHANGES
    assert reader.root["/Perms"]["/DocMDP"] == seal.sig_object
    assert (seal.signer_cert.public_key.curve, seal.md_algorithm) == (("named", "secp256r1"), "sha256")


@needs_poppler
def test_pdfsig_finds_the_whole_document_signed_and_valid(sealed, tmp_path):
    file = tmp_path / "certificat.pdf"
    file.write_bytes(sealed)
    said = subprocess.run(["pdfsig", "-nocert", file], capture_output=True, check=True).stdout.decode()
    assert "Signature is Valid" in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said


@needs_poppler
@pytest.mark.parametrize("place", [b"/Title", b"/MediaBox", b"stream\n"])
def test_one_byte_changed_is_refused_by_both_readers(sealed, roots, tmp_path, place):
    content = bytearray(sealed)
    content[content.index(place) + len(place) + 30] ^= 1
    assert check_pdf(bytes(content), roots).verdict in (Verdict.ALTERED, Verdict.UNREADABLE)
    file = tmp_path / "certificat.pdf"
    file.write_bytes(content)
    said = subprocess.run(["pdfsig", "-nocert", file], capture_output=True, check=False).stdout.decode()
    assert "Signature is Valid" not in said


def test_bytes_added_after_the_seal_are_seen(sealed, roots):
    for more in (b"\n", b"\n% more\n%%EOF\n", sealed):
        assert check_pdf(sealed + more, roots).verdict == Verdict.ALTERED


@pytest.mark.slow
def test_stranger_file_is_checked_apart_with_the_same_verdict(sealed, roots):
    assert check_apart(sealed, roots) == check_pdf(sealed, roots)
    assert check_apart(b"hello", roots).verdict == Verdict.UNREADABLE


def bomb():
    """A sealed-looking file whose cross-reference stream unfolds to two gigabytes."""
    squeezed = zlib.compressobj(9)
    body = b"".join([squeezed.compress(bytes(2**20)) for _ in range(900)]) + squeezed.flush()
    head = b"%PDF-1.7\n1 0 obj\n<</Type/XRef/W[1 2 1]/Size 9/Root 2 0 R/Filter/FlateDecode/Length "
    head += b"%d>>\nstream\n" % len(body)
    return head + body + b"\nendstream\nendobj\nstartxref\n9\n%%EOF\n"


@pytest.mark.slow
def test_file_that_unfolds_without_end_is_unreadable_and_hurts_nobody(roots):
    content = bomb()
    assert len(content) < 1024 * 1024
    assert check_apart(content, roots).verdict == Verdict.UNREADABLE


def test_seal_of_another_authority_is_foreign(sealed):
    assert check_pdf(sealed, []).verdict == Verdict.FOREIGN


def test_document_without_seal_is_not_ours(roots):
    assert check_pdf(draw(a_snapshot()), roots).verdict in (Verdict.UNSEALED, Verdict.ALTERED, Verdict.UNREADABLE)


def test_document_has_exactly_one_gap_for_its_seal(mould, sealed):
    with pytest.raises(ValueError, match="exactly one gap"):
        seal_document(sealed, mould)


def test_room_is_left_for_a_time_stamp(mould):
    attributes = mould.attributes(bytes(32))
    assert len(mould.make(attributes, *mould.sign([attributes]))) < CMS_BYTES - 2500


def test_seal_names_the_certificate_of_the_sandbox(pki_dir):
    sealer = open_local_key(pki_dir, "pdf", "sandbox", "")
    seal = x509.load_pem_x509_certificate(sandbox_files(pki_dir).seal.read_bytes())
    assert x509.load_der_x509_certificate(sealer.certificate) == seal
    assert sealer.is_sandbox
