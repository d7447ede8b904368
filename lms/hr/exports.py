"""The people list as a spreadsheet: XLSX or CSV, in French, safe to open, bounded, one row of the database at a time."""

import csv
import tempfile
from collections.abc import Iterable, Iterator

from django.http import FileResponse, StreamingHttpResponse
from django.utils.translation import gettext as _
from openpyxl import Workbook

from lms.core.spreadsheets import neutral

ROW_LIMIT = 150_000  # more than the State's staff; a sheet holds a million rows
CHUNK = 500


def headings() -> list[str]:
    return [
        _("Nom"),
        _("Prénom"),
        _("Adresse électronique"),
        _("Matricule"),
        _("Structure"),
        _("Profil de poste"),
        _("Niveaux atteints"),
        _("Niveaux attendus"),
        _("Écart total"),
    ]


def rows_of(people) -> Iterator[list]:
    """One row a person, of a queryset with `with_gaps`."""
    for person in people[:ROW_LIMIT].iterator(CHUNK):
        has_profile = person.profile_id is not None
        yield [
            neutral(person.last_name),
            neutral(person.first_name),
            neutral(person.email),
            neutral(person.matricule),
            neutral(person.unit_name or ""),
            neutral(person.profile_name or ""),
            person.reached_count if has_profile else "",
            person.required_count if has_profile else "",
            person.total_gap if has_profile else "",
        ]


class Echo:
    """A file that hands back what is written to it, so that each line can be sent at once."""

    def write(self, line):
        return line


def csv_response(rows: Iterable[list], name: str) -> StreamingHttpResponse:
    """As French spreadsheets expect it: semicolons, and a mark that says UTF-8; sent line by line."""
    writer = csv.writer(Echo(), delimiter=";")

    def lines():
        yield "\N{BYTE ORDER MARK}"
        yield writer.writerow(headings())
        for row in rows:
            yield writer.writerow(row)

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def xlsx_response(rows: Iterable[list], name: str) -> FileResponse:
    """Written to a temporary file row by row, so that memory does not grow with the number of people."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Compétences"))
    sheet.freeze_panes = "A2"
    sheet.append(headings())
    for row in rows:
        sheet.append(row)
    file = tempfile.TemporaryFile()  # noqa: SIM115  FileResponse closes it
    book.save(file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx")


WRITERS = {"csv": csv_response, "xlsx": xlsx_response}
