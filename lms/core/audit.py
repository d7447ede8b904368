"""The audit trail: who did what that matters, when, and on whose behalf."""

from collections.abc import Iterable

from django.db import models
from django.utils import timezone

from lms.core.models import AuditEntry


def _who(user) -> tuple[str, str]:
    """The identifier and label under which `user` is remembered; both empty for nobody (the system, an anonymous)."""
    if user is None or not user.is_authenticated:
        return "", ""
    return str(user.pk), str(user)[:200]


def record(verb: str, actor=None, obj: models.Model | None = None, on_behalf_of=None, **details) -> AuditEntry:
    """Append one entry; call it inside the transaction of the act, so that both stand or neither does.

    `verb` is dotted, `app.act` ("certificate.revoke"); `details` must fit JSON.
    """
    (entry,) = record_all([entry_of(verb, actor, obj, on_behalf_of, **details)])
    return entry


def entry_of(verb: str, actor=None, obj: models.Model | None = None, on_behalf_of=None, **details) -> AuditEntry:
    """What `record` appends, for `record_all`."""
    actor_pk, actor_label = _who(actor)
    behalf_pk, behalf_label = _who(on_behalf_of)
    return AuditEntry(
        at=timezone.now(),
        verb=verb,
        actor_pk=actor_pk,
        actor_label=actor_label,
        on_behalf_of_pk=behalf_pk,
        on_behalf_of_label=behalf_label,
        object_type=obj._meta.label_lower if obj is not None else "",
        object_pk=str(obj.pk) if obj is not None else "",
        object_label=str(obj)[:250] if obj is not None else "",
        details=details,
    )


def record_all(entries: Iterable[AuditEntry]) -> list[AuditEntry]:
    """Append many entries in one query, inside the transaction of their acts."""
    return AuditEntry.objects.bulk_create(entries)
