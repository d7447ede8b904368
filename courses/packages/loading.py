"""Rows made of what a package says, field by field as declared; what this installation does not know is told."""

import contextlib
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from taggit.managers import TaggableManager
from wagtail.fields import RichTextField, StreamField

from courses.imports.remarks import WARNING, ImportRefused, Remark
from courses.models import Question, QuestionTag
from courses.packages.fields import CARRIED, NATURAL_KEYS, is_child_relation, is_many
from courses.packages.values import broken, clean_html, convert_html, convert_raw

MAX_ROWS = 2_000  # children of one row


class Loader:
    """One package being loaded: what its references became, and what is said of it.

    `questions`: those of the bank that it may name by their codes.
    `found`: (kind, reference) → primary key; filled by whoever makes the rows. A reference to a page not made yet leaves
    the page that makes it in `unfinished`.
    """

    def __init__(self, questions: models.QuerySet):
        self.questions = questions
        self.found: dict[tuple[str, str], int] = {}
        self.codes: dict[str, str] = {}  # of questions, where theirs is taken here
        self.remarks: list[Remark] = []
        self.awaits_page = False
        self._known: dict[tuple[type, str], models.Model | None] = {}

    def warn(self, where: str, message: str) -> None:
        remark = Remark(WARNING, where, message)
        if remark not in self.remarks:
            self.remarks.append(remark)

    def fill(self, row: models.Model, said: dict, where: str, only_texts: bool = False) -> models.Model:
        """Put the declared fields of `said` in a row (its rich texts alone, a second time); tags wait until it is saved.

        Raises ImportRefused.
        """
        model = type(row)
        names = CARRIED[model]
        if not isinstance(said, dict) or set(said) - {"type", "pages"} != set(names):
            raise ImportRefused(_("%(where)s : les champs ne sont pas ceux attendus.") % {"where": where})
        for name in names:
            field = model._meta.get_field(name)
            if isinstance(field, TaggableManager) or (
                only_texts and not isinstance(field, StreamField | RichTextField)
            ):
                continue
            try:
                self._put(row, field, said[name], where)
            except (ImportRefused, ValidationError) as refusal:
                raise ImportRefused(
                    _("%(where)s, « %(field)s » : %(why)s")
                    % {"where": where, "field": label(field), "why": reasons(refusal)}
                ) from refusal
        return row

    def _put(self, row: models.Model, field, value: Any, where: str) -> None:
        if is_child_relation(field):
            setattr(row, field.name, self._children(field, value, where))
        elif is_many(field):
            setattr(row, field.name, self._many(field, value, where))
        elif isinstance(field, models.ForeignKey):
            setattr(row, field.name, self._one(field.related_model, value, where))
        elif isinstance(field, StreamField):
            setattr(row, field.name, self._stream(field, value))
        elif isinstance(field, RichTextField):
            setattr(row, field.name, self.html(value, field.features))
        elif isinstance(value, dict | list) or (
            isinstance(field, models.CharField | models.TextField) and not isinstance(value, str)
        ):
            raise broken()
        else:
            setattr(row, field.name, self._plain(field, value))

    def _plain(self, field, value: Any) -> Any:
        """A plain value, valid unless it is empty: drafts may be unfinished."""
        value = field.to_python(value)
        is_left_empty = value in field.empty_values and (value is not None or field.null)
        return value if is_left_empty else field.clean(value, None)

    def _children(self, field, value: Any, where: str) -> list:
        if not isinstance(value, list) or len(value) > MAX_ROWS:
            raise broken()
        children = []
        for said in value:
            child = self.fill(field.related_model(), said, where)
            parent = field.field.name
            required = [
                each
                for each in child._meta.fields
                if isinstance(each, models.ForeignKey) and not each.null and each.name != parent
            ]
            if any(getattr(child, each.attname) is None for each in required):
                continue  # what it names is unknown here, and that is told
            child.full_clean(exclude=[parent])
            child.sort_order = len(children)
            children.append(child)
        return children

    def _many(self, field, value: Any, where: str) -> list:
        if not isinstance(value, list):
            raise broken()
        found = (self._one(field.related_model, each, where) for each in value)
        return [row for row in found if row is not None]

    def _one(self, model: type[models.Model], key: Any, where: str) -> models.Model | None:
        """The row of this natural key; None, and a remark, when there is none here."""
        if key is None:
            return None
        if not isinstance(key, str):
            raise broken()
        key = self.codes.get(key, key) if model is Question else key
        if (model, key) not in self._known:
            rows = self.questions if model is Question else model._default_manager
            row = rows.filter(**{NATURAL_KEYS[model]: key}).first()
            if row is None and model is QuestionTag:
                row = QuestionTag.objects.create(name=key[:100])
            self._known[model, key] = row
        row = self._known[model, key]
        if row is None:
            message = _("Rien ici ne porte ce nom : %(kind)s « %(key)s ». Ce n’est pas repris.")
            self.warn(where, message % {"kind": model._meta.verbose_name, "key": key[:60]})
        return row

    def _stream(self, field: StreamField, value: Any):
        raw = convert_raw(field.stream_block, value, self.reference, self.html)
        try:
            stream = field.stream_block.to_python(raw)
            return field.stream_block.clean_deferred(stream)
        except (TypeError, ValueError, KeyError, AttributeError, IndexError, ArithmeticError) as error:
            raise broken() from error

    def html(self, html: Any, features: list[str] | None) -> str:
        return clean_html(convert_html(html, self.reference), features)

    def reference(self, kind: str, reference: Any) -> int | None:
        """The row a reference of the archive became."""
        if not isinstance(reference, str):
            raise broken()
        if kind == "question":
            reference = self.codes.get(reference, reference)
        if (kind, reference) in self.found:
            return self.found[kind, reference]
        if kind == "question":
            return self._one_pk(Question, reference)
        self.awaits_page = self.awaits_page or kind == "page"
        return None

    def _one_pk(self, model, key: str) -> int | None:
        row = self._one(model, key, _("la formation"))
        return row and row.pk


def label(field) -> str:
    """What a field is called on screen."""
    return str(getattr(field, "verbose_name", None) or field.related_model._meta.verbose_name_plural)


def reasons(refusal: Exception) -> str:
    """The reasons of a refusal, on one line."""
    if isinstance(refusal, ValidationError):
        with contextlib.suppress(AttributeError, TypeError):
            return " ".join(dict.fromkeys(refusal.messages)) or _("valeur refusée")
        return _("valeur refusée")
    return str(refusal)
