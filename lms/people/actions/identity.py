"""Names and matricules: corrected by the person or by HR, a matricule being held once in a top unit."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from lms.core.audit import record
from lms.people.models import Post, Unit, User
from lms.people.rules import plain_matricule, plain_name


class MatriculeTaken(Exception):
    """Somebody else holds this matricule in the same ministry, agency or department."""


def check_matricule(person: User, matricule: str, units: list[Unit], on: date) -> None:
    """Raise MatriculeTaken when someone else with a post on `on` beside one of `units` holds `matricule`.

    Beside: under the same node just below the State. No constraint can say this, since the top unit of a person
    follows from dated posts in another table and moves with the tree; so the action checks, after locking the top
    units concerned, which makes two simultaneous writers wait for each other.
    """
    if not matricule:
        return
    tops = {unit.path[: 2 * Unit.steplen] for unit in units}
    list(Unit.objects.select_for_update().filter(path__in=tops))
    for top in tops:
        others = Post.objects.in_force(on).filter(unit__path__startswith=top, person__matricule=matricule)
        if others.exclude(person=person).exists():
            raise MatriculeTaken


@transaction.atomic
def correct_identity(
    person: User, *, first_name: str, last_name: str, matricule: str, by: User, on: date | None = None
) -> User:
    """Write a person's names and matricule, and the fields that changed (not their values) in the audit trail.

    Raises MatriculeTaken. Locks the person, then the top units of their posts in force.
    """
    on = on or timezone.localdate()
    person = User.objects.select_for_update().get(pk=person.pk)
    wanted = {
        "first_name": plain_name(first_name),
        "last_name": plain_name(last_name),
        "matricule": plain_matricule(matricule),
    }
    changed = [name for name, value in wanted.items() if getattr(person, name) != value]
    if not changed:
        return person
    if "matricule" in changed:
        check_matricule(person, wanted["matricule"], list(Unit.objects.filter(posts__in=person.posts.in_force(on))), on)
    for name in changed:
        setattr(person, name, wanted[name])
    person.save(update_fields=changed)
    record("people.correct_identity", by, person, fields=changed)
    return person
