"""Texts of questions: plain, or rich with a narrow choice of tags and with pictures; and what a rich one says in plain words.

A text is kept as HTML where authors write it. A version freezes its plain words, which lists, exports and statistics show,
and its HTML beside them only when plain words cannot say it all: so texts without markup freeze as they always did.
"""

import re
from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser

import nh3
from django.utils.translation import gettext as _

INLINE_TAGS = {"b", "i", "code", "sup", "sub", "br", "img"}
BLOCK_TAGS = INLINE_TAGS | {"p", "ul", "ol", "li"}
# Of the editor (`FEATURES`) and of the tags above: the same things.
INLINE_FEATURES = ["bold", "italic", "code", "superscript", "subscript", "image"]
FEATURES = [*INLINE_FEATURES, "ol", "ul"]

# A picture is named by what it holds: a frozen file of ours (`courses.pictures`), or a file being imported.
FROZEN_PICTURE = re.compile(r"images/questions/[0-9a-f]{32}\.(?:webp|png|jpg|gif|avif)\Z")
IMPORTED_PICTURE = re.compile(r"sha256:[0-9a-f]{64}\Z")
SAME_TAG = re.compile(r"<(/?)(strong|em)>")
NAMES = {"strong": "b", "em": "i"}
BETWEEN_PARAGRAPHS = re.compile(r"</p>\s*<p>")
EMPTY_IMG = re.compile(r"<img(?![^>]* src=)[^>]*>")
RAISED = str.maketrans("0123456789+-=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ")
LOWERED = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")


@dataclass(frozen=True)
class Rich:
    """A text in HTML."""

    html: str


Text = str | Rich  # a `str` is plain


def to_html(text: Text, is_inline: bool = False) -> str:
    """A text as HTML; a plain one escaped, its blank lines made paragraphs unless it must stand on a line."""
    if isinstance(text, Rich):
        return text.html
    said = escape(text, quote=False).replace("\r\n", "\n")
    if is_inline:
        return said.replace("\n", "<br>")
    if not re.search(r"[<>&\n]", text):
        return said
    return "".join(f"<p>{part}</p>" for part in said.split("\n\n")).replace("\n", "<br>")


def to_text(html: str) -> str:
    """The plain words of a rich text; those of `to_html` come back unchanged."""
    if "<" not in html and "&" not in html:
        return html.strip()
    reader = _Words()
    reader.feed(html)
    reader.close()
    return "".join(reader.parts).strip()


def words_of(text: Text) -> str:
    """The plain words of a text, rich or not."""
    return to_text(text.html) if isinstance(text, Rich) else text


def clean(html: str, is_inline: bool = False) -> str:
    """The HTML with nothing but our tags and pictures; in one spelling, so that the same text is the same string."""
    tags = INLINE_TAGS if is_inline else BLOCK_TAGS
    html = SAME_TAG.sub(
        lambda found: f"<{found[1]}{NAMES[found[2]]}>", nh3.clean(html, tags=tags | {"p", "strong", "em"}, **HOLDS)
    )
    if is_inline:
        html = re.sub(r"</?p>", "", BETWEEN_PARAGRAPHS.sub("<br>", html))
    html = EMPTY_IMG.sub("", html).replace("<p></p>", "").strip()
    if html and not is_inline and not html.startswith(("<p>", "<ul>", "<ol>")):
        line, block, rest = html.partition(next(iter(re.findall("<(?:p|ul|ol)>", html)), "\0"))
        html = f"<p>{line.strip()}</p>{block}{rest}" if line.strip() and not line.startswith("<img") else html
    return html


def _attribute(tag: str, name: str, value: str) -> str | None:
    if name == "src":
        return value if FROZEN_PICTURE.match(value) or IMPORTED_PICTURE.match(value) else None
    if name in ("width", "height"):
        return value if value.isascii() and value.isdigit() and len(value) < 5 else None
    return value[:500]


HOLDS = {
    "attributes": {"img": {"src", "alt", "width", "height"}},
    "attribute_filter": _attribute,
    "url_schemes": {"sha256"},
    "link_rel": None,
}


def said(text: Text, is_inline: bool = False) -> tuple[str, str]:
    """A text as a version freezes it: its plain words, and its HTML, "" where the words say it all."""
    if isinstance(text, str):
        return text.strip(), ""
    html = clean(text.html, is_inline)
    is_plain = not re.search(r"<(?!/?(?:p|br)>)", html)
    return to_text(html), "" if is_plain else html


def frozen(words: str, html: str = "") -> Text:
    """The text that a version froze in these two."""
    return Rich(html) if html else words


def without_pictures(text: Rich) -> str:
    """The HTML of a text for a format that carries no picture: what each is called stands in its place."""
    return re.sub(r"<img[^>]*>", lambda found: escape(to_text(found[0]), quote=False), text.html)


class _Words(HTMLParser):
    """Gathers the words of our own HTML; spaces stay as they are."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.table: dict | None = None
        self.is_after_block = False

    def handle_starttag(self, tag, attrs):
        if tag == "p" and self.parts:
            self.parts.append("\n\n")
        elif tag == "br":
            self.parts.append("\n")
        elif tag == "li":
            self.parts.append("\n– ")
        elif tag in ("sup", "sub"):
            self.table = RAISED if tag == "sup" else LOWERED
        elif tag in ("img", "embed") and self.is_after_block:
            self.parts.append("\n")
        if tag in ("img", "embed") and (alternative := (dict(attrs).get("alt") or "").strip()):
            self.parts.append(_("[image : %(text)s]") % {"text": alternative})

    def handle_endtag(self, tag):
        self.is_after_block = tag in ("p", "ul", "ol")
        if tag in ("sup", "sub"):
            self.table = None

    def handle_data(self, data):
        if self.table is not None:
            fits = all(ord(character) in self.table for character in data)
            data = data.translate(self.table) if fits else f"{'^' if self.table is RAISED else '_'}({data})"
        self.parts.append(data)
