"""Words drawn as shapes, so that they are seen but not read among the text."""

import uharfbuzz
from fontTools.pens.basePen import BasePen
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas


class PathPen(BasePen):
    """Follows the outline of glyphs into a reportlab path, scaled and moved."""

    def __init__(self, path, scale: float, x: float, y: float):
        super().__init__(None)
        self.path, self.scale, self.x, self.y = path, scale, x, y

    def placed(self, *points):
        return [part for px, py in points for part in (self.x + px * self.scale, self.y + py * self.scale)]

    def _moveTo(self, point):
        self.path.moveTo(*self.placed(point))

    def _lineTo(self, point):
        self.path.lineTo(*self.placed(point))

    def _curveToOne(self, first, second, end):
        self.path.curveTo(*self.placed(first, second, end))

    def _closePath(self):
        self.path.close()


def shaped_outlines(text: str, font_name: str):
    """The font, and the text shaped in it."""
    face = uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(pdfmetrics.getFont(font_name).face.filename)))
    buffer = uharfbuzz.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    font = uharfbuzz.Font(face)
    uharfbuzz.shape(font, buffer)
    return face, font, buffer


def outlines_width(text: str, font_name: str, size: float) -> float:
    face, _, buffer = shaped_outlines(text, font_name)
    return sum(place.x_advance for place in buffer.glyph_positions) * size / face.upem


def draw_outlines(canvas: Canvas, text: str, font_name: str, size: float, x: float, y: float) -> None:
    """The text centred on x, filled and stroked in the colours of the canvas."""
    face, font, buffer = shaped_outlines(text, font_name)
    scale = size / face.upem
    pen_x = x - sum(place.x_advance for place in buffer.glyph_positions) * scale / 2
    for glyph, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        path = canvas.beginPath()
        font.draw_glyph_with_pen(glyph.codepoint, PathPen(path, scale, pen_x, y))
        canvas.drawPath(path, stroke=1, fill=1)
        pen_x += place.x_advance * scale
