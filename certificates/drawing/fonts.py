"""Noto Sans, embedded and subset, with the marks of Fon and Yoruba names placed by HarfBuzz."""

import unicodedata
from functools import lru_cache
from pathlib import Path

from reportlab.lib.abag import ABag
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont, shapeFragWord

REGULAR, BOLD = "NotoSans-Regular", "NotoSans-Bold"
FILES = {
    REGULAR: "400Regular/NotoSans_400Regular.ttf",
    BOLD: "700Bold/NotoSans_700Bold.ttf",
}


@lru_cache(maxsize=1)
def register_fonts(fonts_dir: Path) -> None:
    """Read the fonts once per process."""
    for name, file in FILES.items():
        pdfmetrics.registerFont(TTFont(name, str(Path(fonts_dir) / file)))


# No ligatures: what is copied out of the document is what was typed.
FEATURES = {"kern": True, "liga": False, "dlig": False}
KERNED_FROM_POINTS = 14  # below, kerning costs more than it shows


def has_marks(text: str) -> bool:
    """Whether some accent has no composed letter, so that it has to be placed (ɔ́, ọ̀)."""
    return not text.isascii() and any(unicodedata.combining(letter) for letter in unicodedata.normalize("NFC", text))


def shaped(text: str, font: str, size: float) -> str:
    """The composed (NFC) text, with its combining marks placed where the font wants them, and kerned when large."""
    text = unicodedata.normalize("NFC", text)
    if not text or not (has_marks(text) or size >= KERNED_FROM_POINTS):
        return text
    width = pdfmetrics.stringWidth(text, font, size)
    return shapeFragWord([width, (ABag(fontName=font, fontSize=size), text)], FEATURES)[1][1]


@lru_cache(maxsize=20_000)
def ems(text: str, font: str) -> float:
    """How wide a text is at one point; the words of documents are much the same."""
    return pdfmetrics.stringWidth(text, font, 1)


def wrapped(text: str, font: str, size: float, width: float) -> list[str]:
    """The composed (NFC) text cut at its spaces into lines no wider than `width` points; a longer word stays whole."""
    space, longest = ems(" ", font), width / size
    lines, used = [], 0.0
    for word in unicodedata.normalize("NFC", text).split(" "):
        wide = ems(word, font)
        if lines and used + space + wide <= longest:
            lines[-1].append(word)
            used += space + wide
        else:
            lines.append([word])
            used = wide
    return [" ".join(line) for line in lines]


def fitted(text: str, font: str, sizes: tuple[float, ...], width: float, most_lines: int) -> tuple[float, list[str]]:
    """The largest of `sizes` at which the text fits in `most_lines` lines; the last one in any case."""
    for size in sizes:
        lines = wrapped(text, font, size, width)
        if len(lines) <= most_lines and all(ems(line, font) * size <= width for line in lines):
            break
    return size, lines
