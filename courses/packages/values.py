"""Raw values of rich texts and StreamFields with their references changed: to names that travel, and back to rows."""

import re
import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from wagtail.admin.rich_text.converters.contentstate import ContentstateConverter
from wagtail.blocks import Block, ListBlock, RichTextBlock, StreamBlock, StructBlock
from wagtail.blocks.field_block import ChooserBlock
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Page

from courses.imports.remarks import ImportRefused
from courses.models import Question

BLOCK_KEY = re.compile(r' data-block-key="[^"]*"')
NO_LINK = re.compile(r"<a>(.*?)</a>", re.DOTALL)
TAG = re.compile(r"<(?:a|embed)\b[^>]*>")
KIND = re.compile(r'\b(?:linktype|embedtype)="(page|document|image)"')
IDENTIFIER = re.compile(r'(?<![\w-])id="([^"]*)"')
MAX_DEPTH = 12

# (kind, reference) → the reference as the other side writes it, None when it leads nowhere.
# Kinds: page, document, image, question.
Convert = Callable[[str, Any], Any]


def kind_of(model) -> str:
    """What rows of a model are called in references."""
    if issubclass(model, get_image_model()):
        return "image"
    if issubclass(model, get_document_model()):
        return "document"
    return {Page: "page", Question: "question"}[model]


def broken(what: str = "") -> ImportRefused:
    return ImportRefused(_("un contenu n’a pas la forme attendue (%(what)s)") % {"what": what[:60] or "?"})


def convert_html(html: Any, convert: Convert) -> str:
    """Rich text with the references of its links and pictures converted; a link that leads nowhere is one no more."""
    if not isinstance(html, str):
        raise broken(_("texte"))

    def replaced(found: re.Match) -> str:
        tag = found[0]
        kind, identifier = KIND.search(tag), IDENTIFIER.search(tag)
        if not kind:
            return tag
        reference = convert(kind[1], identifier[1]) if identifier else None
        if reference is None:
            return "<a>" if tag.startswith("<a") else ""
        return f"{tag[: identifier.start(1)]}{reference}{tag[identifier.end(1) :]}"

    return NO_LINK.sub(r"\1", TAG.sub(replaced, html))


def clean_html(html: str, features: list[str] | None) -> str:
    """Rich text as Wagtail's editor would store it: nothing that its features do not offer, links checked."""
    if not html.strip():
        return ""
    converter = ContentstateConverter(features=features)
    return BLOCK_KEY.sub("", converter.to_database_format(converter.from_database_format(html)))


def convert_raw(block: Block, raw: Any, convert: Convert, html: Callable[[str, Any], str], depth: int = 0) -> Any:
    """The raw value of a block with its references converted, block by block.

    `html` converts a rich text, given with the features of its block. Raises ImportRefused where the value has not the
    shape of its block.
    """
    if depth > MAX_DEPTH:
        raise broken(_("trop imbriqué"))

    def inner(child: Block, value: Any) -> Any:
        return convert_raw(child, value, convert, html, depth + 1)

    if isinstance(block, TypedTableBlock):
        return _table(block, raw, inner)
    if isinstance(block, StreamBlock):
        return [_typed(block, child, inner) for child in _listed(raw)]
    if isinstance(block, StructBlock):
        if not isinstance(raw, dict):
            raise broken(block.name)
        return {name: inner(child, raw[name]) for name, child in block.child_blocks.items() if name in raw}
    if isinstance(block, ListBlock):
        return [_item(block, item, inner) for item in _listed(raw)]
    if isinstance(block, RichTextBlock):
        return html(raw, block.features)
    if isinstance(block, ChooserBlock):
        return None if raw is None else convert(kind_of(block.model_class), raw)
    if isinstance(raw, dict) or (isinstance(raw, list) and not all(isinstance(each, str | int) for each in raw)):
        raise broken(block.name)
    return "" if raw is None and isinstance(getattr(block, "field", None), forms.CharField) else raw


def _listed(raw: Any) -> list:
    if not isinstance(raw, list):
        raise broken()
    return raw


def _identity(child: dict) -> dict:
    """Without identifier, Wagtail would take the item of a list for one of its old format."""
    return {"id": child["id"] if isinstance(child.get("id"), str) else str(uuid.uuid4())}


def _typed(block: StreamBlock, child: Any, inner) -> dict:
    if not isinstance(child, dict) or child.get("type") not in block.child_blocks:
        raise broken(str(child.get("type")) if isinstance(child, dict) else "")
    kind = child["type"]
    return {"type": kind, "value": inner(block.child_blocks[kind], child.get("value")), **_identity(child)}


def _item(block: ListBlock, item: Any, inner) -> dict:
    if not isinstance(item, dict) or item.get("type") != "item" or "value" not in item:
        raise broken(block.name)
    return {"type": "item", "value": inner(block.child_block, item["value"]), **_identity(item)}


def _table(block: TypedTableBlock, raw: Any, inner) -> dict | None:
    if raw is None:
        return None
    try:
        columns = [{"type": column["type"], "heading": str(column["heading"])} for column in raw["columns"]]
        children = [block.child_blocks[column["type"]] for column in columns]
        rows = [
            {"values": [inner(child, value) for child, value in zip(children, row["values"], strict=True)]}
            for row in raw["rows"]
        ]
        return {"columns": columns, "rows": rows, "caption": str(raw.get("caption") or "")}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise broken(block.name) from error
