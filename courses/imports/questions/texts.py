"""Texts of other platforms as the bank keeps them: plain, with what plain text cannot hold named. No database."""

import re
import unicodedata
from html import unescape
from html.parser import HTMLParser

import nh3
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from markdown_it import MarkdownIt

from courses.rules.rich_text import BLOCK_TAGS, Rich, Text, clean, said

MARKDOWN = MarkdownIt("commonmark", {"html": True})
BLOCKS = {"p", "div", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "table", "tr", "section"}
UNSEEN = {"script", "style", "head", "template", "iframe", "object"}
LOST = {
    "img": gettext_lazy("une image"),
    "svg": gettext_lazy("un dessin"),
    "audio": gettext_lazy("un son"),
    "video": gettext_lazy("une vidéo"),
    "iframe": gettext_lazy("un contenu intégré"),
    "object": gettext_lazy("un contenu intégré"),
    "table": gettext_lazy("la mise en tableau"),
}
RAISED = str.maketrans("0123456789+-=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ")
LOWERED = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")
MARKUP = re.compile(r"</?[a-zA-Z][^<>]*>|&(#\d+|#x[0-9a-fA-F]+|[a-zA-Z]+\d*);")
# A tag never closed is text; left to the parser, many of them would cost the square of their number.
COMMENT, UNCLOSED = re.compile("<!--.*?-->", re.DOTALL), re.compile("<(?![^<>]*>)")
# Moodle's editor strews no-break spaces; those of French punctuation are kept.
STRAY_NO_BREAK = re.compile("(?<!«)\N{NO-BREAK SPACE}(?![:;?!»%])")
# Neither XML nor PostgreSQL holds them, and nobody reads them.
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


# What Moodle's editors write, brought to our few tags.
FOREIGN_TAGS = BLOCK_TAGS | BLOCKS | {"a", "strong", "em", "td", "th", "tbody", "thead"}
TO_PARAGRAPH = re.compile(r"<(/?)(?:div|h[1-6]|pre|blockquote|table|tr|section)>")
LINK = re.compile(r'<a href="(https?://[^"]*)">(.*?)</a>', re.DOTALL)
AROUND_BLOCKS = re.compile(r"\s*(</?(?:p|ul|ol|li)>|<br>)\s*")
IMAGE = re.compile(r"<img\b[^>]*>", re.IGNORECASE)
ALTERNATIVE = re.compile(r'\balt="([^"]*)"')


def plain(text: str) -> str:
    """The text without what cannot be written to a file, its lines ended in one way, nothing around it."""
    return UNWRITABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def one_line(text: Text) -> Text:
    """A plain text on one line: options and accepted answers have no others. A rich one is as it should be."""
    if isinstance(text, Rich):
        return text
    return " ".join(plain(text).split("\n"))


def to_plain(text: str, markup: str) -> tuple[str, list[str]]:
    """A text in `markup` (html, markdown, moodle, plain) as plain text, and what it loses, in French."""
    html = as_html(text, markup)
    if html is None:
        return plain(text), []
    reader = _PlainText()
    reader.feed(UNCLOSED.sub("&lt;", COMMENT.sub("", html)))
    reader.close()
    return reader.text(), list(dict.fromkeys(reader.lost))


def as_html(text: str, markup: str) -> str | None:
    """A text in `markup` as HTML; None where it is plain."""
    if markup == "plain" or (markup == "moodle" and not MARKUP.search(text)):
        return None
    if markup == "moodle":  # lines are kept, tags and entities are read
        return text.strip().replace("\n", "<br>")
    return MARKDOWN.render(text) if markup == "markdown" else text


def to_rich(html: str, is_inline: bool) -> Text | None:
    """The HTML of another platform in our tags; None where its plain words say it all."""
    html = UNCLOSED.sub("&lt;", COMMENT.sub("", html))
    html = nh3.clean(
        html,
        tags=FOREIGN_TAGS,
        attributes={"a": {"href"}, "img": {"src", "alt"}},
        url_schemes={"http", "https", "sha256"},
        clean_content_tags=UNSEEN,
        link_rel=None,
    )
    html = LINK.sub(lambda found: found[2] if found[1] in found[2] else f"{found[2]} ({found[1]})", html)
    html = IMAGE.sub(_named_if_lost, html)
    html = re.sub(r"</?(?:tbody|thead|td|th|a)[^>]*>", " ", TO_PARAGRAPH.sub(r"<\1p>", html))
    html = STRAY_NO_BREAK.sub(" ", re.sub(r"[ \t\r\n\f]+", " ", UNWRITABLE.sub("", html).replace("&nbsp;", "\xa0")))
    html = clean(AROUND_BLOCKS.sub(r"\1", html), is_inline)
    return Rich(html) if said(Rich(html), is_inline)[1] else None


def _named_if_lost(found: re.Match) -> str:
    """A picture that comes with the file; of another, what it is called."""
    if ' src="sha256:' in found[0]:
        return found[0]
    alternative = ALTERNATIVE.search(found[0])
    return _("[image : %(text)s]") % {"text": alternative[1]} if alternative and alternative[1].strip() else ""


class _PlainText(HTMLParser):
    """Gathers the text of a fragment; spaces run together but for those written as entities."""

    def __init__(self):
        super().__init__(convert_charrefs=False)
        self.parts: list[str] = []
        self.lost: list[str] = []
        self.hidden, self.preformatted = 0, 0
        self.script: list[str] = []  # what opened the raised or lowered text being read, and its text
        self.link = ""

    def text(self) -> str:
        lines = STRAY_NO_BREAK.sub(" ", "".join(self.parts)).split("\n")
        return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip(" ") for line in lines)).strip()

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        if tag in LOST:
            self._lose(tag, values)
        if tag in UNSEEN:
            self.hidden += 1
        elif tag == "br":
            self._write("\n")
        elif tag == "li":
            self._write("\n– ")
        elif tag in BLOCKS:
            self._break()
            self.preformatted += tag == "pre"
        elif tag in ("sup", "sub"):
            self.script = [tag, ""]
        elif tag in ("td", "th"):
            self._write(" ")
        elif tag == "a":
            self.link = values.get("href") or ""

    def handle_endtag(self, tag):
        if tag in UNSEEN:
            self.hidden = max(0, self.hidden - 1)
        elif tag in BLOCKS:
            self._break()
            self.preformatted = max(0, self.preformatted - (tag == "pre"))
        elif tag in ("sup", "sub") and self.script:
            (kind, held), self.script = self.script, []
            table = RAISED if kind == "sup" else LOWERED
            moved = held.translate(table)
            mark = "^" if kind == "sup" else "_"
            fits = all(ord(character) in table for character in held)
            self._write(moved if fits else f"{mark}({held})")
        elif tag == "a" and self.link.startswith(("http://", "https://")):
            shown = "".join(self.parts)
            if not shown.endswith(self.link):
                self._write(f" ({self.link})")
            self.link = ""

    def handle_data(self, data):
        self._write(data if self.preformatted else re.sub(r"[ \t\r\n\f]+", " ", data), is_flowing=not self.preformatted)

    def handle_entityref(self, name):
        self._write(unescape(f"&{name};"))

    def handle_charref(self, name):
        self._write(UNWRITABLE.sub("", unescape(f"&#{name};")))

    def _write(self, text: str, is_flowing: bool = False):
        if self.hidden:
            return
        if self.script:
            self.script[1] += text
            return
        if is_flowing and text.startswith(" ") and (not self.parts or self.parts[-1].endswith((" ", "\n"))):
            text = text[1:]
        if text:
            self.parts.append(text)

    def _break(self):
        if self.parts and not self.parts[-1].endswith("\n"):
            self._write("\n")

    def _lose(self, tag: str, values: dict):
        alternative = (values.get("alt") or "").strip()
        if not (values.get("src") or "").startswith("sha256:"):
            self.lost.append(str(LOST[tag]))
        if alternative:
            self._write(_("[image : %(text)s]") % {"text": alternative})


def folded(text: str) -> str:
    """A heading or keyword for comparison: lower case, no accent, single spaces."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c for c in bare if not unicodedata.combining(c)).replace("’", "'").split())
