"""CSV and XLSX: one question a row, the columns documented in docs/import-questions.md."""

import csv
import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from decimal import Decimal

from defusedxml.common import DefusedXmlException
from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from courses.imports.questions.choices import matched, take
from courses.imports.questions.cloze import read_cloze
from courses.imports.questions.neutral import (
    ImportedQuestion,
    QuestionFileRefused,
    Reading,
    Told,
    Unreadable,
    code_from,
    normal_tags,
    number_from,
    unseen,
)
from courses.imports.questions.texts import folded, one_line, plain
from courses.rules.rich_text import Rich, Text, clean, said, to_text
from lms.core.spreadsheets import FORMULA_STARTS

MAX_UNPACKED = 60_000_000
MAX_COLUMNS, MAX_ROWS = 200, 50_000
TYPES = {
    "single": ("single", "choix unique", "qcu"),
    "multiple": ("multiple", "choix multiples", "choix multiple", "qcm"),
    "true_false": ("true_false", "vrai ou faux", "vrai/faux"),
    "numeric": ("numeric", "nombre", "numerique"),
    "matching": ("matching", "appariement"),
    "ordering": ("ordering", "remise en ordre", "ordre"),
    "short_text": ("short_text", "reponse courte"),
    "gap_fill": ("gap_fill", "texte a trous"),
    "survey": ("survey", "question d'opinion", "opinion"),
    "essay": ("essay", "composition"),
    "file": ("file", "fichier a remettre", "fichier"),
}
DIFFICULTIES = {"facile": "easy", "moyenne": "medium", "difficile": "hard"}
FORMS = {"un choix": "single", "plusieurs choix": "multiple", "echelle": "scale", "texte": "text"}
TYPE_OF = {name: kind for kind, names in TYPES.items() for name in names}
YES, NO = {"oui", "vrai", "true", "1", "x"}, {"non", "faux", "false", "0"}
# An apostrophe that keeps a spreadsheet from running a text is no part of it.
NEUTRALISED = re.compile(rf"'+\s*[{re.escape(''.join(FORMULA_STARTS))}\t]")
INFORMATIVE = {"version", "evaluations", "non repris"}
COLUMNS = {
    "code",
    "type",
    "enonce",
    "bonnes reponses",
    "tolerance",
    "unite",
    "ignorer les majuscules",
    "ignorer les accents",
    "fautes de frappe",
    "texte a trous",
    "forme",
    "degres",
    "mots au moins",
    "mots au plus",
    "types de fichier",
    "taille (mo)",
    "criteres",
    "pour qui corrige",
    "explication",
    "competence",
    "niveau",
    "difficulte",
    "etiquettes",
}
NUMBERED = re.compile(r"(reponse|correspond a|commentaire) (\d{1,3})\Z")
OTHER_NUMBER = re.compile(r"(.*?)\s*±\s*(.*)", re.DOTALL)
CRITERION = re.compile(r"(\d{1,3})\s*\|([^|]*)(?:\|(.*))?\Z", re.DOTALL)


def is_table(text: str) -> bool:
    """Whether the first line names the columns that every table of questions has."""
    first = text.lstrip("\ufeff\r\n").split("\n", 1)[0]
    names = {folded(name.strip().strip('"')) for name in re.split(r"[;,\t]", first)}
    return {"type", "enonce"} <= names


def read_csv(text: str, told: Told = unseen) -> Reading:
    """The questions of a CSV, its separator told by its first line. Raises QuestionFileRefused."""
    text = text.lstrip("\ufeff")
    first = text.lstrip("\r\n").split("\n", 1)[0]
    separator = max(";,\t", key=first.count)
    csv.field_size_limit(200_000)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        return _read_rows(((lines.line_num, row) for row in lines), text.count("\n"), told)
    except csv.Error as error:
        raise QuestionFileRefused(
            _("CSV mal formé, ligne %(n)d : un texte n’est pas refermé, ou il est trop long.") % {"n": lines.line_num}
        ) from error


def read_xlsx(data: bytes, told: Told = unseen) -> Reading:
    """The questions of the first sheet of a workbook. Raises QuestionFileRefused for what is not a sound one."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MAX_UNPACKED:
                raise QuestionFileRefused(_("Le classeur se déploie au-delà de ce qui est admis : il est refusé."))
            if "xl/workbook.xml" not in archive.namelist():
                raise QuestionFileRefused(_("Cette archive ZIP n’est pas un classeur Excel (.xlsx)."))
            if any(
                b"<!DOCTYPE" in archive.read(part) for part in archive.namelist() if part.endswith((".xml", ".rels"))
            ):
                raise QuestionFileRefused(_("Le classeur contient des entités XML : il est refusé."))
            sheets = (part for part in archive.namelist() if part.startswith("xl/worksheets/"))
            count = sum(archive.read(part).count(b"<row ") for part in sheets)  # what a sheet says of its size may lie
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # styles and extensions that openpyxl does not know
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            try:
                rows = enumerate(book.worksheets[0].iter_rows(max_col=MAX_COLUMNS, values_only=True), 1)
                return _read_rows(((number, list(map(_cell, row))) for number, row in rows), count, told)
            finally:
                book.close()
    except DefusedXmlException as error:
        raise QuestionFileRefused(_("Le classeur contient des entités XML : il est refusé.")) from error
    except (zipfile.BadZipFile, InvalidFileException, KeyError, IndexError, ValueError, SyntaxError, OSError) as error:
        raise QuestionFileRefused(_("Le classeur est abîmé : il ne peut pas être lu.")) from error


def _cell(value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "vrai" if value else "faux"
    if isinstance(value, float):
        return f"{Decimal(repr(value)).normalize():f}"
    return str(value)


def _read_rows(rows: Iterable[tuple[int, list[str]]], count: int, told: Told) -> Reading:
    reading, columns = Reading(told=told), None
    for number, row in reading.through(rows, count):
        if number > MAX_ROWS:
            raise QuestionFileRefused(_("Le tableau a plus de %(n)d lignes.") % {"n": MAX_ROWS})
        if not any(cell.strip() for cell in row):
            continue
        if columns is None:
            columns = _columns(row, number, reading)
            continue
        where = _("ligne %(n)d") % {"n": number}
        cells = {name: _without_apostrophe(row[place]) for name, place in columns.items() if place < len(row)}
        take(reading, where, _Row(cells, reading, where).read)
    return reading


def _columns(row: list[str], number: int, reading: Reading) -> dict[str, int]:
    """The place of each known column. Raises QuestionFileRefused without those that every question needs."""
    where, columns = _("ligne %(n)d") % {"n": number}, {}
    for place, heading in enumerate(row):
        name = folded(heading)
        if name in COLUMNS or NUMBERED.match(name):
            columns[name] = place
        elif name and name not in INFORMATIVE:
            reading.warn(where, _("Colonne inconnue, elle n’est pas lue : « %(name)s ».") % {"name": heading[:60]})
    if missing := [name for name in ("type", "énoncé") if folded(name) not in columns]:
        raise QuestionFileRefused(
            _("Il manque la colonne « %(name)s » : la première ligne nomme les colonnes (voir le modèle).")
            % {"name": missing[0]}
        )
    return columns


def _without_apostrophe(text: str) -> str:
    return text[1:] if NEUTRALISED.match(text) else text


def cell_text(text: str, is_inline: bool = False) -> Text:
    """The text of a cell: rich after [html], plain otherwise; [plain] guards one that would be taken for rich."""
    if text.startswith("[html]"):
        html = clean(text.removeprefix("[html]"), is_inline)
        return Rich(html) if said(Rich(html), is_inline)[1] else to_text(html)
    return text.removeprefix("[plain]")


class _Row:
    """One row being read: `cells` by name of column."""

    def __init__(self, cells: dict[str, str], reading: Reading, where: str):
        self.cells, self.reading, self.where = cells, reading, where

    def read(self) -> ImportedQuestion:
        kind = TYPE_OF.get(folded(self._cell("type")))
        if kind is None:
            raise Unreadable(_("Type de question inconnu : « %(type)s ».") % {"type": self._cell("type")[:40]})
        code = self._cell("code")
        return ImportedQuestion(
            type=kind,
            prompt=self._prose("enonce"),
            answer=getattr(self, f"_{kind}")(),
            code=code_from(code),
            title=code,
            explanation=self._prose("explication") or None,
            competence=self._cell("competence") or None,
            level=self._level(),
            difficulty=self._difficulty(),
            tags=self._tags(),
            where=f"{self.where}, « {code[:60]} »" if code else self.where,
        )

    def _cell(self, name: str) -> str:
        return one_line(self.cells.get(name, ""))

    def _prose(self, name: str) -> Text:
        return cell_text(plain(self.cells.get(name, "")))

    def _integer(self, name: str) -> int | None:
        text = self._cell(name)
        if text and not (text.isascii() and text.isdigit() and len(text) < 6):
            raise Unreadable(_("« %(name)s » : on attend un nombre entier.") % {"name": name})
        return int(text) if text else None

    def _numbered(self, name: str) -> Iterator[tuple[int, str]]:
        places = sorted(int(found[2]) for key in self.cells if (found := NUMBERED.match(key)) and found[1] == name)
        for place in places:
            if text := self._cell(f"{name} {place}"):
                yield place, text

    def _level(self) -> int | None:
        text = self._cell("niveau")
        if text and text not in ("1", "2", "3", "4", "5"):
            raise Unreadable(_("Le niveau va de 1 à 5, et non « %(text)s ».") % {"text": text[:40]})
        return int(text) if text else None

    def _difficulty(self) -> str | None:
        text = folded(self._cell("difficulte"))
        if text and text not in DIFFICULTIES:
            raise Unreadable(
                _("« Difficulté » dit facile, moyenne ou difficile, et non « %(text)s ».") % {"text": text[:40]}
            )
        return DIFFICULTIES.get(text)

    def _tags(self) -> tuple[str, ...] | None:
        """Separated by semicolons, or one a line."""
        cell = self.cells.get("etiquettes", "")
        return normal_tags(cell.split("\n" if "\n" in cell else ";"), self.reading, self.where)

    def _boolean(self, name: str) -> bool | None:
        text = folded(self._cell(name))
        if text and text not in YES | NO:
            raise Unreadable(_("« %(name)s » : on attend oui ou non.") % {"name": name})
        return text in YES if text else None

    def _options(self, is_single: bool) -> dict:
        options, told = dict(self._numbered("reponse")), dict(self._numbered("commentaire"))
        numbers = re.findall(r"\d+", self._cell("bonnes reponses"))
        right = {int(number) for number in numbers}
        if not right or not right <= set(options):
            raise Unreadable(_("« Bonnes réponses » donne les numéros des réponses justes, par exemple « 1;3 »."))
        if is_single and len(right) > 1:
            raise Unreadable(_("Un choix unique a exactement une bonne réponse."))
        rows = (
            (cell_text(text, is_inline=True), number in right, *filter(None, [told.get(number)]))
            for number, text in options.items()
        )
        return {"options": tuple(rows)}

    def _single(self) -> dict:
        return self._options(is_single=True)

    def _multiple(self) -> dict:
        return self._options(is_single=False)

    def _true_false(self) -> dict:
        truth = self._boolean("bonnes reponses")
        if truth is None:
            raise Unreadable(_("« Bonnes réponses » dit vrai ou faux."))
        return {"is_true": truth}

    def _numeric(self) -> dict:
        value = number_from(self._cell("reponse 1"))
        tolerance = number_from(self._cell("tolerance") or "0")
        if value is None or tolerance is None:
            raise Unreadable(_("« Réponse 1 » et « Tolérance » sont des nombres."))
        others = tuple(self._other_number(text) for place, text in self._numbered("reponse") if place > 1)
        answer = {"value": value, "tolerance": tolerance, "unit": self._cell("unite") or None}
        return answer | {"others": others} if others else answer

    def _other_number(self, text: str) -> tuple[Decimal, Decimal]:
        found = OTHER_NUMBER.fullmatch(text)
        value, tolerance = (number_from(part) for part in (found.groups() if found else (text, "0")))
        if value is None or tolerance is None:
            raise Unreadable(_("Les autres réponses d’un nombre sont des nombres, comme « 10 » ou « 10 ± 0,5 »."))
        return value, tolerance

    def _matching(self) -> dict:
        left, right = dict(self._numbered("reponse")), dict(self._numbered("correspond a"))
        if left.keys() - right.keys():
            raise Unreadable(_("Dans un appariement, « Réponse 1 » va avec « Correspond à 1 », et ainsi de suite."))
        alone = [text for number, text in right.items() if number not in left]
        return matched([(cell_text(left[number], is_inline=True), right[number]) for number in left], alone)

    def _ordering(self) -> dict:
        return {"items": tuple(cell_text(text, is_inline=True) for _number, text in self._numbered("reponse"))}

    def _short_text(self) -> dict:
        ignore = {f"ignore_{name}": self._boolean(f"ignorer les {label}") for name, label in IGNORED.items()}
        accepted = tuple(text for _number, text in self._numbered("reponse"))
        return {"accepted": accepted, **ignore, "typos": self._integer("fautes de frappe")}

    def _gap_fill(self) -> dict:
        return read_cloze(plain(self.cells.get("texte a trous", "")), self.reading, self.where)

    def _survey(self) -> dict:
        form = FORMS.get(folded(self._cell("forme")))
        if form is None:
            raise Unreadable(_("« Forme » dit : un choix, plusieurs choix, échelle ou texte."))
        texts = dict(self._numbered("reponse"))
        is_scale = form == "scale"
        return {
            "choices": () if is_scale else tuple(texts.values()),
            "form": form,
            "steps": self._integer("degres") or 5,
            "low": texts.get(1, "") if is_scale else "",
            "high": texts.get(2, "") if is_scale else "",
        }

    def _essay(self) -> dict:
        words = {"min_words": self._integer("mots au moins"), "max_words": self._integer("mots au plus")}
        return {**self._by_hand(), **words}

    def _file(self) -> dict:
        names = tuple(re.findall(r"\w+", self._cell("types de fichier").lower())) or None
        return {**self._by_hand(), "extensions": names, "max_mb": self._integer("taille (mo)")}

    def _by_hand(self) -> dict:
        rows = []
        for line in plain(self.cells.get("criteres", "")).split("\n"):
            found = CRITERION.match(line.strip())
            if line.strip() and found is None:
                raise Unreadable(_("« Critères » : un par ligne, comme « 2 | Le risque est nommé | ce qu’on attend »."))
            if found:
                rows.append((found[2].strip(), int(found[1]), (found[3] or "").strip()))
        return {"rubric": tuple(rows) or None, "guide": plain(self.cells.get("pour qui corrige", "")) or None}


IGNORED = {"case": "majuscules", "accents": "accents"}
