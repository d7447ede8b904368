"""The components of the screens as template tags: `{% load components %}`. Knows how things look, nothing of what they mean."""

from urllib.parse import urlsplit
from zlib import crc32

from django import template
from django.template.loader import render_to_string
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from lms.core.templatetags.icons import ICONS

MAX_LEVEL = 5
MOTIF_COUNT = 6
NOTICE_ICONS = {"info": "info", "success": "check-circle", "warning": "alert", "error": "x-circle"}

register = template.Library()


@register.simple_tag
def icon(name, label=""):
    """An inline SVG; silent for screen readers unless it has a label."""
    if label:
        return format_html(
            '<svg class="icon" viewBox="0 0 24 24" role="img" aria-label="{}">{}</svg>', label, mark_safe(ICONS[name])
        )
    return format_html('<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">{}</svg>', mark_safe(ICONS[name]))


@register.simple_tag
def weight(size_bytes):
    """The size of a file as one says it: 58 ko, 1,2 Mo (decimal units, as phone contracts count them)."""
    if size_bytes < 1_000_000:
        return f"{max(1, round(size_bytes / 1000))}\N{NO-BREAK SPACE}ko"
    return f"{number_format(size_bytes / 1_000_000, 1)}\N{NO-BREAK SPACE}Mo"


@register.simple_tag
def file_facts(document):
    """The type and weight of a document, as a link says them: « PDF, 1,2 Mo »."""
    kind, size_bytes = document.file_extension.upper(), document.get_file_size()
    return f"{kind}, {weight(size_bytes)}" if size_bytes else kind


@register.filter
def site_name(url):
    """The site a link leads to: « service-public.bj »."""
    return (urlsplit(url).hostname or "").removeprefix("www.")


@register.simple_tag
def badge(text, kind="neutral"):
    """A word about a state. Kinds: success, info, warning, danger, neutral."""
    return format_html('<span class="badge badge--{}">{}</span>', kind, text)


@register.simple_tag
def button_link(url, label, kind="primary", icon_name=""):
    """A link that looks like a button. Kinds: primary, secondary, ghost."""
    return format_html(
        '<a class="button button--{}" href="{}">{}{}</a>', kind, url, icon(icon_name) if icon_name else "", label
    )


@register.simple_tag
def duration(minutes):
    """Minutes as one reads them: « 45 min », « 1 h », « 1 h 20 »; a dash when unknown."""
    if minutes is None:
        return "–"
    hours, rest = divmod(int(minutes), 60)
    if not hours:
        return f"{rest}\N{NO-BREAK SPACE}min"
    if not rest:
        return f"{hours}\N{NO-BREAK SPACE}h"
    return f"{hours}\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}{rest:02}"


@register.simple_tag
def stat(value, label):
    """One figure and what it counts; to be put in `<dl class="stats">`."""
    return format_html(
        '<div class="stat"><dt class="stat__label">{}</dt><dd class="stat__value">{}</dd></div>', label, value
    )


@register.filter
def motif(code):
    """The motif of a cloth (m1 … m6), always the same one for a code."""
    return f"m{crc32(str(code).encode()) % MOTIF_COUNT + 1}"


@register.simple_block_tag
def card(content, title="", level=3, url="", modifier=""):
    """A sheet with an optional title of the given heading level, linked when `url` is given."""
    context = {"content": content, "title": title, "level": level, "url": url, "modifier": modifier}
    return render_to_string("components/card.html", context)


@register.simple_block_tag
def notice(content, kind="info", title=""):
    """A message to notice. Kinds: info, success, warning, error."""
    context = {"content": content, "kind": kind, "title": title, "icon_name": NOTICE_ICONS[kind]}
    return render_to_string("components/notice.html", context)


@register.inclusion_tag("components/progress_bar.html")
def progress_bar(value, label="", show_label=True):
    """A share done, 0 to 100; `show_label=False` keeps the label for screen readers only."""
    return {"value": min(max(int(value or 0), 0), 100), "label": label or _("Avancement"), "show_label": show_label}


@register.inclusion_tag("components/empty_state.html")
def empty_state(title, text="", action_url="", action_label="", level=3):
    """What to say, and to do, where there is nothing to list."""
    return {"title": title, "text": text, "action_url": action_url, "action_label": action_label, "level": level}


@register.inclusion_tag("components/breadcrumbs.html")
def breadcrumbs(items):
    """The way here: a list of (label, url or None); the last one is the page itself."""
    return {"items": items}


@register.inclusion_tag("components/level_meter.html")
def level_meter(held, required=0):
    """Five patches: sewn for levels held, tacked for those required and missing; the text says the same."""
    held, required = int(held or 0), int(required or 0)
    states = ["held" if n <= held else "missing" if n <= required else "beyond" for n in range(1, MAX_LEVEL + 1)]
    steps = [{"x": 19 * index + 2, "state": state} for index, state in enumerate(states)]
    return {"held": held, "required": required, "steps": steps}


@register.inclusion_tag("components/score_ring.html")
def score_ring(percent, pass_mark=None):
    """A mark, 0 to 100, drawn as a ring with a tick at the pass mark."""
    percent = min(max(round(percent or 0), 0), 100)
    return {
        "percent": percent,
        "pass_mark": pass_mark,
        "angle": None if pass_mark is None else round(float(pass_mark) * 3.6),
        "is_passed": pass_mark is None or percent >= pass_mark,
    }


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context, page_obj):
    """Links to the other pages of a list, keeping the filters of the address."""
    request = context.get("request")
    query = request.GET.copy() if request else None
    if query is not None:
        query.pop("page", None)
    pages = page_obj.paginator.get_elided_page_range(page_obj.number, on_each_side=1, on_ends=1)
    return {"page_obj": page_obj, "pages": pages, "query": f"{query.urlencode()}&" if query else ""}


@register.inclusion_tag("components/field.html")
def field(field, optional_mark=True):
    """A form field with its label, help and errors, tied together for screen readers."""
    is_check = getattr(field.field.widget, "input_type", "") == "checkbox" and not field.use_fieldset
    return {"field": field, "is_check": is_check, "optional_mark": optional_mark and not field.field.required}
