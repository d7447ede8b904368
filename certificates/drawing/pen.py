"""A pen that writes shaped lines on the tagged canvas, in the one or two languages of the document."""

from contextlib import nullcontext

from certificates.design import FRENCH
from certificates.drawing.archival import ArchivalCanvas
from certificates.drawing.fonts import REGULAR, ems, fitted, has_marks, shaped, wrapped
from certificates.drawing.palette import INK, MUTED
from certificates.drawing.wording import WORDINGS, Wording

BETWEEN = " / "


class Pen:
    """Texts in the main language are plain; those of a second one are marked, for who listens to the document."""

    def __init__(self, canvas: ArchivalCanvas, wordings: tuple[Wording, ...]):
        self.canvas = canvas
        self.wordings = wordings

    @property
    def words(self) -> Wording:
        """Those of the main language."""
        return self.wordings[0]

    @property
    def facts_tag(self) -> str:
        """The language of titles and names of competences, which are in French alone; "" where the document is too."""
        return "" if self.wordings[0] is WORDINGS[FRENCH] else WORDINGS[FRENCH].tag

    def said(self, name: str) -> list[str]:
        """One of the fixed words, in each language."""
        return [getattr(wording, name) for wording in self.wordings]

    def write(self, text: str, x: float, y: float, size: float, font: str = REGULAR, colour=INK, spacing: float = 0):
        """One line from x."""
        line = shaped(text, font, size)
        words = self.canvas.beginText(x, y)
        words.setFont(font, size)
        words.setFillColor(colour.rgb())  # none is transparent
        if spacing:
            words.setCharSpace(spacing)
        words.textLine(line)  # `textOut` would measure it
        if spacing:
            words.setCharSpace(0)
        with self.canvas.copied_as(line) if has_marks(line) else nullcontext():
            self.canvas.drawText(words)

    def line(self, tag: str, text: str, x: float, y: float, size: float, font: str = REGULAR, colour=INK, spacing=0):
        """One line that is one element."""
        with self.canvas.tagged(tag):
            self.write(text, x, y, size, font, colour, spacing)

    def in_line(self, texts, x, y, size, width, font=REGULAR, colour=INK):
        """A text and its translation one after the other, as small as they need be; inside an element."""
        size = min(size, width / sum(ems(f"{text}{BETWEEN}", font) for text in texts))
        for number, text in enumerate(texts):
            with self.canvas.said_in(self.wordings[number].tag) if number else nullcontext():
                part = f"{text} " if number == len(texts) - 1 else f"{text}{BETWEEN}"
                self.write(part, x, y, size, font, colour)
                x += ems(part, font) * size

    def block(self, tag, text, x, y, width, sizes, font=REGULAR, colour=INK, most_lines=2, leading=1.2, language=""):
        """A text as large as fits, one element however many lines; gives the height of its last line."""
        size, lines = fitted(text, font, sizes, width, most_lines)
        with self.canvas.tagged(tag), self.canvas.said_in(language) if language else nullcontext():
            for number, line in enumerate(lines):
                ending = "" if number == len(lines) - 1 else " "
                self.write(line + ending, x, y - number * size * leading, size, font, colour)
        return y - (len(lines) - 1) * size * leading

    def mixed(self, tag, parts, x, y, width, sizes):
        """One line of several languages, as large as fits: pairs of a text and the tag of its language, "" for the document's."""
        size, _ = fitted("".join(text for text, _language in parts), REGULAR, sizes, width, 1)
        with self.canvas.tagged(tag):
            for text, language in parts:
                with self.canvas.said_in(language) if language else nullcontext():
                    self.write(text, x, y, size)
                x += ems(text, REGULAR) * size

    def paragraph(self, text, x, y, width, size, font=REGULAR, colour=INK, leading=1.3, language=""):
        """A text of one size on as many lines as it takes; gives the height of its last line."""
        most = len(wrapped(text, font, size, width))
        return self.block("P", text, x, y, width, (size,), font, colour, most, leading, language)

    def paragraphs(self, texts, x, y, width, sizes, font=REGULAR, colour=INK, lowest=0.0):
        """A text and, smaller below it, its translation; gives the height of the last line.

        In the first of these sizes whose last line stands at `lowest` or above, in the last one when none does.
        """
        size = next((size for size in sizes if y - drop(texts, width, size, font) >= lowest), sizes[-1])
        y = self.paragraph(texts[0], x, y, width, size, font, colour)
        for wording, text in zip(self.wordings[1:], texts[1:], strict=True):
            y = self.paragraph(text, x, y - size * 1.35, width, size * 0.92, REGULAR, MUTED, language=wording.tag)
        return y


def drop(texts, width: float, size: float, font: str) -> float:
    """How far below its first line the last line of `Pen.paragraphs` stands."""
    lines = len(wrapped(texts[0], font, size, width)) - 1
    below = [
        1.35 * size + (len(wrapped(text, REGULAR, size * 0.92, width)) - 1) * size * 0.92 * 1.3 for text in texts[1:]
    ]
    return lines * size * 1.3 + sum(below)
