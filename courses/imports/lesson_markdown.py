"""A lesson's text in Markdown (CommonMark) turned into the blocks of a lesson, cleaned by Wagtail's own editor rules."""

import re

from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from wagtail.admin.rich_text.converters.contentstate import ContentstateConverter

from courses.blocks import PROSE_FEATURES
from lms.core.typography import french

HEADING_TAGS = {"h1": "h2", "h2": "h2", "h3": "h3"}  # a lesson's title is its only h1
CONTAINERS = ("list_item", "blockquote")
BLOCK_KEY = re.compile(r' data-block-key="[^"]*"')

# Raw HTML is shown as it is written, never interpreted.
MARKDOWN = MarkdownIt("commonmark", {"html": False})


class UnsupportedMarkdown(Exception):
    """The text holds something a lesson cannot; `line` counts from 0 in the text."""

    def __init__(self, line: int, message: str):
        super().__init__(message)
        self.line, self.message = line, message


def markdown_to_blocks(text: str) -> list[dict]:
    """The blocks (`type`, `value`) of a lesson's body; code stands apart from prose. Raises UnsupportedMarkdown."""
    blocks, prose = [], []

    def close_prose():
        if html := clean_html(MARKDOWN.renderer.render(prose, MARKDOWN.options, {})):
            blocks.append({"type": "prose", "value": html})
        prose.clear()

    for token in _prepared(MARKDOWN.parse(text)):
        if token.type in ("fence", "code_block"):
            close_prose()
            blocks.append({"type": "code", "value": {"text": token.content.rstrip("\n")}})
        else:
            prose.append(token)
    close_prose()
    return blocks


def clean_html(html: str) -> str:
    """Rich text as Wagtail's editor would store it: what our features do not offer is dropped, links are checked."""
    if not html.strip():
        return ""
    converter = ContentstateConverter(features=PROSE_FEATURES)
    stored = converter.to_database_format(converter.from_database_format(html))
    return BLOCK_KEY.sub("", stored)


def _prepared(tokens):
    """The tokens fitted to rich text: headings below the title, no paragraph inside a list item or a quotation."""
    inside, paragraphs = 0, [0]
    for token in tokens:
        kind, _separator, edge = token.type.rpartition("_")
        if kind in CONTAINERS:
            inside += token.nesting
            if edge == "open":
                paragraphs.append(0)
            else:
                paragraphs.pop()
        _refuse_unsupported(token, inside)
        if kind == "heading":
            token.tag = HEADING_TAGS.get(token.tag, "h4")
        if kind == "paragraph" and inside:
            token.hidden = True
            paragraphs[-1] += edge == "open"
        for child in token.children or []:
            if child.type == "text":
                child.content = french(child.content)
        if token.type == "inline" and inside and paragraphs[-1] > 1:
            token.children = [*MARKDOWN.parseInline("a  \nb")[0].children[1:2], *token.children]
        yield token


def _refuse_unsupported(token, inside: int) -> None:
    line = token.map[0] if token.map else 0
    if inside and token.type in ("fence", "code_block"):
        raise UnsupportedMarkdown(line, _("Un bloc de code ne se place ni dans une liste ni dans une citation."))
    if any(child.type == "image" for child in token.children or []):
        raise UnsupportedMarkdown(line, _("Les images ne s’importent pas par fichier : ajoutez-les dans Wagtail."))
