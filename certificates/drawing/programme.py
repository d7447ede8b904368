"""What a programme was made of: its courses, one a line, then the competences in a few lines; what does not fit is counted."""

from contextlib import nullcontext

from certificates.drawing import palette
from certificates.drawing.fonts import BOLD, REGULAR, ems, wrapped
from certificates.drawing.palette import Palette
from certificates.drawing.pen import Pen
from certificates.drawing.place import FOOT_TOP, LEFT, MAIN_WIDTH
from certificates.snapshot import CoursePart, Snapshot

MOST_PARTS = 8
LEVELS_ROOM = 38  # a heading and two lines, at least, are kept for the competences
LEVEL_SIZE, LEVEL_LEADING = 7.4, 1.25


def draw_programme(pen: Pen, snapshot: Snapshot, colours: Palette, below: float) -> None:
    """Between the title, which ends at `below`, and the foot."""
    shown = snapshot.parts[:MOST_PARTS]
    left_over = len(snapshot.parts) - len(shown)
    y = below - 20
    with pen.canvas.tagged("H2"):
        pen.in_line(pen.said("parts"), LEFT, y, 9.5, MAIN_WIDTH, BOLD, colours.main)
    room = y - FOOT_TOP - LEVELS_ROOM - 6
    step = min(16, room / (len(shown) + bool(left_over)))
    for number, part in enumerate(shown, start=1):
        y -= step
        draw_part(pen, part, number, y, min(9.2, step * 0.72))
    if left_over:
        y -= step
        words = pen.words.more_parts % {"count": left_over}
        pen.block("P", words, LEFT, y, MAIN_WIDTH, (min(8.4, step * 0.7),), REGULAR, palette.MUTED, 1)
    draw_levels(pen, snapshot, colours, y - 17)


def draw_part(pen: Pen, part: CoursePart, number: int, y: float, size: float) -> None:
    """Its title, cut where it is too long, then at the right its document and the day it was completed."""
    said = [part.number, pen.words.day(part.completed_on), part.assurance]
    facts = " · ".join(text for text in said if text)
    facts_left = LEFT + MAIN_WIDTH - ems(facts, REGULAR) * size
    with pen.canvas.tagged("P"):
        title = cut(f"{number}. {part.title}", BOLD, size, facts_left - LEFT - 10)
        with pen.canvas.said_in(pen.facts_tag) if pen.facts_tag else nullcontext():
            pen.write(f"{title} ", LEFT, y, size, BOLD, palette.INK)
        pen.write(facts, facts_left, y, size, REGULAR, palette.MUTED)


def cut(text: str, font: str, size: float, width: float) -> str:
    """The text, or as many of its words as fit and an ellipsis."""
    if ems(text, font) * size <= width:
        return text
    words = wrapped(text, font, size, width - ems("…", font) * size)[0]
    return f"{words}…"


def draw_levels(pen: Pen, snapshot: Snapshot, colours: Palette, y: float) -> None:
    """The levels attested, or the names of what was covered, as many as there is room for."""
    if snapshot.is_attestation:
        texts = list(snapshot.covered)
    else:
        texts = [f"{row.code} · {row.name} ({pen.words.level % {'level': row.level}})" for row in snapshot.competences]
    if not texts:
        return
    with pen.canvas.tagged("H2"):
        heading = pen.said("covered" if snapshot.is_attestation else "attested")
        pen.in_line(heading, LEFT, y, 9, MAIN_WIDTH, BOLD, colours.main)
    most_lines = max(1, int((y - 3 - FOOT_TOP - 4) // (LEVEL_SIZE * LEVEL_LEADING)))
    text = within(texts, pen.words.more, most_lines)
    pen.block("P", text, LEFT, y - 12, MAIN_WIDTH, (LEVEL_SIZE,), REGULAR, palette.INK, most_lines, LEVEL_LEADING)


def within(texts: list[str], more: str, most_lines: int) -> str:
    """As many as fit in so many lines, with how many are left out; one at least."""
    for count in range(len(texts), 0, -1):
        left_over = [more % {"count": len(texts) - count}] if count < len(texts) else []
        text = " ; ".join([*texts[:count], *left_over])
        if len(wrapped(text, REGULAR, LEVEL_SIZE, MAIN_WIDTH)) <= most_lines:
            break
    return text
