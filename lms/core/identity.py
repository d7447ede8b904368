"""How the platform presents itself: its name, logo and colours, set in the back office, remembered by each process.

The settings of the environment name the platform until someone does in the back office.
"""

from dataclasses import dataclass

from django.conf import settings
from django.core.cache import caches

from lms.core.models import SiteIdentity

KEY = "core.identity"
FRESH_SECONDS = 30  # how late another process may show a change
LOGO_RENDITION = "max-160x160|format-webp-lossless"


@dataclass(frozen=True)
class Identity:
    """What pages show of it. `logo_url` and `colours_key` are empty where our own mark and colours stand."""

    name: str
    logo_url: str = ""
    colours_key: str = ""


def identity() -> Identity:
    """The identity in force; costs no query while remembered."""
    known = caches["local"].get(KEY)
    if known is None:
        known = _read()
        caches["local"].set(KEY, known, FRESH_SECONDS)
    return known


def forget_identity(**kwargs) -> None:
    """Make this process read it again (a receiver of its saving)."""
    caches["local"].delete(KEY)


def _read() -> Identity:
    row = SiteIdentity.objects.select_related("logo").first()
    if row is None:
        return Identity(settings.LMS_SITE_NAME)
    return Identity(
        name=row.name or settings.LMS_SITE_NAME,
        logo_url=row.logo.get_rendition(LOGO_RENDITION).url if row.logo else "",
        colours_key=f"{row.primary_colour}{row.accent_colour}".replace("#", "").lower(),
    )
