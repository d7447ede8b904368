"""The motif: a band of cut-cloth tiles, after the geometry of appliqué hangings, and the edging that answers it."""

from reportlab.pdfgen.canvas import Canvas

from certificates.drawing.palette import OCHRE, STITCH, WHITE, Palette


def polygon(canvas: Canvas, colour, points) -> None:
    canvas.setFillColor(colour)
    path = canvas.beginPath()
    path.moveTo(*points[0])
    for point in points[1:]:
        path.lineTo(*point)
    path.close()
    canvas.drawPath(path, stroke=0, fill=1)


def square(canvas: Canvas, colour, x: float, y: float, side: float) -> None:
    canvas.setFillColor(colour)
    canvas.rect(x, y, side, side, stroke=0, fill=1)


def diamond(canvas: Canvas, colour, x: float, y: float, radius: float) -> None:
    """A diamond whose centre is at x, y."""
    polygon(canvas, colour, [(x, y + radius), (x + radius, y), (x, y - radius), (x - radius, y)])


def diamonds_tile(canvas: Canvas, colours: Palette, x: float, y: float, side: float) -> None:
    """Nested diamonds: one thing inside another, as a level inside a competence."""
    square(canvas, colours.main, x, y, side)
    centre = x + side / 2, y + side / 2
    for colour, share in ((OCHRE, 0.46), (colours.accent, 0.36), (colours.ground, 0.2), (colours.main, 0.1)):
        diamond(canvas, colour, *centre, side * share)


def hourglass_tile(canvas: Canvas, colours: Palette, x: float, y: float, side: float) -> None:
    """Four triangles that meet: two dark, two light."""
    square(canvas, colours.ground, x, y, side)
    centre = x + side / 2, y + side / 2
    polygon(canvas, colours.second, [(x, y), (x + side, y), centre])
    polygon(canvas, colours.second, [(x, y + side), (x + side, y + side), centre])
    inner = side * 0.15
    diamond(canvas, colours.main, x + inner, centre[1], inner * 0.7)
    diamond(canvas, colours.main, x + side - inner, centre[1], inner * 0.7)


def steps_tile(canvas: Canvas, colours: Palette, x: float, y: float, side: float) -> None:
    """Chevrons that climb."""
    square(canvas, colours.accent, x, y, side)
    thickness = side / 8
    for number in range(3):
        low = y + side * (0.1 + number * 0.28)
        tip = low + side * 0.24
        polygon(
            canvas,
            colours.ground,
            [
                (x, low), (x + side / 2, tip), (x + side, low),
                (x + side, low + thickness), (x + side / 2, tip + thickness), (x, low + thickness),
            ],
        )  # fmt: skip


def brand_mark(canvas: Canvas, colours: Palette, x: float, y: float, side: float) -> None:
    """The platform’s mark: a doorway and a sun sewn on a patch of indigo."""
    unit = side / 48
    canvas.setFillColor(colours.main)
    canvas.roundRect(x, y, side, side, 9 * unit, stroke=0, fill=1)
    for colour, points in (
        (colours.ground, ((8, 8), (24, 36), (40, 8))),
        (colours.accent, ((16, 8), (24, 22), (32, 8))),
    ):
        polygon(canvas, colour, [(x + left * unit, y + up * unit) for left, up in points])
    canvas.setFillColor(OCHRE)
    canvas.circle(x + 24 * unit, y + 36 * unit, 5.5 * unit, stroke=0, fill=1)


TILES = (diamonds_tile, hourglass_tile, steps_tile, hourglass_tile)


def tile_band(canvas: Canvas, colours: Palette, x: float, y: float, width: float, count: int) -> None:
    """A column of square tiles, from the bottom up."""
    for number in range(count):
        TILES[number % len(TILES)](canvas, colours, x, y + number * width, width)


def sawtooth(canvas: Canvas, colours: Palette, x: float, y: float, width: float, height: float, count: int) -> None:
    """A row of triangles standing on y (hanging from it when the height is negative)."""
    step = width / count
    for number in range(count):
        left = x + number * step
        colour = colours.accent if number % 6 == 3 else colours.main
        polygon(canvas, colour, [(left, y), (left + step, y), (left + step / 2, y + height)])


def watermark(canvas: Canvas, x: float, y: float, radius: float) -> None:
    """Nested diamonds in outline, pale enough to be written over."""
    canvas.setStrokeColor(STITCH)
    canvas.setLineWidth(0.5)
    for number in range(1, 9):
        reach = radius * number / 8
        path = canvas.beginPath()
        path.moveTo(x, y + reach)
        for point in ((x + reach, y), (x, y - reach), (x - reach, y)):
            path.lineTo(*point)
        path.close()
        canvas.drawPath(path, stroke=1, fill=0)


def level_squares(
    canvas: Canvas, colours: Palette, x: float, y: float, side: float, level: int, highest: int = 5
) -> None:
    """As many squares as there are levels, those held filled; readable without colour."""
    canvas.setLineWidth(0.7)
    canvas.setStrokeColor(colours.main)
    for colour, numbers in ((colours.main, range(level)), (WHITE, range(level, highest))):
        canvas.setFillColor(colour)
        squares = [f"{x + number * side * 1.3:.2f} {y:.2f} {side:.2f} {side:.2f} re" for number in numbers]
        if squares:
            canvas._code.append(" ".join([*squares, "B"]))
