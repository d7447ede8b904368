"""The colours of the document: the four of its design, and those that never change."""

from dataclasses import dataclass
from functools import lru_cache

from reportlab.lib.colors import Color, HexColor, white

from certificates.design import Colours

OCHRE = HexColor("#d99a34")
STITCH = HexColor("#e9dcc4")
BLUSH = HexColor("#f7e6da")
INK = HexColor("#17182b")
MUTED = HexColor("#55586e")
WHITE = white


@dataclass(frozen=True)
class Palette:
    """The colours of a design, as reportlab wants them."""

    main: Color
    second: Color
    accent: Color
    ground: Color


@lru_cache(maxsize=64)
def palette_of(colours: Colours) -> Palette:
    return Palette(*(HexColor(value) for value in (colours.main, colours.second, colours.accent, colours.ground)))
