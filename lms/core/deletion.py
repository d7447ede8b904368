"""Deleting in the back office: what is used cannot be, and the page says by what."""

from collections import Counter

from django.contrib import messages
from django.contrib.admin.utils import NestedObjects
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.text import capfirst
from django.utils.translation import gettext as _


def what_protects(row: models.Model) -> list[str]:
    """What keeps `row` from being deleted, as « name of the rows (how many) »; empty when nothing does."""
    collector = NestedObjects(using=row._state.db or "default")
    collector.collect([row])
    counts = Counter(str(user._meta.verbose_name_plural) for user in collector.protected)
    return [f"{name} ({count})" for name, count in sorted(counts.items())]


def refuse_deletion(request: HttpRequest, rows: list[models.Model], back_to: str) -> HttpResponse | None:
    """Go back with a message when one of `rows` is used; nothing when all may go."""
    for row in rows:
        if users := what_protects(row):
            messages.error(
                request,
                _("%(kind)s « %(row)s » : suppression impossible, car encore utilisé par : %(users)s.")
                % {"kind": capfirst(row._meta.verbose_name), "row": row, "users": ", ".join(users)},
            )
            return redirect(back_to)
    return None
