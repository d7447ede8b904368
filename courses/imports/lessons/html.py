"""HTML, as our own readers make it of a document, cut into the blocks of a lesson."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, NavigableString, Tag
from django.utils.translation import gettext as _

from courses.imports.lesson_markdown import clean_html
from courses.imports.lessons.reading import LessonReading
from courses.imports.questions.texts import LOWERED, RAISED
from lms.core.typography import french

MAX_COLUMNS, MAX_CELL, MAX_TITLE = 5, 300, 200
HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"]
SCHEMES = ("http", "https", "mailto", "tel")
UNSEEN = ["script", "style", "template", "iframe", "object", "embed", "form", "svg", "math"]
SPACES = re.compile(r"\s+")

# Gives the bytes of the picture at an address of the document, or None when there is none to be had.
OpenPicture = Callable[[str], bytes | None]


def read_html(html: str, open_picture: OpenPicture, reading: LessonReading) -> LessonReading:
    """The blocks that an HTML fragment makes, added to `reading`; its first heading, if it stands alone, is the title."""
    soup = BeautifulSoup(html, "html.parser")
    cut = Cut(reading, open_picture)
    cut.prepare(soup)
    for node in list(soup.children):
        cut.take(node)
    cut.close_prose()
    return reading


@dataclass
class Cut:
    """One pass over a document: the prose being gathered, and where we are in words."""

    reading: LessonReading
    open_picture: OpenPicture
    prose: list[str] = field(default_factory=list)
    section: str = ""

    @property
    def where(self) -> str:
        return _("sous « %(heading)s »") % {"heading": self.section[:60]} if self.section else _("au début")

    # --- Before: what no lesson holds

    def prepare(self, soup: BeautifulSoup) -> None:
        """Take the title, drop what is never shown, fit headings, links and typography to a lesson."""
        for node in soup.find_all(UNSEEN):
            node.decompose()
        self._take_title(soup)
        self._fit_headings(soup)
        for node in soup.find_all(["sup", "sub"]):
            self._flatten_script(node)
        for link in soup.find_all("a"):
            self._fit_link(link)
        for paragraph in soup.select("li p, blockquote p"):
            for text in (paragraph.previous_sibling, paragraph.next_sibling):
                if isinstance(text, NavigableString) and not text.strip():
                    text.extract()
        for paragraph in soup.select("li p, blockquote p"):  # the editor knows none inside lists and quotations
            if "".join(str(before) for before in paragraph.previous_siblings).strip():
                paragraph.insert_before(soup.new_tag("br"))
            paragraph.unwrap()
        for text in soup.find_all(string=True):
            if type(text) is NavigableString and not text.find_parent(["pre", "code"]):
                text.replace_with(french(str(text)))

    def _take_title(self, soup) -> None:
        first = next((node for node in soup.children if isinstance(node, Tag)), None)
        tops = soup.find_all("h1")
        if first is not None and first.name == "h1" and len(tops) == 1:
            self.reading.title = french(said(first))[:MAX_TITLE]
            first.decompose()

    def _fit_headings(self, soup) -> None:
        """The levels used become h2, h3 and h4, in their order: the title of the lesson is its only h1."""
        levels = sorted({node.name for node in soup.find_all(HEADINGS)})
        names = {level: f"h{min(rank + 2, 4)}" for rank, level in enumerate(levels)}
        if len(levels) > 3:
            self.reading.warn(
                _("le document"), _("Plus de trois niveaux de titres : les plus bas sont ramenés au troisième.")
            )
        for node in soup.find_all(HEADINGS):
            node.name = names[node.name]
            for inner in node.find_all(["strong", "em", "b", "i"]):
                inner.unwrap()

    def _flatten_script(self, node: Tag) -> None:
        text, table = said(node), RAISED if node.name == "sup" else LOWERED
        if link := node.find("a", href=re.compile("^#")):
            text = f" [{said(link).strip('[]')}]"
        elif (text and all(character in table for character in text.translate(table))) or (
            text and all(ord(character) in table for character in text)
        ):
            text = text.translate(table)
        else:
            self.reading.warn(_("le document"), _("Des exposants ou indices deviennent du texte ordinaire."))
        node.replace_with(text)

    def _fit_link(self, link: Tag) -> None:
        address = (link.get("href") or "").strip()
        if address.startswith("#") or not address:
            link.unwrap()  # to a place of the document
        elif not is_safe_link(address):
            self.reading.warn(
                _("lien « %(text)s »") % {"text": said(link)[:60]},
                _("Le lien n’est pas repris : seules les adresses http, https, mailto et tel le sont."),
            )
            link.unwrap()
        else:
            link.attrs = {"href": address}

    # --- Block after block

    def take(self, node) -> None:
        """Add what stands at the top of the document to the lesson."""
        if isinstance(node, NavigableString):
            if type(node) is NavigableString and node.strip():
                self.prose.append(f"<p>{node.output_ready()}</p>")
        elif node.name == "table":
            self._take_table(node)
        elif node.name == "pre":
            self.close_prose()
            self.reading.blocks.append({"type": "code", "value": {"title": "", "text": node.get_text().rstrip("\n")}})
        elif node.name in ("div", "section", "figure"):
            for child in list(node.children):
                self.take(child)
        elif node.name == "img":
            self._take_picture(node)
        elif node.find(["img", "table"]):
            self._take_around_pictures(node)
        else:
            if node.name in HEADINGS:
                self.section = said(node)
            self.prose.append(str(node))

    def close_prose(self) -> None:
        """End the running text, cleaned as Wagtail's editor would store it."""
        if (html := clean_html("".join(self.prose))) and BeautifulSoup(html, "html.parser").get_text(strip=True):
            self.reading.blocks.append({"type": "prose", "value": html})
        self.prose.clear()

    def _take_picture(self, node: Tag) -> None:
        address, alt_text = node.get("src", ""), SPACES.sub(" ", node.get("alt") or "").strip()
        data = self.open_picture(address)
        if data is None:
            self.reading.warn(self.where, _("Une image n’est pas dans le fichier : elle n’est pas reprise."))
            return
        rank = self.reading.add_picture(data, self.section[:60] or _("image"))
        if rank is None:
            return
        self.close_prose()
        if not alt_text:
            self.reading.warn(
                self.where, _("Une image n’a pas de texte de remplacement : il sera demandé avant de publier.")
            )
        self.reading.blocks.append({"type": "image", "value": {"picture": rank, "alt_text": alt_text[:500]}})

    def _take_around_pictures(self, node: Tag) -> None:
        """A paragraph or list that holds pictures: its text, then they, each a block of its own."""
        tables = [table.extract() for table in node.find_all("table") if not table.find_parent("table")]
        pictures = [picture.extract() for picture in node.find_all("img")]
        if said(node):
            self.take(node)
        for each in (*pictures, *tables):
            self.take(each)

    # --- Tables

    def _take_table(self, table: Tag) -> None:
        for picture in table.find_all("img"):
            self.reading.warn(self.where, _("Une image placée dans un tableau n’est pas reprise."))
            picture.decompose()
        for inner in table.find_all("table"):
            self.reading.warn(self.where, _("Un tableau dans un tableau devient du texte."))
            inner.replace_with(said(inner))
        rows = list(rows_of(table))
        width = max(map(len, rows), default=0)
        if not rows or not any(said(cell) for row in rows for cell in row if cell):
            return
        if table.find(attrs={"colspan": True}) or table.find(attrs={"rowspan": True}):
            self.reading.warn(self.where, _("Des cellules fusionnées sont séparées : vérifiez le tableau."))
        if len(rows) < 2 or not 2 <= width <= MAX_COLUMNS:
            self._take_as_list(rows)
            return
        self.close_prose()
        self.reading.blocks.append({"type": "comparison", "value": self._comparison(rows, width)})

    def _take_as_list(self, rows) -> None:
        self.reading.warn(
            self.where, _("Un tableau d’une seule ligne ou colonne, ou de plus de cinq colonnes, devient une liste.")
        )
        lines = (" ; ".join(filter(None, (said(cell) for cell in row if cell))) for row in rows)
        listed = BeautifulSoup("<ul></ul>", "html.parser")
        for line in filter(None, lines):
            item = listed.new_tag("li")
            item.string = line
            listed.ul.append(item)
        self.prose.append(str(listed))

    def _comparison(self, rows, width: int) -> dict:
        """The raw value of a comparison table: its first row heads the columns."""
        head, *body = [[*row, *[None] * (width - len(row))] for row in rows]
        kinds = ["rich" if any(is_rich(row[rank]) for row in body) else "text" for rank in range(width)]
        if not all(head[rank] and said(head[rank]) for rank in range(width)):
            self.reading.warn(self.where, _("Un tableau a des colonnes sans titre : il sera demandé avant de publier."))
        self.reading.warn(self.where, _("Donnez une légende au tableau : elle sera demandée avant de publier."))
        return {
            "caption": "",
            "columns": [
                {"type": kind, "heading": said(cell)[:MAX_CELL] if cell else ""}
                for kind, cell in zip(kinds, head, strict=True)
            ],
            "rows": [
                {"values": [self._cell(kind, cell) for kind, cell in zip(kinds, row, strict=True)]} for row in body
            ],
        }

    def _cell(self, kind: str, cell: Tag | None) -> str:
        if cell is None:
            return ""
        if kind == "rich":
            return clean_html(cell.decode_contents())
        text = said(cell)
        if len(text) > MAX_CELL:
            self.reading.warn(self.where, _("Une cellule de plus de %(n)d signes est coupée.") % {"n": MAX_CELL})
        return text[:MAX_CELL]


def said(node: Tag) -> str:
    """The words of an element, on one line."""
    return SPACES.sub(" ", node.get_text(" " if node.name in ("td", "th", "table") else "")).strip()


def is_rich(cell: Tag | None) -> bool:
    return bool(cell and cell.find(["a", "strong", "em", "b", "i", "ul", "ol"]))


def rows_of(table: Tag) -> Iterator[list[Tag | None]]:
    """The cells of each row; a cell over several columns is followed by empty ones."""
    for row in table.find_all("tr"):
        cells: list[Tag | None] = []
        for cell in row.find_all(["td", "th"]):
            span = cell.get("colspan", "1")
            cells += [cell, *[None] * (min(int(span), 50) - 1 if span.isdigit() else 0)]
        if cells:
            yield cells


def is_safe_link(address: str) -> bool:
    """Whether a link leads to the web, a mailbox or a telephone."""
    if any(character.isspace() or not character.isprintable() for character in address) or len(address) > 2_000:
        return False
    try:
        return urlsplit(address).scheme.lower() in SCHEMES
    except ValueError:
        return False
