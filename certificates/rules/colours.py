"""Whether the colours of a design can be read on paper, in grey too: contrasts as WCAG 2.2 counts them (1.4.3)."""

from certificates.design import Colours

WHITE = "#ffffff"
TEXTS = ("#17182b", "#55586e")  # what is written in ink and in grey, whatever the design
LEAST_CONTRAST = 4.5


def luminance(colour: str) -> float:
    """Of #rrggbb, from 0 (black) to 1 (white): what a black and white print keeps of it."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """From 1 (the same) to 21 (black on white)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def hard_to_read(colours: Colours) -> list[str]:
    """The colours, by name, that what is written in them or on them is hard to read with."""
    written = {"main": colours.main, "second": colours.second, "accent": colours.accent}
    found = [
        name
        for name, colour in written.items()
        if min(contrast(colour, WHITE), contrast(colour, colours.ground)) < LEAST_CONTRAST
    ]
    if min(contrast(text, colours.ground) for text in TEXTS) < LEAST_CONTRAST:
        return ["ground"]
    return found
