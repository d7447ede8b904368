"""One document in the passport: measured before it is drawn, so that no entry is cut by the end of a page."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from certificates.drawing import motif, palette
from certificates.drawing.fonts import BOLD, REGULAR, ems, fitted, wrapped
from certificates.drawing.palette import Palette
from certificates.drawing.pen import Pen
from certificates.passports.content import PassportLine
from certificates.rules import STATE_WORDS
from certificates.words import ASSURANCE_NAMES, day_in_words

STATE_WIDTH, STATE_HEIGHT = 74, 17
SIZE, TITLE_SIZES = 8.6, (12.5, 11.5, 10.5, 9.5)
LEADING = 1.35
PADDING = 10
SQUARES = 46  # the room of the squares of a level


@dataclass(frozen=True)
class Paragraph:
    """Lines of one size; with a `level` (1 to 5), preceded by its squares."""

    lines: tuple[str, ...]
    colour: object = palette.INK
    level: int = 0

    @property
    def height(self) -> float:
        return len(self.lines) * SIZE * LEADING


@dataclass(frozen=True)
class Entry:
    """What is written of a document, ready to be drawn `width` points wide."""

    line: PassportLine
    width: float
    title_size: float
    title: tuple[str, ...]
    paragraphs: tuple[Paragraph, ...]

    @property
    def height(self) -> float:
        title = len(self.title) * self.title_size * 1.2
        return PADDING + title + sum(each.height for each in self.paragraphs) + SIZE * LEADING + PADDING

    def draw(self, pen: Pen, colours: Palette, x: float, top: float) -> None:
        """From the height `top` down."""
        canvas = pen.canvas
        with canvas.artifact():
            canvas.setStrokeColor(palette.STITCH)
            canvas.setLineWidth(0.8)
            canvas.line(x, top, x + self.width, top)
        y = top - PADDING - self.title_size * 0.8
        with canvas.tagged("H2"):
            for number, text in enumerate(self.title):
                ending = "" if number == len(self.title) - 1 else " "
                pen.write(text + ending, x, y - number * self.title_size * 1.2, self.title_size, BOLD, colours.second)
        draw_state(pen, colours, self.line.state, x + self.width - STATE_WIDTH, top - PADDING - STATE_HEIGHT + 4)
        y = top - PADDING - len(self.title) * self.title_size * 1.2
        for paragraph in self.paragraphs:
            draw_paragraph(pen, colours, paragraph, x, y - SIZE)
            y -= paragraph.height
        draw_address(pen, colours, self.line, x, y - SIZE)


def entry_of(line: PassportLine, printed_name: str, width: float) -> Entry:
    """`printed_name` is that of the passport: a document that prints another says so."""
    size, title = fitted(line.course_title, BOLD, TITLE_SIZES, width - STATE_WIDTH - 14, most_lines=2)
    texts = [(described(line), palette.INK, 0)]
    if line.printed_name != printed_name:
        texts.append((f"Nom imprimé sur ce document : {line.printed_name}", palette.INK, 0))
    texts.append(
        (f"Niveau d’assurance {line.assurance}, {ASSURANCE_NAMES[line.proof or line.assurance]}", palette.MUTED, 0)
    )
    if line.parts:
        texts.append((f"Parcours de formations : {' ; '.join(line.parts)}", palette.INK, 0))
    for row in line.competences:
        level = f"niveau {row.level} sur 5" + (f" ({row.level_name})" if row.level_name else "")
        texts.append((f"{row.code} · {row.name} — {level}", palette.INK, row.level))
    if line.covered:
        covered = " ; ".join(line.covered)
        texts.append((f"Compétences abordées, sans niveau attesté : {covered}", palette.INK, 0))
    paragraphs = tuple(
        Paragraph(tuple(wrapped(text, REGULAR, SIZE, width - (SQUARES if level else 0))), colour, level)
        for text, colour, level in texts
    )
    return Entry(line, width, size, tuple(title), paragraphs)


def described(line: PassportLine) -> str:
    kind = "Attestation de suivi" if line.is_attestation else "Certificat"
    given = "délivrée" if line.is_attestation else "délivré"
    said = f"{kind} {line.number}, {given} le {day_in_words(line.issued_on)}"
    return said + (f", valable jusqu’au {day_in_words(line.expires_on)}" if line.expires_on else "")


def draw_state(pen: Pen, colours: Palette, state: str, x: float, y: float) -> None:
    """In a box, filled when the document is valid; told by its word, not by its colour."""
    word, is_valid = str(STATE_WORDS[state]).capitalize(), state == "valid"
    with pen.canvas.artifact():
        pen.canvas.setStrokeColor(colours.main)
        pen.canvas.setLineWidth(0.9)
        pen.canvas.setFillColor(colours.main if is_valid else palette.WHITE)
        pen.canvas.rect(x, y, STATE_WIDTH, STATE_HEIGHT, stroke=1, fill=1)
    left = x + (STATE_WIDTH - ems(word, BOLD) * 9) / 2
    pen.line("P", word, left, y + 5.3, 9, BOLD, palette.WHITE if is_valid else palette.INK)


def draw_paragraph(pen: Pen, colours: Palette, paragraph: Paragraph, x: float, y: float) -> None:
    if paragraph.level:
        with pen.canvas.artifact():
            motif.level_squares(pen.canvas, colours, x, y, SIZE * 0.72, paragraph.level)
        x += SQUARES
    with pen.canvas.tagged("P"):
        for number, text in enumerate(paragraph.lines):
            ending = "" if number == len(paragraph.lines) - 1 else " "
            pen.write(text + ending, x, y - number * SIZE * LEADING, SIZE, REGULAR, paragraph.colour)


def draw_address(pen: Pen, colours: Palette, line: PassportLine, x: float, y: float) -> None:
    parts = urlsplit(line.address)
    shown = f"{parts.netloc}{parts.path}"
    wide = ems(shown, BOLD) * SIZE
    link = pen.canvas.link_annotation(
        line.address, f"Page de vérification du document {line.number}", (x, y - 3, x + wide, y + SIZE)
    )
    with pen.canvas.tagged("Link", annotation=link):
        pen.write(shown, x, y, SIZE, BOLD, colours.second)
