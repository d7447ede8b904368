"""What is the same on every document of a design, drawn once: band, edging, panel, watermark, and a word across."""

from functools import lru_cache

from reportlab.pdfgen.canvas import Canvas

from certificates.design import Colours
from certificates.drawing import motif, palette
from certificates.drawing.fonts import BOLD, REGULAR
from certificates.drawing.outlines import draw_outlines, outlines_width
from certificates.drawing.place import (
    BAND,
    HEIGHT,
    LEFT,
    MAIN_WIDTH,
    MARGIN,
    PANEL_LEFT,
    PANEL_WIDTH,
    SEAL_BOX,
    SEAL_HEIGHT,
    SEAL_WIDTH,
    TILE_COUNT,
    WIDTH,
)

ACROSS_WIDTH = 500


@lru_cache(maxsize=16)
def ground_operators(colours: Colours, word_across: str, has_mark: bool) -> str:
    """The operators; `word_across` is SPÉCIMEN, APERÇU… or nothing; `has_mark`: the platform's, where no logo is."""
    canvas = Canvas(None, pagesize=(WIDTH, HEIGHT), initialFontName=REGULAR)
    first = len(canvas._code)
    canvas.saveState()
    draw_ground(canvas, palette.palette_of(colours))
    if word_across:
        draw_across(canvas, word_across, palette.palette_of(colours))
    draw_seal_frame(canvas, palette.palette_of(colours))
    if has_mark:
        motif.brand_mark(canvas, palette.palette_of(colours), LEFT, HEIGHT - MARGIN - 67, 33)
    canvas.restoreState()
    return "\n".join(canvas._code[first:])


def draw_ground(canvas: Canvas, colours: palette.Palette) -> None:
    """Band, edging, panel and watermark."""
    motif.watermark(canvas, LEFT + MAIN_WIDTH / 2, HEIGHT / 2, 232)
    canvas.setFillColor(colours.ground)
    canvas.rect(PANEL_LEFT, MARGIN, PANEL_WIDTH, HEIGHT - 2 * MARGIN, stroke=0, fill=1)
    motif.tile_band(canvas, colours, MARGIN, MARGIN, BAND, TILE_COUNT)
    edge = MARGIN + BAND
    motif.sawtooth(canvas, colours, edge, MARGIN, WIDTH - MARGIN - edge, 7, 66)
    motif.sawtooth(canvas, colours, edge, HEIGHT - MARGIN, WIDTH - MARGIN - edge, -7, 66)
    canvas.setStrokeColor(colours.main)
    canvas.setLineWidth(1.2)
    canvas.rect(MARGIN, MARGIN, WIDTH - 2 * MARGIN, HEIGHT - 2 * MARGIN, stroke=1, fill=0)


def draw_seal_frame(canvas: Canvas, colours: palette.Palette) -> None:
    canvas.setStrokeColor(colours.main)
    canvas.setLineWidth(0.8)
    canvas.setFillColor(palette.WHITE)
    canvas.rect(*SEAL_BOX[:2], SEAL_WIDTH, SEAL_HEIGHT, stroke=1, fill=1)
    motif.diamonds_tile(canvas, colours, *SEAL_BOX[:2], SEAL_HEIGHT)


def draw_across(canvas: Canvas, word: str, colours: palette.Palette) -> None:
    """The word across the sheet, as shapes: it is not copied out among the words, the notice says it in words."""
    canvas.saveState()
    canvas.translate(LEFT + MAIN_WIDTH / 2 - 6, HEIGHT / 2 - 22)
    canvas.rotate(23)
    canvas.setFillColor(palette.BLUSH)
    canvas.setStrokeColor(colours.accent)
    canvas.setLineWidth(0.35)
    size = min(120, 102 * ACROSS_WIDTH / outlines_width(word, BOLD, 102))
    draw_outlines(canvas, word, BOLD, size, 0, -36)
    canvas.restoreState()
