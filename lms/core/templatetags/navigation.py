"""The frame's parts that every page carries: main entries, sheets, footer. Each is drawn once per process and variant."""

from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from lms.core.waiting import own_work

# Address name, label, icon, who sees it.
ENTRIES = (
    ("courses:catalogue", _("Formations"), "book", "all"),
    ("learning:home", _("Mon espace"), "home", "members"),
    ("hr:my_skills", _("Compétences"), "steps", "members"),
    ("hr:people", _("Équipe"), "users", "managers"),
    ("certificates:verify", _("Vérifier"), "shield", "all"),
)

register = template.Library()


@register.simple_tag(takes_context=True)
def navigation(context):
    """The main navigation, with the entry of the current page marked."""
    request, user = context.get("request"), context.get("user")
    is_member = bool(user and user.is_authenticated)
    readers = ("all", "members", "managers") if is_member and context.get("nav_may_see_people") else ("all", "members")
    return _drawn(readers if is_member else ("all",), _place(request.path if request else ""), get_language())


@register.simple_tag(name="own_work", takes_context=True)
def own_work_tag(context):
    """What waits for who looks, besides their own courses."""
    return own_work(context["request"].user)


@register.simple_tag
def frame_sheets():
    """The icon and the sheets of every page."""
    return _sheets()


@register.simple_tag(takes_context=True)
def footer(context):
    """What this is, the useful links, the signature."""
    return _footer(str(context.get("site_name", "")), get_language())


@lru_cache(maxsize=1)
def _sheets():
    return render_to_string("components/frame_sheets.html")


@lru_cache(maxsize=8)
def _footer(site_name, language):
    return render_to_string("components/footer.html", {"site_name": site_name})


def _place(path):
    """The entry a path belongs to, and whether it is that very page; few values, so that few drawings are kept."""
    for name, *_rest in ENTRIES:
        if path.startswith(url := reverse(name)):
            return url, path == url
    return "", False


@lru_cache(maxsize=256)
def _drawn(readers, place, language):
    url, is_exact = place
    entries = [
        {
            "url": reverse(name),
            "label": label,
            "icon_name": icon,
            "current": ("page" if is_exact else "true") if reverse(name) == url else "",
        }
        for name, label, icon, reader in ENTRIES
        if reader in readers
    ]
    return render_to_string("components/navigation.html", {"entries": entries})
