"""Data files written by people (YAML, CSV): read with their line numbers, refused with the line and the reason."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import yaml
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lms.core.typography import french


class MalformedFile(Exception):
    """A data file that is refused as a whole: nothing of it was loaded."""

    def __init__(self, path: Path, line: int, reason: str):
        self.path, self.line, self.reason = path, line, reason
        super().__init__(_("%(file)s, ligne %(line)d : %(reason)s") % {"file": path, "line": line, "reason": reason})


class Entry(dict):
    """A mapping that knows its file and lines, and refuses what is missing or of the wrong kind."""

    path: Path
    line: int

    def __init__(self, path: Path, line: int):
        super().__init__()
        self.path, self.line, self.lines = path, line, {}

    def refuse(self, reason: str, key: Any = None) -> NoReturn:
        """Raise MalformedFile at the line of `key`, or of the entry itself."""
        raise MalformedFile(self.path, self.lines.get(key, self.line), reason)

    def text(self, key: Any, default: str | None = None) -> str:
        """The trimmed text under `key`; required unless there is a default."""
        value = self.get(key, default)
        if value is None:
            self.refuse(_("« %(key)s » manque.") % {"key": key}, key)
        if isinstance(value, bool | dict | list):
            self.refuse(_("« %(key)s » doit être un texte.") % {"key": key}, key)
        value = str(value).strip()
        if default is None and not value:
            self.refuse(_("« %(key)s » est vide.") % {"key": key}, key)
        return value

    def prose(self, key: Any, default: str | None = None) -> str:
        """The text under `key`, for people to read: set as French is."""
        return french(self.text(key, default))

    def number(self, key: Any, least: int, most: int) -> int:
        """The whole number under `key`, from `least` to `most`."""
        value = self.get(key)
        if type(value) is not int or not least <= value <= most:
            self.refuse(
                _("« %(key)s » doit être un nombre entier de %(least)d à %(most)d.")
                % {"key": key, "least": least, "most": most},
                key,
            )
        return value

    def entry(self, key: Any, default: bool = False) -> "Entry":
        """The mapping under `key`; an empty one when it is missing and `default` is true."""
        value = self.get(key)
        if value is None and default:
            return Entry(self.path, self.line)
        if not isinstance(value, Entry):
            self.refuse(_("« %(key)s » doit être un bloc de champs.") % {"key": key}, key)
        return value

    def items_of(self, key: Any, default: bool = False) -> list:
        """The list under `key`; an empty one when it is missing and `default` is true."""
        value = self.get(key)
        if value is None and default:
            return []
        if not isinstance(value, list):
            self.refuse(_("« %(key)s » doit être une liste.") % {"key": key}, key)
        return value

    def entries(self, key: Any, default: bool = False) -> list["Entry"]:
        """The list of mappings under `key`."""
        values = self.items_of(key, default)
        if any(not isinstance(value, Entry) for value in values):
            self.refuse(_("« %(key)s » doit être une liste de blocs de champs.") % {"key": key}, key)
        return values


class _Loader(yaml.SafeLoader):
    """YAML's safe loader, whose mappings are entries."""

    source: Path

    def construct_entry(self, node: yaml.MappingNode) -> Iterator[Entry]:
        entry = Entry(self.source, node.start_mark.line + 1)
        yield entry
        for key_node, value_node in node.value:
            key, line = self.construct_object(key_node, deep=True), key_node.start_mark.line + 1
            if isinstance(key, dict | list):
                raise MalformedFile(self.source, line, _("un nom de champ doit être un mot."))
            if key in entry:
                raise MalformedFile(self.source, line, _("« %(key)s » est écrit deux fois.") % {"key": key})
            entry[key], entry.lines[key] = self.construct_object(value_node, deep=True), line


_Loader.add_constructor("tag:yaml.org,2002:map", _Loader.construct_entry)


def read_yaml(path: Path) -> Entry:
    """The mapping that a YAML file holds. Raises MalformedFile."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise MalformedFile(path, 0, _("ce fichier n’existe pas.")) from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise MalformedFile(path, line, _("ce fichier n’est pas en UTF-8.")) from error
    try:
        loader = _Loader(text)
        loader.source = path
        content = loader.get_single_data()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = _("ce n’est pas du YAML valide (%(problem)s).") % {"problem": getattr(error, "problem", None) or error}
        raise MalformedFile(path, mark.line + 1 if mark else 1, reason) from error
    if not isinstance(content, Entry):
        raise MalformedFile(path, 1, _("le fichier doit commencer par des champs « nom : valeur »."))
    return content


def read_csv(path: Path, columns: list[str]) -> list[Entry]:
    """The rows of a comma-separated file with a header, which must name at least `columns`. Raises MalformedFile."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [column for column in columns if column not in (reader.fieldnames or [])]
            if missing:
                raise MalformedFile(path, 1, _("il manque la colonne « %(column)s ».") % {"column": missing[0]})
            rows = []
            for row in reader:
                entry = Entry(path, reader.line_num)
                if None in row or None in row.values():
                    entry.refuse(_("cette ligne n’a pas autant de colonnes que la première."))
                entry.update(row)
                rows.append(entry)
            return rows
    except FileNotFoundError as error:
        raise MalformedFile(path, 0, _("ce fichier n’existe pas.")) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise MalformedFile(path, 1, _("ce fichier n’est pas un CSV en UTF-8.")) from error


@dataclass
class LoadReport:
    """What loading a file did: rows created, updated, found the same, and those that differ and were left alone."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    kept: list[str] = field(default_factory=list)

    @property
    def has_changes(self) -> bool:
        return bool(self.created or self.updated)

    def lines(self) -> list[str]:
        """The report in sentences, for the one who ran the command."""
        counts = _("%(created)d créés, %(updated)d mis à jour, %(unchanged)d inchangés") % vars(self)
        if not self.kept:
            return [counts]
        kept = ngettext(
            "%(count)d ligne modifiée depuis dans l’administration est gardée (--update pour la remplacer) :",
            "%(count)d lignes modifiées depuis dans l’administration sont gardées (--update pour les remplacer) :",
            len(self.kept),
        )
        return [counts, kept % {"count": len(self.kept)}, *(f"  {label}" for label in self.kept)]

    def settle(self, row: models.Model, values: dict[str, Any], update: bool) -> bool:
        """Compare an existing row with the file: write it when `update`, otherwise leave it and say so."""
        changed = [name for name, value in values.items() if getattr(row, name) != value]
        if not changed:
            self.unchanged += 1
            return False
        if not update:
            self.kept.append(f"{row._meta.verbose_name} {row} ({', '.join(changed)})")
            return False
        for name in changed:
            setattr(row, name, values[name])
        row.save()
        self.updated += 1
        return True

    def put(self, model: type[models.Model], lookup: dict[str, Any], values: dict[str, Any], update: bool) -> Any:
        """Create the row found by `lookup`, or settle the one there is; return it."""
        row = model._default_manager.filter(**lookup).first()
        if row is None:
            self.created += 1
            return model._default_manager.create(**lookup, **values)
        self.settle(row, values, update)
        return row
