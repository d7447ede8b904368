"""Units: made, changed and moved, one writer at a time, since each may rewrite the paths of others."""

from django.db import transaction

from lms.core.audit import record
from lms.people.models import EmailDomain, Unit, User
from lms.people.signals import scopes_changed


@transaction.atomic
def save_unit(unit: Unit, *, parent: Unit | None, by: User | None) -> Unit:
    """Write a unit below `parent`, moving it with all that depends on it; no parent leaves it where it is.

    Locks the top of the tree. Roles over the units left and joined change scope at once.
    """
    list(Unit.objects.select_for_update().filter(depth=1))
    parent = Unit.objects.get(pk=parent.pk) if parent else None
    if unit.pk is None:
        unit = parent.add_child(instance=unit)
        record("people.add_unit", by, unit, code=unit.code, parent=parent.code)
        return unit
    place = Unit.objects.get(pk=unit.pk)  # the tree's own fields may have changed since the form was shown
    unit.path, unit.depth, unit.numchild = place.path, place.depth, place.numchild
    unit.save()
    before = place.get_parent()
    if parent and before and parent != before:
        place.move(parent, "last-child")
        unit.refresh_from_db()
    record("people.change_unit", by, unit, code=unit.code, parent=parent and parent.code)
    scopes_changed.send(sender=Unit, person=None, on=None)
    return unit


@transaction.atomic
def save_domain(domain: EmailDomain, *, by: User | None) -> EmailDomain:
    """Write an admitted e-mail domain, or one no longer admitted."""
    domain.save()
    record("people.change_domain", by, domain, is_active=domain.is_active)
    return domain
