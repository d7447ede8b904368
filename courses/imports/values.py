"""Values taken out of a located document, one kind a method; what is wrong is noted with its line, and reading goes on."""

from decimal import Decimal

from django.utils.text import slugify
from django.utils.translation import gettext as _

from courses.imports.located import Located, Problem
from lms.core.typography import french


class Values:
    """Gathers problems; a value that is wrong is read as an empty one of its kind."""

    def __init__(self):
        self.problems: list[Problem] = []

    def refuse(self, node: Located, message: str) -> None:
        self.problems.append(Problem(node.line, message))

    def mapping(self, node: Located, name: str, required: set, optional: set = frozenset()) -> dict[str, Located]:
        if not isinstance(node.value, dict):
            self.refuse(node, _("%(name)s : on attend des clés et des valeurs.") % {"name": name.capitalize()})
            return {}
        for key in sorted(required - set(node.value)):
            self.refuse(node, _("%(name)s : il manque « %(key)s ».") % {"name": name.capitalize(), "key": key})
        for key in node.value.keys() - required - optional:
            self.refuse(
                node.value[key], _("%(name)s : clé inconnue « %(key)s ».") % {"name": name.capitalize(), "key": key}
            )
        return node.value

    def nodes(self, found, key) -> list[Located]:
        node = found.get(key)
        if node is None:
            return []
        if not isinstance(node.value, list):
            self.refuse(node, _("« %(key)s » : on attend une liste.") % {"key": key})
            return []
        return node.value

    def identified(self, found, key, read) -> tuple:
        rows, seen = [], set()
        for node in self.nodes(found, key):
            row = read(node)
            if row.id and row.id in seen:
                self.refuse(node, _("L’identifiant « %(id)s » est répété.") % {"id": row.id})
            seen.add(row.id)
            rows.append(row)
        if key in found and not rows:
            self.refuse(found[key], _("« %(key)s » : la liste est vide.") % {"key": key})
        return tuple(rows)

    def text(self, found, key, longest, default=None) -> str:
        if key not in found:
            return default or ""
        node = found[key]
        if not isinstance(node.value, str):
            self.refuse(node, _("« %(key)s » : on attend un texte (mettez-le entre guillemets).") % {"key": key})
            return ""
        value = node.value.strip()
        if not value and default is None:
            self.refuse(node, _("« %(key)s » : le texte est vide.") % {"key": key})
        if len(value) > longest:
            message = _("« %(key)s » : le texte dépasse %(longest)d caractères.")
            self.refuse(node, message % {"key": key, "longest": longest})
        return value

    def prose(self, found, key, longest, default=None) -> str:
        """A text for people to read, set as French is; codes and accepted answers stay as they are written."""
        return french(self.text(found, key, longest, default))

    def texts(self, found, key, longest) -> tuple[str, ...]:
        return tuple(self.text({key: node}, key, longest) for node in self.nodes(found, key))

    def identifier(self, found, key, longest=30) -> str:
        value = self.text(found, key, longest)
        if value and slugify(value) != value:
            self.refuse(
                found[key], _("« %(id)s » : minuscules sans accent, chiffres et tirets seulement.") % {"id": value}
            )
        return value

    def integer(self, found, key, lowest, highest, default=0) -> int:
        if key not in found:
            return default
        node = found[key]
        if isinstance(node.value, bool) or not isinstance(node.value, int) or not lowest <= node.value <= highest:
            message = _("« %(key)s » : on attend un nombre entier de %(lowest)d à %(highest)d.")
            self.refuse(node, message % {"key": key, "lowest": lowest, "highest": highest})
            return default
        return node.value

    def decimal(self, found, key, default=None) -> Decimal | None:
        if key not in found:
            return default
        if (value := found[key].as_decimal) is None or abs(value.adjusted()) > 15:
            self.refuse(found[key], _("« %(key)s » : on attend un nombre.") % {"key": key})
            return default
        return value

    def boolean(self, found, key, default=False) -> bool:
        if key not in found:
            return default
        if not isinstance(found[key].value, bool):
            self.refuse(found[key], _("« %(key)s » : on attend true ou false.") % {"key": key})
            return default
        return found[key].value
