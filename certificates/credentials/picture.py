"""The picture of a badge, the same in SVG and in PNG, with the credential inside (Open Badges 3.0, 5.3: baked badges)."""

import io
import math
import textwrap
from html import escape
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, PngImagePlugin

SIDE = 600
INDIGO, SAND, LATERITE, WHITE = "#1a2350", "#f6efe2", "#b5472b", "#ffffff"
NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"
KEYWORD = "openbadgecredential"
FONTS = {True: "700Bold/NotoSans_700Bold.ttf", False: "400Regular/NotoSans_400Regular.ttf"}
SMOOTH = 2  # drawn larger, then reduced
TITLE_LINES, TITLE_SIGNS = 4, 20


def octagon(radius: float) -> list[tuple[float, float]]:
    centre = SIDE / 2
    angles = [math.radians(22.5 + 45 * step) for step in range(8)]
    return [(centre + radius * math.cos(angle), centre + radius * math.sin(angle)) for angle in angles]


def squares(level: int) -> list[tuple[list[tuple[float, float]], bool]]:
    """Four small diamonds, as many filled as the assurance level says."""
    places = [SIDE / 2 + (step - 1.5) * 44 for step in range(4)]
    return [([(x, 448), (x + 15, 463), (x, 478), (x - 15, 463)], step < level) for step, x in enumerate(places)]


def lines_of(title: str, issuer: str, assurance: str) -> list[tuple[str, float, int, str, bool]]:
    """Text, height of its line, size, colour, bold: in the middle of the badge."""
    wrapped = textwrap.wrap(title, TITLE_SIGNS, max_lines=TITLE_LINES, placeholder=" …")
    top = 300 - (len(wrapped) - 1) * 22
    title_lines = [(line, top + 44 * row, 36, INDIGO, True) for row, line in enumerate(wrapped)]
    return [
        (textwrap.shorten(issuer, 34, placeholder=" …"), 176, 20, LATERITE, True),
        *title_lines,
        (f"Niveau d’assurance {assurance}", 426, 20, INDIGO, False),
    ]


def shapes(assurance: str) -> list[tuple[list[tuple[float, float]], str, str]]:
    """Corners, ground, edge."""
    level = int(assurance.removeprefix("N"))
    return [
        (octagon(296), INDIGO, INDIGO),
        (octagon(268), SAND, LATERITE),
        *((corners, LATERITE if full else WHITE, LATERITE) for corners, full in squares(level)),
    ]


def svg_badge(title: str, issuer: str, assurance: str, document: str) -> bytes:
    drawn = [
        f'<polygon points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in corners)}" fill="{ground}" stroke="{edge}" stroke-width="4"/>'
        for corners, ground, edge in shapes(assurance)
    ]
    written = [
        f'<text x="{SIDE // 2}" y="{y:.0f}" font-size="{size}" fill="{colour}" text-anchor="middle" '
        f'font-family="Noto Sans, sans-serif" font-weight="{700 if bold else 400}">{escape(text)}</text>'
        for text, y, size, colour, bold in lines_of(title, issuer, assurance)
    ]
    inside = document.replace("]]>", "]]]]><![CDATA[>")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:openbadges="{NAMESPACE}" viewBox="0 0 {SIDE} {SIDE}" '
        f'width="{SIDE}" height="{SIDE}" role="img" aria-label="{escape(title)}">'
        f"<openbadges:credential><![CDATA[{inside}]]></openbadges:credential>"
        f"{''.join(drawn)}{''.join(written)}</svg>"
    ).encode()


def png_badge(title: str, issuer: str, assurance: str, document: str, fonts_dir: Path) -> bytes:
    scale = SMOOTH
    picture = Image.new("RGBA", (SIDE * scale, SIDE * scale), (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)
    for corners, ground, edge in shapes(assurance):
        pen.polygon([(x * scale, y * scale) for x, y in corners], fill=ground, outline=edge, width=4 * scale)
    for text, y, size, colour, bold in lines_of(title, issuer, assurance):
        font = ImageFont.truetype(Path(fonts_dir) / FONTS[bold], size * scale)
        pen.text((SIDE / 2 * scale, y * scale), text, fill=colour, font=font, anchor="ms")
    inside = PngImagePlugin.PngInfo()
    inside.add_itxt(KEYWORD, document)
    file = io.BytesIO()
    picture.resize((SIDE, SIDE), Image.Resampling.LANCZOS).quantize(64).save(file, "PNG", pnginfo=inside, optimize=True)
    return file.getvalue()
