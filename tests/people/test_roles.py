"""Roles: groups, what they may do, and memberships that follow the roles in force."""

from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.utils import timezone
from wagtail import hooks
from wagtail.models import Collection

from lms.core.models import AuditEntry
from lms.people.actions import change_role, ensure_groups, grant_role, revoke_role, sync_memberships
from lms.people.rules import Role
from tests.factories.people import GroupFactory, RoleAssignmentFactory, UnitFactory, UserFactory

pytestmark = pytest.mark.django_db


def groups_of(user):
    return set(user.groups.values_list("name", flat=True))


def test_migrate_makes_the_groups():
    assert set(Role) <= set(Group.objects.values_list("name", flat=True))


def test_ensure_groups_twice_changes_nothing():
    before = {role: set(group.permissions.all()) for role, group in ensure_groups().items()}
    group = ensure_groups()[Role.HR]
    assert {role: set(group.permissions.all()) for role, group in ensure_groups().items()} == before
    assert Group.objects.filter(name=Role.HR).count() == 1
    assert group.permissions.filter(codename="access_admin").exists()


def test_ensure_groups_gives_no_role_the_accounts():
    for group in ensure_groups().values():
        assert not group.permissions.filter(codename__in=["add_user", "change_user", "delete_user"]).exists()


def test_ensure_groups_gives_what_higher_floors_ask():
    with hooks.register_temporarily("register_role_permissions", lambda: {"Certification": ["wagtailcore.add_site"]}):
        assert ensure_groups()[Role.CERTIFICATION].permissions.filter(codename="add_site").exists()


def test_ensure_groups_does_without_a_library():
    Collection.objects.all().delete()
    assert set(ensure_groups()) == set(Role)


def test_grant_role_makes_a_member_and_says_so():
    person, admin, unit = UserFactory(), UserFactory(), UnitFactory(code="MND")
    role = grant_role(person, ensure_groups()[Role.HR], unit, by=admin)
    assert groups_of(person) == {"Ressources humaines"}
    entry = AuditEntry.objects.get(verb="people.grant_role")
    assert (entry.actor_pk, entry.object_pk) == (str(admin.pk), str(role.pk))
    assert entry.details["unit"] == "MND"


def test_grant_role_twice_gives_it_once():
    person, unit, group = UserFactory(), UnitFactory(), GroupFactory()
    assert grant_role(person, group, unit, by=None) == grant_role(person, group, unit, by=None)
    assert AuditEntry.objects.filter(verb="people.grant_role").count() == 1


def test_grant_role_to_come_makes_no_member_yet():
    person, today = UserFactory(), timezone.localdate()
    grant_role(person, GroupFactory(), UnitFactory(), by=None, starts_on=today + timedelta(days=2))
    assert groups_of(person) == set()
    assert sync_memberships(on=today + timedelta(days=2)) == 1
    assert len(groups_of(person)) == 1


def test_revoke_role_withdraws_membership_with_the_last_role():
    person, group = UserFactory(), GroupFactory(name="RH")
    first, second = (grant_role(person, group, UnitFactory(), by=None) for _ in range(2))
    revoke_role(first, by=None)
    assert groups_of(person) == {"RH"}
    revoke_role(second, by=None)
    assert groups_of(person) == set()
    assert second.ends_on == timezone.localdate() - timedelta(days=1)
    assert AuditEntry.objects.filter(verb="people.revoke_role").count() == 2


def test_revoke_role_already_over_keeps_its_date():
    role = RoleAssignmentFactory(ends_on=timezone.localdate() - timedelta(days=9))
    assert revoke_role(role, by=None).ends_on == timezone.localdate() - timedelta(days=9)
    assert not AuditEntry.objects.filter(verb="people.revoke_role").exists()


def test_change_role_follows_its_dates():
    person, today = UserFactory(), timezone.localdate()
    role = grant_role(person, GroupFactory(name="RH"), UnitFactory(), by=None)
    role.starts_on, role.ends_on = today - timedelta(days=3), today - timedelta(days=1)
    change_role(role, by=None)
    assert groups_of(person) == set()


def test_sync_roles_follows_ended_roles_and_leaves_other_groups():
    role = RoleAssignmentFactory(group__name="RH", ends_on=timezone.localdate() - timedelta(days=1))
    role.person.groups.add(role.group, GroupFactory(name="Chorale"))
    lasting = RoleAssignmentFactory(group__name="RH")
    call_command("sync_roles", stdout=StringIO())
    assert groups_of(role.person) == {"Chorale"}
    assert groups_of(lasting.person) == {"RH"}
