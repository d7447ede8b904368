"""Roles: groups and their permissions, roles given over a unit for a time, and the memberships that follow."""

from collections import defaultdict
from datetime import date, timedelta

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from wagtail import hooks

from lms.core.audit import record
from lms.people.models import RoleAssignment, Unit, User
from lms.people.rules import ROLE_PERMISSIONS, Role
from lms.people.signals import scopes_changed


def permissions_named(names: list[str]) -> list[Permission]:
    """The permissions called "app_label.codename"; those that do not exist (yet) are left out."""
    condition = Q(pk__in=[])
    for name in names:
        app_label, codename = name.split(".")
        condition |= Q(content_type__app_label=app_label, codename=codename)
    return list(Permission.objects.filter(condition))


@transaction.atomic
def ensure_groups() -> dict[Role, Group]:
    """The group of each role, created where missing and given what its role may do; nothing is ever taken away.

    Higher floors name their permissions by the Wagtail hook `register_role_permissions`, which returns
    {role: ["app_label.codename", …]}. An administration that wants fewer rights makes a group of its own.
    """
    names: dict[Role, list[str]] = defaultdict(list, {role: list(names) for role, names in ROLE_PERMISSIONS.items()})
    for hook in hooks.get_hooks("register_role_permissions"):
        for role, more in hook().items():
            names[Role(role)] += more
    groups = {role: Group.objects.get_or_create(name=role.value)[0] for role in Role}
    for role, group in groups.items():
        group.permissions.add(*permissions_named(names[role]))
    return groups


@transaction.atomic
def grant_role(
    person: User,
    group: Group,
    unit: Unit,
    *,
    by: User | None,
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> RoleAssignment:
    """Give a person a role over a unit and all below it; the same open role given again is the one they have."""
    User.objects.select_for_update().get(pk=person.pk)
    starts_on = starts_on or timezone.localdate()
    if ends_on is None and (held := person.roles.filter(group=group, unit=unit, ends_on=None).first()):
        return held
    role = RoleAssignment(person=person, group=group, unit=unit, starts_on=starts_on, ends_on=ends_on)
    return _write(role, "people.grant_role", by)


@transaction.atomic
def change_role(role: RoleAssignment, *, by: User | None) -> RoleAssignment:
    """Write a role whose unit or dates were changed; its person and group stay."""
    return _write(role, "people.change_role", by)


@transaction.atomic
def revoke_role(role: RoleAssignment, *, by: User | None, on: date | None = None) -> RoleAssignment:
    """End a role at once: `on` (today) is the first day without it. A role already over keeps its date."""
    last_day = (on or timezone.localdate()) - timedelta(days=1)
    if role.ends_on and role.ends_on <= last_day:
        return role
    role.ends_on = last_day
    return _write(role, "people.revoke_role", by)


def _write(role: RoleAssignment, verb: str, by: User | None) -> RoleAssignment:
    role.save()
    sync_memberships(person=role.person)
    record(
        verb,
        by,
        role,
        person=role.person_id,
        group=role.group.name,
        unit=role.unit.code,
        starts_on=role.starts_on.isoformat(),
        ends_on=role.ends_on and role.ends_on.isoformat(),
    )
    return role


@transaction.atomic
def sync_memberships(person: User | None = None, on: date | None = None) -> int:
    """Make people (or one) members of the groups of their roles in force, and of those groups only; count changes.

    Only groups that were ever given as a role are concerned: a membership given otherwise stays.
    """
    roles = RoleAssignment.objects.filter(**({"person": person} if person else {}))
    wanted = set(roles.in_force(on).values_list("person", "group").order_by())
    changes = 0
    for user_pk, group_pk in set(roles.values_list("person", "group").order_by()):
        user = person or User.objects.get(pk=user_pk)
        is_member = user.groups.filter(pk=group_pk).exists()
        if is_member == ((user_pk, group_pk) in wanted):
            continue
        (user.groups.remove if is_member else user.groups.add)(group_pk)
        changes += 1
    scopes_changed.send(sender=RoleAssignment, person=person, on=on)
    return changes
