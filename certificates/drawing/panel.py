"""The panel at the right: number, dates, hours, what the document proves, and how to check it."""

from urllib.parse import urlsplit

from certificates.drawing import palette
from certificates.drawing.fonts import BOLD, REGULAR, fitted
from certificates.drawing.palette import Palette
from certificates.drawing.pen import Pen
from certificates.drawing.place import HEIGHT, MARGIN, PANEL_TEXT_LEFT, PANEL_TEXT_WIDTH, WIDTH
from certificates.drawing.qr import qr_operators
from certificates.rules import printed_code
from certificates.snapshot import Snapshot
from certificates.words import assessment_mode

QR_SIDE, QUIET = 110, 6.5
GUTTER = 10
HALF = (PANEL_TEXT_WIDTH - GUTTER) / 2
QR_TOP = MARGIN + 72 + QR_SIDE + 2 * QUIET
MODE_SIZES, MODE_HEIGHT = (8.2, 7.6, 7, 6.4), 74  # label included
MEANING_SIZES = (7.8, 7.2, 6.6, 6, 5.5)
LABEL_SIZE, VALUE_SIZES = 7.4, (9.5, 8.8, 8, 7.2)


def draw_panel(pen: Pen, snapshot: Snapshot, colours: Palette, code_text: str) -> None:
    bottom = draw_facts(pen, snapshot)
    draw_assurance(pen, snapshot, colours, bottom)
    draw_verification(pen, snapshot, colours, code_text)


def draw_facts(pen: Pen, snapshot: Snapshot) -> float:
    """Facts two by two, a long one alone; gives the height below them."""
    y = HEIGHT - MARGIN - 38
    y = draw_fact(pen, "number", [snapshot.number], PANEL_TEXT_LEFT, y, PANEL_TEXT_WIDTH, (13,)) - 19
    short = [("issued_on", in_each(pen, "day", snapshot.issued_on))]
    if snapshot.expires_on:
        short.append(("expires_on", in_each(pen, "day", snapshot.expires_on)))
    if snapshot.duration_minutes:
        short.append(("on_line", [pen.words.hours(snapshot.duration_minutes)]))
    if snapshot.in_person_minutes:
        short.append(("in_person", [pen.words.hours(snapshot.in_person_minutes)]))
    if not snapshot.is_of_programme:
        short.append(("version", [str(snapshot.content_version)]))
    for start in range(0, len(short), 2):
        pair = short[start : start + 2]
        lows = [
            draw_fact(pen, name, values, PANEL_TEXT_LEFT + side * (HALF + GUTTER), y, HALF)
            for side, (name, values) in enumerate(pair)
        ]
        y = min(lows) - 18
    modes = [assessment_mode(snapshot, wording.modes, wording.day) for wording in pen.wordings]
    with pen.canvas.tagged("P"):
        pen.in_line(pen.said("mode"), PANEL_TEXT_LEFT, y, LABEL_SIZE, PANEL_TEXT_WIDTH, REGULAR, palette.MUTED)
    return pen.paragraphs(modes, PANEL_TEXT_LEFT, y - 11.5, PANEL_TEXT_WIDTH, MODE_SIZES, BOLD, lowest=y - MODE_HEIGHT)


def in_each(pen: Pen, name: str, value) -> list[str]:
    """A value as each language writes it."""
    return [getattr(wording, name)(value) for wording in pen.wordings]


def draw_fact(pen: Pen, name: str, values: list[str], x: float, y: float, width: float, sizes=VALUE_SIZES) -> float:
    """A label and its value, with its translation below where it has one; gives the height of the last line."""
    with pen.canvas.tagged("P"):
        pen.in_line(pen.said(name), x, y, LABEL_SIZE, width, REGULAR, palette.MUTED)
        size, _ = fitted(values[0], BOLD, sizes, width, most_lines=1)
        y -= sizes[0] + 2.5
        pen.write(values[0], x, y, size, BOLD, palette.INK)
    for wording, value in zip(pen.wordings[1:], values[1:], strict=False):
        y -= 9
        pen.block("P", value, x, y, width, (7.4, 6.6), REGULAR, palette.MUTED, 1, language=wording.tag)
    return y


def draw_assurance(pen: Pen, snapshot: Snapshot, colours: Palette, below: float) -> None:
    """The level in a square, filled when a level of competence is proved; what it means in a sentence."""
    x, y, width = PANEL_TEXT_LEFT, below - 24, PANEL_TEXT_WIDTH
    with pen.canvas.artifact():
        pen.canvas.setStrokeColor(colours.main)
        pen.canvas.setLineWidth(1.2)
        pen.canvas.setFillColor(palette.WHITE if snapshot.is_attestation else colours.main)
        pen.canvas.rect(x + 0.6, y - 22, 29, 29, stroke=1, fill=1)
    colour = colours.main if snapshot.is_attestation else palette.WHITE
    pen.line("P", snapshot.assurance, x + 6, y - 12.5, 13.5, BOLD, colour)
    with pen.canvas.tagged("P"):
        pen.in_line(pen.said("assurance"), x + 38, y, LABEL_SIZE, width - 38, REGULAR, palette.MUTED)
    names = [wording.assurance_names[snapshot.proof] for wording in pen.wordings]
    bottom = pen.block("P", names[0], x + 38, y - 12, width - 38, (9.5, 8.5), BOLD, palette.INK, 2)
    meanings = [wording.assurance_meanings[snapshot.proof] for wording in pen.wordings]
    pen.paragraphs(meanings, x, min(bottom, y - 24) - 14, width, MEANING_SIZES, lowest=QR_TOP + 5)


def draw_verification(pen: Pen, snapshot: Snapshot, colours: Palette, code_text: str) -> None:
    x, y = PANEL_TEXT_LEFT, MARGIN + 72
    canvas = pen.canvas
    with canvas.artifact():
        canvas.setFillColor(palette.WHITE)
        canvas.rect(x, y, QR_SIDE + 2 * QUIET, QR_SIDE + 2 * QUIET, stroke=0, fill=1)
    corner = (x + QUIET, y + QUIET)
    box = (*corner, corner[0] + QR_SIDE, corner[1] + QR_SIDE)
    description = pen.words.qr_code % {"url": snapshot.verification_url}
    with canvas.tagged("Figure", alt=description, box=box):
        canvas._code.append(qr_operators(code_text, *corner, QR_SIDE))
    side = x + QR_SIDE + 2 * QUIET + 9
    pen.paragraphs(pen.said("scan"), side, y + QR_SIDE + 1, WIDTH - MARGIN - side - 6, (8.5,), BOLD, colours.main)
    address = f"{urlsplit(snapshot.verification_url).netloc}/verifier"
    link = canvas.link_annotation(
        snapshot.verification_url,
        pen.words.page_of % {"number": snapshot.number},
        (x, y - 30, x + PANEL_TEXT_WIDTH, y - 4),
    )
    with canvas.tagged("P"):
        pen.in_line(pen.said("type_code"), x, y - 13, 7.6, PANEL_TEXT_WIDTH, REGULAR, palette.MUTED)
    with canvas.tagged("Link", annotation=link):
        size, _ = fitted(address, BOLD, (10, 9, 8, 7), PANEL_TEXT_WIDTH, most_lines=1)
        pen.write(address, x, y - 26, size, BOLD, colours.second)
    pen.line("P", printed_code(snapshot.public_code), x, y - 43, 12.5, BOLD, palette.INK, spacing=0.8)
