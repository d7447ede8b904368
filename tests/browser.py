"""How a screen is looked at: on a phone and on a desk, by day and by night."""

from itertools import product

from playwright.sync_api import Page

LOOKS = list(product((360, 1280), ("light", "dark")))


def look_at(page: Page, width: int, scheme: str) -> None:
    """Show the page open in `page` at a width, in a colour scheme: style sheets alone depend on them, so it need not load again."""
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)
