"""The comparison table: a caption, headings of columns, and in each row a first cell that heads it.

Wagtail's typed table rather than its plain one: its headings and caption are fields of their own, so a table without
them can be refused, and no spreadsheet widget stands between the keyboard and the cells.
"""

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTable, TypedTableBlock, TypedTableBlockValidationError

from courses.blocks.features import STRUCTURE

MAX_COLUMNS = 5


class ComparisonBlock(TypedTableBlock):
    """Things compared, one a row, by criteria, one a column."""

    text = blocks.CharBlock(label=_("texte"), required=False, max_length=300)
    rich = blocks.RichTextBlock(label=_("texte enrichi"), features=["bold", "italic", "ul", "link"], required=False)

    class Meta:
        label = _("tableau de comparaison")
        icon = "table"
        group = STRUCTURE
        template = "courses/blocks/comparison.html"
        description = _(
            "Une légende, un titre pour chaque colonne ; la première cellule de chaque ligne en est le titre."
        )
        help_text = format_lazy(
            "{} {}",
            _("La légende dit ce que compare le tableau. La première colonne nomme chaque ligne."),
            _("Trois colonnes se lisent sans défiler sur un téléphone ; cinq au plus."),
        )

    def get_default(self):
        """Two columns and a row to fill, rather than a caption over nothing."""
        text = self.child_blocks["text"]
        return TypedTable([{"block": text, "heading": ""}] * 2, [{"values": ["", ""]}], caption="")

    def get_preview_value(self):
        columns = [{"block": self.child_blocks["text"], "heading": name} for name in ("Canal", "Délai", "Preuve")]
        rows = [("Courriel", "une heure", "faible"), ("Parapheur", "un jour", "forte")]
        return TypedTable(
            columns, [{"values": list(row)} for row in rows], caption="Transmettre une note, selon le canal"
        )

    def clean(self, value):
        cleaned = super().clean(value)
        if not self.is_deferred_validation and (faults := list(table_faults(cleaned))):
            raise TypedTableBlockValidationError(non_block_errors=faults)
        return cleaned


def table_faults(table):
    """What a table lacks to be read by everyone, one sentence each."""
    if not table.caption.strip():
        yield _("Donnez une légende au tableau : elle dit ce qu’il compare.")
    if not 2 <= len(table.columns) <= MAX_COLUMNS:
        yield _("Un tableau a de deux à cinq colonnes.")
    if not all(column["heading"].strip() for column in table.columns):
        yield _("Donnez un titre à chaque colonne.")
    if not table.row_data:
        yield _("Ajoutez au moins une ligne.")
    elif table.columns and not all(str(row["values"][0]).strip() for row in table.row_data):
        yield _("Remplissez la première cellule de chaque ligne : elle en est le titre.")
