"""Spreadsheets that are safe to open: text stays text, and the trail says who took what away."""

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from lms.core import audit

# What spreadsheets take for a formula, in half and full width, and what some of them skip before one.
FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
CONTROLS = ("\t", "\r", "\n")


def neutral(value):
    """Text that a spreadsheet would run as a formula is led by an apostrophe, without what no sheet can hold.

    The rest is left as it is.
    """
    if not isinstance(value, str):
        return value
    text = ILLEGAL_CHARACTERS_RE.sub("", value)
    return f"'{text}" if text.startswith(CONTROLS) or text.lstrip().startswith(FORMULA_STARTS) else text


class SafeExportMixin:
    """For Wagtail's index views, before theirs: exports are neutral and leave a trace."""

    def export_subject(self):
        """What the rows are about, when it is one thing."""

    def preprocess_field_value(self, field, value, export_format):
        return neutral(super().preprocess_field_value(field, value, export_format))

    def as_spreadsheet(self, queryset, spreadsheet_format):
        audit.record(
            f"{self.model._meta.app_label}.export",
            actor=self.request.user,
            obj=self.export_subject(),
            model=self.model._meta.model_name,
            format=spreadsheet_format,
            rows=queryset.count(),
            filters=self.request.GET.urlencode(),
        )
        return super().as_spreadsheet(queryset, spreadsheet_format)
