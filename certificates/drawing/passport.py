"""The passport: a content in, the bytes of a PDF of one or more pages out, and nothing else looked at."""

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from django.utils import timezone
from reportlab.lib.pagesizes import A4

from certificates.design import FRENCH, Colours
from certificates.drawing import motif, palette
from certificates.drawing.archival import ArchivalCanvas
from certificates.drawing.fonts import BOLD, REGULAR, register_fonts
from certificates.drawing.outlines import draw_outlines
from certificates.drawing.palette import palette_of
from certificates.drawing.passport_entry import Entry, entry_of
from certificates.drawing.pen import Pen
from certificates.drawing.qr import qr_operators
from certificates.drawing.sheet import ONE_AT_A_TIME
from certificates.drawing.wording import WORDINGS
from certificates.passports.content import PassportContent
from certificates.rules import printed_code
from certificates.sealing.document import signature_dictionary
from certificates.words import SPECIMEN, SPECIMEN_MEANING, moment_in_words

WIDTH, HEIGHT = A4
MARGIN = 36
INNER = WIDTH - 2 * MARGIN
TILES = 24
QR_SIDE = 92
FOOT = MARGIN + 34  # of pages after the first: below, what they are part of
SEAL_WIDTH, SEAL_HEIGHT = 206, 50
SEAL_BOX = (MARGIN, FOOT + 6, MARGIN + SEAL_WIDTH, FOOT + 6 + SEAL_HEIGHT)
LOWEST_FIRST, LOWEST = SEAL_BOX[3] + 16, FOOT + 8
HIGHEST = HEIGHT - MARGIN - 30  # of pages after the first
TITLE = "Passeport de certificats"
ORDER = "Du plus récent au plus ancien. Un document remplacé n’y figure plus : celui qui le remplace y est."


def draw_passport(content: PassportContent, fonts_dir: Path, is_specimen: bool) -> bytes:
    """The document, with the gap its seal will fill; the same arguments give the same bytes."""
    with ONE_AT_A_TIME:
        register_fonts(Path(fonts_dir))
        words = WORDINGS[FRENCH]
        canvas = ArchivalCanvas((WIDTH, HEIGHT), REGULAR, words.tag, content.dated_at)
        pen, colours = Pen(canvas, (words,)), palette_of(Colours())
        entries = [entry_of(line, content.printed_name, INNER) for line in content.lines]
        top = draw_first_ground(pen, content, colours, is_specimen)
        pages = paginated(entries, top - LOWEST_FIRST, HIGHEST - LOWEST)
        for number, on_page in enumerate(pages, start=1):
            if number > 1:
                draw_ground(pen, colours, is_specimen)
            y = top if number == 1 else HIGHEST
            for entry in on_page:
                entry.draw(pen, colours, MARGIN, y)
                y -= entry.height
            if number == 1:
                draw_seal(pen, content, colours)
            draw_foot(pen, content, colours, number, len(pages), is_specimen)
            if number < len(pages):
                canvas.close_page()
        return canvas.finish(
            title=f"{TITLE} – {content.printed_name}",
            author=f"{content.issuer} – {content.issuer_parent}",
            subject=f"{TITLE}, état du {moment_of(content)}",
            keywords=f"passeport, certificats, {printed_code(content.public_code)}",
        )


def paginated(entries: Sequence[Entry], first_room: float, room: float) -> list[list[Entry]]:
    """The entries of each page, in order, one at least on each but the first."""
    pages, left = [[]], first_room
    for entry in entries:
        if entry.height > left:
            pages.append([])
            left = room
        pages[-1].append(entry)
        left -= entry.height
    return pages


def moment_of(content: PassportContent) -> str:
    return moment_in_words(timezone.localtime(content.dated_at))


def draw_ground(pen: Pen, colours, is_specimen: bool) -> None:
    """A band of tiles at the top, and the word across."""
    side = INNER / TILES
    with pen.canvas.artifact():
        if is_specimen:
            draw_across(pen.canvas, colours)
        for number in range(TILES):
            tile = motif.TILES[number % len(motif.TILES)]
            tile(pen.canvas, colours, MARGIN + number * side, HEIGHT - MARGIN - side + 10, side)


def draw_across(canvas, colours) -> None:
    canvas.saveState()
    canvas.translate(WIDTH / 2, HEIGHT / 2)
    canvas.rotate(52)
    canvas.setFillColor(palette.BLUSH)
    canvas.setStrokeColor(colours.accent)
    canvas.setLineWidth(0.35)
    draw_outlines(canvas, SPECIMEN, BOLD, 112, 0, -40)
    canvas.restoreState()


def draw_first_ground(pen: Pen, content: PassportContent, colours, is_specimen: bool) -> float:
    """All above the entries of the first page; gives the height they start from."""
    canvas, width = pen.canvas, INNER - QR_SIDE - 24
    draw_ground(pen, colours, is_specimen)
    top = HEIGHT - MARGIN - 30
    with canvas.artifact():
        motif.brand_mark(canvas, colours, MARGIN, top - 35, 33)
    pen.block("P", content.site_name, MARGIN + 43, top - 15, width - 43, (15, 13, 11, 9), BOLD, colours.main, 1)
    issuer = f"{content.issuer} · {content.issuer_parent}"
    pen.block("P", issuer, MARGIN + 43, top - 28, width - 43, (8.2, 7.4, 6.6), REGULAR, palette.MUTED, 2, leading=1.15)
    pen.line("H1", TITLE, MARGIN - 1, top - 76, 25, BOLD, colours.main)
    pen.line("P", "établi pour", MARGIN, top - 98, 10.5, REGULAR, palette.MUTED)
    y = pen.block("P", content.printed_name, MARGIN, top - 120, width, (18, 16, 14, 12, 10), BOLD, palette.INK, 2)
    right = WIDTH - MARGIN - QR_SIDE
    draw_code(pen, content, colours, right, top - QR_SIDE)
    count = len(content.lines)
    said = (
        f"Photographie du {moment_of(content)} : l’état, ce jour-là, "
        + ("de son seul document. " if count == 1 else f"de ses {count} documents. ")
        + "Ce passeport ne change plus ; pour l’état d’aujourd’hui, scannez le code ou contrôlez ce fichier à l’adresse "
        + f"{urlsplit(content.verification_url).netloc}/verifier."
    )
    y = pen.paragraph(said, MARGIN, min(y - 22, top - QR_SIDE - 52), INNER, 9.2)
    y = pen.paragraph(ORDER, MARGIN, y - 15, INNER, 8.2, REGULAR, palette.MUTED)
    return y - 18


def draw_code(pen: Pen, content: PassportContent, colours, x: float, y: float) -> None:
    """The code of the passport's page, what it spells, and a link."""
    canvas = pen.canvas
    description = f"Code QR : {content.verification_url}"
    with canvas.tagged("Figure", alt=description, box=(x, y, x + QR_SIDE, y + QR_SIDE)):
        canvas._code.append(qr_operators(content.verification_url, x, y, QR_SIDE))
    link = canvas.link_annotation(
        content.verification_url, "Page de vérification de ce passeport", (x, y - 30, x + QR_SIDE, y - 2)
    )
    with canvas.tagged("Link", annotation=link):
        pen.write("Scannez pour vérifier", x, y - 12, 8.2, BOLD, colours.main)
    pen.line("P", printed_code(content.public_code), x, y - 25, 9.5, BOLD, palette.INK)


def draw_seal(pen: Pen, content: PassportContent, colours) -> None:
    canvas, words, (x, y, _, top) = pen.canvas, pen.words, SEAL_BOX
    with canvas.artifact():
        canvas.setStrokeColor(colours.main)
        canvas.setLineWidth(0.8)
        canvas.setFillColor(palette.WHITE)
        canvas.rect(x, y, SEAL_WIDTH, SEAL_HEIGHT, stroke=1, fill=1)
        motif.diamonds_tile(canvas, colours, x, y, SEAL_HEIGHT)
    left, width = x + SEAL_HEIGHT + 9, SEAL_WIDTH - SEAL_HEIGHT - 14
    pen.line("P", words.seal, left, top - 16, 9.5, BOLD, colours.main)
    pen.block("P", content.issuer, left, top - 28, width, (7.4, 6.6, 6), REGULAR, palette.INK, 1)
    pen.block("P", words.how_to_check, left, top - 40, width, (7.4, 6.6, 6), REGULAR, palette.MUTED, 1)
    canvas.add_seal_field(signature_dictionary(canvas.pdf_date), f"{words.seal} : {content.issuer}", SEAL_BOX)


def draw_foot(pen: Pen, content: PassportContent, colours, number: int, count: int, is_specimen: bool) -> None:
    with pen.canvas.artifact():
        pen.canvas.setStrokeColor(palette.STITCH)
        pen.canvas.setLineWidth(1)
        pen.canvas.line(MARGIN, FOOT - 6, WIDTH - MARGIN, FOOT - 6)
    whose = f"{TITLE} de {content.printed_name}, {moment_of(content)}"
    pen.block("P", whose, MARGIN, FOOT - 18, INNER - 70, (8, 7.2, 6.4, 5.6), REGULAR, palette.MUTED, 1)
    pen.line("P", f"Page {number} sur {count}", WIDTH - MARGIN - 60, FOOT - 18, 8, REGULAR, palette.MUTED)
    if is_specimen:
        pen.line("P", f"{SPECIMEN} — {SPECIMEN_MEANING}", MARGIN, FOOT - 30, 7.8, BOLD, colours.accent)
