"""YAML read with the line of every value, so that a refusal can say where. Knows nothing of courses."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

import yaml
from django.utils.translation import gettext as _

MAX_BYTES = 2_000_000
MAX_DEPTH = 20


@dataclass(frozen=True, order=True)
class Problem:
    """Why a file is refused: a line (from 1) and a reason in French."""

    line: int
    message: str


class FileRefused(Exception):
    """A file cannot be imported; `problems` lists every reason found, in the order of the lines."""

    def __init__(self, problems: list[Problem], name: str = ""):
        super().__init__(problems)
        self.problems = sorted(set(problems))
        self.name = name

    def __str__(self):
        return "\n".join(
            _("%(file)s, ligne %(line)d : %(reason)s")
            % {"file": self.name, "line": problem.line, "reason": problem.message}
            for problem in self.problems
        )


@dataclass(frozen=True)
class Located:
    """A value and the line it stands on; lists hold `Located`, mappings go from str to `Located`."""

    value: Any
    line: int
    written: str = ""  # a scalar as the author wrote it

    @property
    def as_decimal(self) -> Decimal | None:
        """The number as written, without a detour by floating point; None if it is not one."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            return None
        try:
            number = Decimal(self.written.replace("_", ""))
        except InvalidOperation:
            return None
        return number if number.is_finite() else None


def read_yaml(data: bytes) -> Located:
    """The single document of a file. Raises FileRefused."""
    if len(data) > MAX_BYTES:
        raise FileRefused([Problem(1, _("Le fichier dépasse %(size)d Mo.") % {"size": MAX_BYTES // 1_000_000})])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise FileRefused([Problem(line, _("Le fichier n’est pas écrit en UTF-8."))]) from error
    try:
        _check_shape(text)
        loader = yaml.SafeLoader(text)
        try:
            node = loader.get_single_node()
            if node is None:
                raise FileRefused([Problem(1, _("Le fichier est vide."))])
            return _located(loader, node)
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise FileRefused([Problem(mark.line + 1 if mark else 1, _yaml_reason(error))]) from error
    except yaml.reader.ReaderError as error:
        line = text[: error.position].count("\n") + 1
        raise FileRefused([Problem(line, _("Un caractère de contrôle n’est pas admis."))]) from error


def _yaml_reason(error) -> str:
    return _("YAML mal formé (%(reason)s).") % {"reason": error.problem or error.context}


def _check_shape(text: str) -> None:
    """Refuse aliases (a small file may unfold without end) and nesting deeper than any course needs."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent):
            raise FileRefused([Problem(event.start_mark.line + 1, _("Les renvois YAML (« * ») ne sont pas admis."))])
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise FileRefused([Problem(event.start_mark.line + 1, _("Trop de niveaux imbriqués."))])


def _located(loader, node) -> Located:
    line = node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        return Located([_located(loader, child) for child in node.value], line)
    if isinstance(node, yaml.MappingNode):
        return Located(_mapping(loader, node), line)
    try:
        value = loader.construct_object(node)
    except (ValueError, OverflowError) as error:
        raise FileRefused([Problem(line, _("Valeur illisible : %(value)s.") % {"value": node.value[:60]})]) from error
    return Located(value, line, node.value)


def _mapping(loader, node) -> dict[str, Located]:
    found, problems = {}, []
    for key_node, value_node in node.value:
        key = _located(loader, key_node)
        if not isinstance(key.value, str):
            problems.append(Problem(key.line, _("Une clé doit être un texte.")))
        elif key.value in found:
            problems.append(Problem(key.line, _("La clé « %(key)s » est répétée.") % {"key": key.value}))
        else:
            found[key.value] = _located(loader, value_node)
    if problems:
        raise FileRefused(problems)
    return found
