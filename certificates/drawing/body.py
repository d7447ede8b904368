"""The main part of the sheet: who, what course, which competences, who answers for it."""

from certificates.design import DesignContent, Logo
from certificates.drawing import motif, palette
from certificates.drawing.fonts import BOLD, REGULAR, fitted
from certificates.drawing.palette import Palette, palette_of
from certificates.drawing.pen import Pen
from certificates.drawing.place import (
    FOOT_TOP,
    HEIGHT,
    LEFT,
    MAIN_WIDTH,
    MARGIN,
    SEAL_BOX,
    SEAL_HEIGHT,
    SEAL_WIDTH,
)
from certificates.drawing.programme import draw_programme
from certificates.sealing.document import signature_dictionary
from certificates.snapshot import Snapshot

LOGO_HEIGHT, LOGO_WIDTH = 36, 92  # the most a logo takes
NAME_SIZES = (31, 28, 25, 22, 20)
LONG_NAME_SIZES = (20, 18, 16, 14, 12, 10)
TITLE_SIZES = (20, 18, 16, 14, 12)
LONG_TITLE_SIZES = (12, 11, 10, 9)


def draw_body(pen: Pen, snapshot: Snapshot, design: DesignContent, can_be_sealed: bool) -> None:
    colours = palette_of(design.colours)
    draw_heading(pen, snapshot, design, colours)
    y = draw_title(pen, design, colours)
    y = draw_person_and_course(pen, snapshot, design, colours, y)
    if snapshot.is_of_programme:
        draw_programme(pen, snapshot, colours, y)
    else:
        draw_competences(pen, snapshot, colours, y)
    draw_statement(pen, design)
    draw_signatories(pen, snapshot)
    draw_seal(pen, snapshot, colours, can_be_sealed)


def draw_heading(pen: Pen, snapshot: Snapshot, design: DesignContent, colours: Palette) -> None:
    """Who issues; the logos of the design take the place of the platform's mark and stand at the right."""
    top, x = HEIGHT - MARGIN - 58, LEFT
    first, others = (design.logos[0], design.logos[1:]) if design.logos else (None, ())
    if first:
        x += draw_logo(pen, first, LEFT, top - 11) + 10
    else:
        x += 43  # the platform's mark, on the ground
    right = LEFT + MAIN_WIDTH
    for logo in reversed(others):
        width, _ = logo_size(logo)
        right -= width
        draw_logo(pen, logo, right, top - 11)
        right -= 12
    width = right - x
    y = top + 9
    if design.texts[0].header:
        headers = [text.header for text in design.texts if text.header]
        with pen.canvas.tagged("P"):
            pen.in_line(headers, x, top + 21, 7.6, width, BOLD, palette.INK)
        y = top + 6
    pen.block("P", snapshot.site_name, x, y, width, (15, 13, 11, 9), BOLD, colours.main, 1)
    issuer = f"{snapshot.issuer} · {snapshot.issuer_parent}"
    pen.block("P", issuer, x, y - 13, width, (8.2, 7.4, 6.6), REGULAR, palette.MUTED, 2, leading=1.15)


def logo_size(logo: Logo) -> tuple[float, float]:
    """In points, as large as its place allows."""
    scale = min(LOGO_HEIGHT / logo.height, LOGO_WIDTH / logo.width)
    return logo.width * scale, logo.height * scale


def draw_logo(pen: Pen, logo: Logo, x: float, y: float) -> float:
    """Gives its width."""
    width, height = logo_size(logo)
    y += (LOGO_HEIGHT - height) / 2
    scale = width / logo.width
    with pen.canvas.tagged("Figure", alt=logo.alt, box=(x, y, x + width, y + height)):
        pen.canvas._code.append(f"q {scale:.5f} 0 0 {scale:.5f} {x:.2f} {y:.2f} cm\n{logo.operators}\nQ")
    return width


def draw_title(pen: Pen, design: DesignContent, colours: Palette) -> float:
    """The name of the document, and the words that lead to the person's; gives the height of the last line."""
    y = HEIGHT - MARGIN - 120
    pen.block("H1", design.texts[0].title, LEFT - 1, y, MAIN_WIDTH, (33, 29, 25, 21, 17), BOLD, colours.main, 1)
    for wording, text in zip(pen.wordings[1:], design.texts[1:], strict=True):
        y -= 21
        pen.block("P", text.title, LEFT, y, MAIN_WIDTH, (14, 12), REGULAR, palette.MUTED, 1, language=wording.tag)
    y -= 26
    with pen.canvas.tagged("P"):
        pen.in_line([text.given_to for text in design.texts], LEFT, y, 11.5, MAIN_WIDTH, REGULAR, palette.MUTED)
    return y


def draw_person_and_course(pen: Pen, snapshot, design: DesignContent, colours: Palette, y: float) -> float:
    """Gives the height of the last line."""
    size, lines = fitted(snapshot.printed_name, BOLD, NAME_SIZES, MAIN_WIDTH, most_lines=1)
    sizes, most = ((size,), 1) if len(lines) == 1 else (LONG_NAME_SIZES, 2)
    first_size, _ = fitted(snapshot.printed_name, BOLD, sizes, MAIN_WIDTH, most)
    y -= 12 + first_size
    y = pen.block("P", snapshot.printed_name, LEFT, y, MAIN_WIDTH, sizes, BOLD, palette.INK, most, leading=1.3)
    with pen.canvas.artifact():
        pen.canvas.setFillColor(colours.accent)
        pen.canvas.rect(LEFT, y - 18, 58, 2.6, stroke=0, fill=1)
        motif.diamond(pen.canvas, colours.accent, LEFT + 66, y - 16.7, 4.5)
    y -= 39
    purposes = pen.said("programme_purpose") if snapshot.is_of_programme else [text.purpose for text in design.texts]
    pen.block("P", purposes[0], LEFT, y, MAIN_WIDTH, (11.5, 10.5, 9.5, 8.5), REGULAR, palette.MUTED, 1)
    for wording, purpose in zip(pen.wordings[1:], purposes[1:], strict=True):
        y -= 12
        pen.block("P", purpose, LEFT, y, MAIN_WIDTH, (8.8, 8), REGULAR, palette.MUTED, 1, language=wording.tag)
    size, lines = fitted(snapshot.course_title, BOLD, TITLE_SIZES, MAIN_WIDTH, most_lines=2)
    sizes, most = ((size,), 2) if len(lines) <= 2 else (LONG_TITLE_SIZES, 3)
    language = pen.facts_tag
    return pen.block(
        "P", snapshot.course_title, LEFT, y - 9 - size, MAIN_WIDTH, sizes, BOLD, colours.second, most, language=language
    )


def draw_competences(pen: Pen, snapshot: Snapshot, colours: Palette, below: float) -> None:
    """Each competence with its level, in squares and in words, or by name when none is attested."""
    rows = snapshot.competences if not snapshot.is_attestation else snapshot.covered
    if not rows:
        return
    y = below - max(20, min(34, (below - FOOT_TOP - 17 * len(rows)) / 2))
    with pen.canvas.tagged("H2"):
        heading = pen.said("covered" if snapshot.is_attestation else "attested")
        pen.in_line(heading, LEFT, y, 9.5, MAIN_WIDTH, BOLD, colours.main)
    step = min(17, (y - FOOT_TOP - 6) / len(rows))
    size = min(9.6, step * 0.75)
    for row in rows:
        y -= step
        with pen.canvas.artifact():
            if snapshot.is_attestation:
                motif.diamond(pen.canvas, colours.accent, LEFT + 4, y + size * 0.36, size * 0.26)
            else:
                motif.level_squares(pen.canvas, colours, LEFT, y, size * 0.72, row.level)
        x = LEFT + (14 if snapshot.is_attestation else 56)
        parts = [(row, pen.facts_tag)] if snapshot.is_attestation else competence_in_words(pen, row)
        pen.mixed("P", parts, x, y, LEFT + MAIN_WIDTH - x, (size, size * 0.9, size * 0.8, size * 0.7, 5))


def competence_in_words(pen: Pen, row) -> list[tuple[str, str]]:
    """Each part with the tag of its language: competences and levels have their names in French alone."""
    name, level = f"{row.code} · {row.name}", pen.words.level % {"level": row.level}
    level_name = f" ({row.level_name})" if row.level_name else ""
    if not pen.facts_tag:
        return [(f"{name} — {level}{level_name}", "")]
    named = [(level_name, pen.facts_tag)] if level_name else []
    return [(name, pen.facts_tag), (f" — {level}", ""), *named]


def draw_statement(pen: Pen, design: DesignContent) -> None:
    """A sentence above the signatories, such as the text of law the document stands on."""
    statements = [text.statement for text in design.texts if text.statement]
    if statements:
        with pen.canvas.tagged("P"):
            pen.in_line(statements, LEFT, FOOT_TOP - 4, 7.4, MAIN_WIDTH, REGULAR, palette.MUTED)


def draw_signatories(pen: Pen, snapshot: Snapshot) -> None:
    """One or two, side by side, left of the seal."""
    people = snapshot.signed_by
    width = (MAIN_WIDTH - SEAL_WIDTH - 12) / len(people)
    y = MARGIN + 70
    for number, person in enumerate(people):
        x = LEFT + number * width
        sizes = (11, 10, 9, 8) if len(people) == 1 else (8.5, 7.6, 6.8)
        low = pen.block("P", person.name, x, y, width - 10, sizes, BOLD, palette.INK, 2, leading=1.15)
        sizes = (8.5, 7.6, 6.8, 6) if len(people) == 1 else (7, 6.2, 5.6)
        pen.block("P", person.title, x, low - 12, width - 10, sizes, REGULAR, palette.MUTED, 3, leading=1.2)


def draw_seal(pen: Pen, snapshot: Snapshot, colours: Palette, can_be_sealed: bool) -> None:
    box, canvas = SEAL_BOX, pen.canvas
    x, width = box[0] + SEAL_HEIGHT + 9, SEAL_WIDTH - SEAL_HEIGHT - 14
    with canvas.tagged("P"):
        pen.in_line(pen.said("seal"), x, box[3] - 16, 9.5, width, BOLD, colours.main)
    pen.block("P", snapshot.issuer, x, box[3] - 28, width, (7.4, 6.6, 6), REGULAR, palette.INK, 1)
    with canvas.tagged("P"):
        texts = pen.said("how_to_check" if can_be_sealed else "seal_goes_here")
        pen.in_line(texts[:1], x, box[3] - 40, 7.4, width, REGULAR, palette.MUTED)
    if can_be_sealed:
        description = f"{pen.words.seal} : {snapshot.issuer}"
        canvas.add_seal_field(signature_dictionary(canvas.pdf_date), description, box)
