"""Colours as people choose them (#rrggbb) and whether text can be read in them. Knows numbers only."""

import re

HEX = re.compile(r"#[0-9a-fA-F]{6}")
READABLE_RATIO = 4.5  # WCAG 2.2, success criterion 1.4.3, text of ordinary size


def luminance(colour: str) -> float:
    """Relative luminance, 0 (black) to 1 (white), of a colour "#rrggbb" (WCAG 2.2, relative luminance)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio, 1 to 21, of two colours "#rrggbb" (WCAG 2.2, contrast ratio)."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
