"""A pen that writes shaped lines on the tagged canvas."""

from contextlib import nullcontext

from certificates.drawing.archival import ArchivalCanvas
from certificates.drawing.fonts import REGULAR, fitted, has_marks, shaped, wrapped
from certificates.drawing.palette import INK


class Pen:
    def __init__(self, canvas: ArchivalCanvas):
        self.canvas = canvas

    def write(self, text: str, x: float, y: float, size: float, font: str = REGULAR, colour=INK, spacing: float = 0):
        """One line from x."""
        line = shaped(text, font, size)
        words = self.canvas.beginText(x, y)
        words.setFont(font, size)
        words.setFillColor(colour)
        if spacing:
            words.setCharSpace(spacing)
        words.textOut(line)
        if spacing:
            words.setCharSpace(0)
        with self.canvas.copied_as(line) if has_marks(line) else nullcontext():
            self.canvas.drawText(words)

    def line(self, tag: str, text: str, x: float, y: float, size: float, font: str = REGULAR, colour=INK, spacing=0):
        """One line that is one element."""
        with self.canvas.tagged(tag):
            self.write(text, x, y, size, font, colour, spacing)

    def block(self, tag, text, x, y, width, sizes, font=REGULAR, colour=INK, most_lines=2, leading=1.2):
        """A text as large as fits, one element however many lines; gives the height of its last line."""
        size, lines = fitted(text, font, sizes, width, most_lines)
        with self.canvas.tagged(tag):
            for number, line in enumerate(lines):
                ending = "" if number == len(lines) - 1 else " "
                self.write(line + ending, x, y - number * size * leading, size, font, colour)
        return y - (len(lines) - 1) * size * leading

    def paragraph(self, text, x, y, width, size, font=REGULAR, colour=INK, leading=1.3):
        """A text of one size on as many lines as it takes; gives the height of its last line."""
        return self.block("P", text, x, y, width, (size,), font, colour, len(wrapped(text, font, size, width)), leading)
