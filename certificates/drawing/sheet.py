"""The certificate: A4 landscape, the person and the course on the left, what proves it on the right."""

from functools import lru_cache
from pathlib import Path
from threading import Lock
from urllib.parse import urlsplit

from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfgen.canvas import Canvas

from certificates.drawing import motif, palette
from certificates.drawing.archival import ArchivalCanvas
from certificates.drawing.fonts import BOLD, REGULAR, SEMIBOLD, fitted, register_fonts
from certificates.drawing.outlines import draw_outlines
from certificates.drawing.pen import Pen
from certificates.drawing.qr import qr_operators
from certificates.rules import printed_code
from certificates.sealing.document import signature_dictionary
from certificates.snapshot import Snapshot
from certificates.words import (
    ASSURANCE_MEANINGS,
    ASSURANCE_NAMES,
    SPECIMEN,
    SPECIMEN_MEANING,
    day_in_words,
    hours_in_words,
)

WIDTH, HEIGHT = landscape(A4)
MARGIN = 24
TILE_COUNT = 12
BAND = (HEIGHT - 2 * MARGIN) / TILE_COUNT
LEFT = MARGIN + BAND + 36
PANEL_LEFT, PANEL_WIDTH = 592, WIDTH - MARGIN - 592
PANEL_PADDING = 20
MAIN_WIDTH = PANEL_LEFT - LEFT - 30
QR_SIDE = 104
COMPETENCES_END = MARGIN + 100
LANGUAGE = "fr-BJ"
ONE_AT_A_TIME = Lock()  # reportlab’s fonts are shared by the threads of a worker, and not made for it


def draw_certificate(snapshot: Snapshot, fonts_dir: Path, is_specimen: bool) -> bytes:
    """The document, with the gap its seal will fill; the same arguments give the same bytes."""
    with ONE_AT_A_TIME:
        register_fonts(Path(fonts_dir))
        return draw_sheet(snapshot, is_specimen)


def draw_sheet(snapshot: Snapshot, is_specimen: bool) -> bytes:
    canvas = ArchivalCanvas((WIDTH, HEIGHT), REGULAR, LANGUAGE, snapshot.sealed_at)
    pen = Pen(canvas)
    with canvas.artifact():
        canvas._code.append(ground_operators(is_specimen))
    draw_heading(pen, snapshot)
    bottom = draw_person_and_course(pen, snapshot)
    draw_competences(pen, snapshot, bottom)
    draw_signatory(pen, snapshot)
    draw_facts(pen, snapshot)
    draw_assurance(pen, snapshot)
    draw_verification(pen, snapshot)
    if is_specimen:
        draw_specimen_notice(pen)
    return canvas.finish(
        title=f"Certificat {snapshot.number} – {snapshot.printed_name}",
        author=f"{snapshot.issuer} – {snapshot.issuer_parent}",
        subject=f"Certificat de réussite : {snapshot.course_title}",
        keywords=f"certificat, {snapshot.number}, {snapshot.course_code}",
    )


@lru_cache(maxsize=2)
def ground_operators(is_specimen: bool) -> str:
    """What is the same on every document, drawn once: band, edging, panel, watermark, and SPÉCIMEN where due."""
    canvas = Canvas(None, pagesize=(WIDTH, HEIGHT), initialFontName=REGULAR)
    first = len(canvas._code)
    canvas.saveState()
    draw_ground(canvas)
    if is_specimen:
        draw_specimen_across(canvas)
    canvas.restoreState()
    return "\n".join(canvas._code[first:])


def draw_ground(canvas: Canvas) -> None:
    """Band, edging, panel and watermark."""
    motif.watermark(canvas, LEFT + MAIN_WIDTH / 2, HEIGHT / 2, 232)
    canvas.setFillColor(palette.SAND)
    canvas.rect(PANEL_LEFT, MARGIN, PANEL_WIDTH, HEIGHT - 2 * MARGIN, stroke=0, fill=1)
    motif.tile_band(canvas, MARGIN, MARGIN, BAND, TILE_COUNT)
    edge = MARGIN + BAND
    motif.sawtooth(canvas, edge, MARGIN, WIDTH - MARGIN - edge, 7, 66)
    motif.sawtooth(canvas, edge, HEIGHT - MARGIN, WIDTH - MARGIN - edge, -7, 66)
    canvas.setStrokeColor(palette.INDIGO)
    canvas.setLineWidth(1.2)
    canvas.rect(MARGIN, MARGIN, WIDTH - 2 * MARGIN, HEIGHT - 2 * MARGIN, stroke=1, fill=0)


def draw_specimen_across(canvas: Canvas) -> None:
    """The word across the sheet, as shapes: it is not copied out among the words, the notice says it in words."""
    canvas.saveState()
    canvas.translate(LEFT + MAIN_WIDTH / 2 - 6, HEIGHT / 2 - 22)
    canvas.rotate(23)
    canvas.setFillColor(palette.BLUSH)
    canvas.setStrokeColor(palette.LATERITE)
    canvas.setLineWidth(0.35)
    draw_outlines(canvas, SPECIMEN, BOLD, 102, 0, -36)
    canvas.restoreState()


def draw_heading(pen: Pen, snapshot: Snapshot) -> None:
    top = HEIGHT - MARGIN - 58
    with pen.canvas.artifact():
        motif.brand_mark(pen.canvas, LEFT, top - 9, 33)
    pen.line("P", snapshot.site_name, LEFT + 43, top + 9, 15, BOLD, palette.INDIGO)
    pen.line("P", f"{snapshot.issuer} · {snapshot.issuer_parent}", LEFT + 43, top - 5, 8.2, REGULAR, palette.MUTED)
    pen.line("H1", "Certificat de réussite", LEFT - 1, top - 64, 33, BOLD, palette.INDIGO)
    pen.line("P", "décerné à", LEFT, top - 92, 11.5, REGULAR, palette.MUTED)


def draw_person_and_course(pen: Pen, snapshot: Snapshot) -> float:
    """Gives the height of the last line."""
    y = HEIGHT - MARGIN - 190
    sizes = (31, 28, 25, 22, 20)
    y = pen.block("P", snapshot.printed_name, LEFT, y, MAIN_WIDTH, sizes, BOLD, palette.INK, most_lines=1, leading=1.15)
    with pen.canvas.artifact():
        pen.canvas.setFillColor(palette.LATERITE)
        pen.canvas.rect(LEFT, y - 20, 58, 2.6, stroke=0, fill=1)
        motif.diamond(pen.canvas, palette.LATERITE, LEFT + 66, y - 18.7, 4.5)
    pen.line("P", "pour avoir suivi la formation et réussi son évaluation", LEFT, y - 44, 11.5, REGULAR, palette.MUTED)
    sizes = (20, 18, 16, 14, 12)
    return pen.block("P", snapshot.course_title, LEFT, y - 71, MAIN_WIDTH, sizes, SEMIBOLD, palette.LAGOON)


def draw_competences(pen: Pen, snapshot: Snapshot, below: float) -> None:
    """Each competence with its level, in squares and in words; the lines close up when there are many."""
    if not snapshot.competences:
        return
    y = min(HEIGHT - MARGIN - 326, below - 30)
    pen.line("H2", "Compétences attestées", LEFT, y, 9.5, BOLD, palette.INDIGO)
    step = min(17, (y - COMPETENCES_END) / len(snapshot.competences))
    size = min(9.6, step * 0.75)
    for row in snapshot.competences:
        y -= step
        with pen.canvas.artifact():
            motif.level_squares(pen.canvas, LEFT, y, size * 0.72, row.level)
        level = f"niveau {row.level} sur 5" + (f" ({row.level_name})" if row.level_name else "")
        pen.block(
            "P",
            f"{row.code} · {row.name} — {level}",
            LEFT + 56,
            y,
            MAIN_WIDTH - 56,
            (size, size * 0.9, 6.5),
            most_lines=1,
        )


def draw_signatory(pen: Pen, snapshot: Snapshot) -> None:
    y = MARGIN + 66
    pen.line("P", snapshot.signatory_name, LEFT, y, 11, SEMIBOLD, palette.INK)
    pen.paragraph(snapshot.signatory_title, LEFT, y - 14, 190, 8.5, REGULAR, palette.MUTED)
    box = (LEFT + 216, MARGIN + 34, LEFT + MAIN_WIDTH, MARGIN + 84)
    canvas = pen.canvas
    with canvas.artifact():
        canvas.setStrokeColor(palette.INDIGO)
        canvas.setLineWidth(0.8)
        canvas.rect(box[0], box[1], box[2] - box[0], box[3] - box[1], stroke=1, fill=0)
        motif.diamonds_tile(canvas, box[0], box[1], box[3] - box[1])
    x = box[0] + 60
    pen.line("P", "Cachet électronique", x, box[3] - 16, 9.5, BOLD, palette.INDIGO)
    pen.line("P", f"{snapshot.issuer}", x, box[3] - 28, 7.4, REGULAR, palette.INK)
    pen.line("P", "Contrôlable dans un lecteur PDF ou en ligne", x, box[3] - 39, 7.4, REGULAR, palette.MUTED)
    canvas.add_seal_field(signature_dictionary(canvas.pdf_date), f"Cachet électronique : {snapshot.issuer}", box)


def draw_facts(pen: Pen, snapshot: Snapshot) -> None:
    x, y = PANEL_LEFT + PANEL_PADDING, HEIGHT - MARGIN - 46
    facts = (
        ("Numéro", snapshot.number, 13),
        ("Délivré le", day_in_words(snapshot.issued_on), 11),
        ("Durée de la formation", hours_in_words(snapshot.duration_minutes), 11),
        ("Version du contenu", str(snapshot.content_version), 11),
    )
    for label, value, size in facts:
        with pen.canvas.tagged("P"):
            pen.write(f"{label} ", x, y, 7.6, REGULAR, palette.MUTED)
            pen.write(value, x, y - size - 3, size, SEMIBOLD, palette.INK)
        y -= size + 22


def draw_assurance(pen: Pen, snapshot: Snapshot) -> None:
    x, y = PANEL_LEFT + PANEL_PADDING, HEIGHT - MARGIN - 214
    width = PANEL_WIDTH - 2 * PANEL_PADDING
    with pen.canvas.artifact():
        motif.square(pen.canvas, palette.INDIGO, x, y - 22, 30)
    pen.line("P", snapshot.assurance, x + 6, y - 12.5, 13.5, BOLD, palette.WHITE)
    pen.line("P", "Niveau d’assurance", x + 38, y, 7.6, REGULAR, palette.MUTED)
    name = ASSURANCE_NAMES[snapshot.assurance]
    bottom = pen.block("P", name, x + 38, y - 12, width - 38, (9.5, 8.5), SEMIBOLD, palette.INK, 2)
    pen.paragraph(ASSURANCE_MEANINGS[snapshot.assurance], x, min(bottom, y - 24) - 15, width, 7.8, REGULAR, palette.INK)


def draw_verification(pen: Pen, snapshot: Snapshot) -> None:
    x, y = PANEL_LEFT + PANEL_PADDING, MARGIN + 76
    canvas = pen.canvas
    quiet = 9
    with canvas.artifact():
        canvas.setFillColor(palette.WHITE)
        canvas.rect(x, y, QR_SIDE + 2 * quiet, QR_SIDE + 2 * quiet, stroke=0, fill=1)
    corner = (x + quiet, y + quiet)
    box = (*corner, corner[0] + QR_SIDE, corner[1] + QR_SIDE)
    with canvas.tagged("Figure", alt=f"Code QR : {snapshot.verification_url}", box=box):
        canvas._code.append(qr_operators(snapshot.verification_url, *corner, QR_SIDE))
    side = x + QR_SIDE + 2 * quiet + 9
    pen.paragraph(
        "Scannez pour vérifier", side, y + QR_SIDE + 8, WIDTH - MARGIN - side - 6, 8.5, SEMIBOLD, palette.INDIGO
    )
    domain = urlsplit(snapshot.verification_url).netloc
    address = f"{domain}/verifier"
    link = canvas.link_annotation(
        snapshot.verification_url,
        f"Page de vérification du certificat {snapshot.number}",
        (x, y - 30, x + PANEL_WIDTH - 2 * PANEL_PADDING, y - 4),
    )
    pen.line("P", "ou tapez le code à l’adresse", x, y - 13, 7.6, REGULAR, palette.MUTED)
    with canvas.tagged("Link", annotation=link):
        size, _ = fitted(address, BOLD, (10, 9, 8, 7), PANEL_WIDTH - 2 * PANEL_PADDING, most_lines=1)
        pen.write(address, x, y - 26, size, BOLD, palette.LAGOON)
    pen.line("P", printed_code(snapshot.public_code), x, y - 43, 12.5, BOLD, palette.INK, spacing=0.8)


def draw_specimen_notice(pen: Pen) -> None:
    pen.block(
        "P", f"{SPECIMEN} — {SPECIMEN_MEANING}", LEFT, MARGIN + 15, MAIN_WIDTH, (7.8, 7), SEMIBOLD, palette.LATERITE, 1
    )
