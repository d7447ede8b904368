"""The one scoping rule, role by role."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser, Permission
from django.utils import timezone

from lms.people.models import OwnedQuerySet, Post, RoleAssignment, Unit, User
from lms.people.rules import Role
from tests.factories.people import (
    GroupFactory,
    PostFactory,
    RoleAssignmentFactory,
    UnitFactory,
    UserFactory,
    give_role,
)

pytestmark = pytest.mark.django_db
YESTERDAY = timedelta(days=-1)


@pytest.fixture
def tree():
    """Two ministries under the State; the first has a directorate, itself with a service."""
    state = UnitFactory(code="BJ", kind=Unit.Kind.STATE)
    first, second = UnitFactory(code="M1", parent=state), UnitFactory(code="M2", parent=state)
    directorate = UnitFactory(code="M1-D", parent=first)
    service = UnitFactory(code="M1-D-S", parent=directorate)
    return {"state": state, "first": first, "second": second, "directorate": directorate, "service": service}


@pytest.fixture
def staff(tree):
    """One person in each unit."""
    return {name: PostFactory(unit=unit).person for name, unit in tree.items()}


def visible(user, *args, **kwargs):
    return set(User.objects.visible_to(user, *args, **kwargs))


def test_visible_to_agent_is_the_agent_alone(staff):
    assert visible(staff["service"]) == {staff["service"]}


def test_visible_to_anonymous_is_nobody(staff):
    assert visible(AnonymousUser()) == set()


def test_visible_to_inactive_is_nobody(tree, staff):
    user = UserFactory(is_active=False, is_superuser=True)
    give_role(user, Role.HR, tree["state"])
    assert visible(user) == set()
    assert set(Unit.objects.in_scope_of(user, "people.view_user")) == set()


def test_visible_to_superuser_is_everyone(staff):
    root = UserFactory(is_superuser=True)
    assert visible(root) == {*staff.values(), root}


def test_visible_to_manager_is_the_team_in_force(tree):
    manager, today = UserFactory(), timezone.localdate()
    report = PostFactory(unit=tree["second"], manager=manager).person
    PostFactory(unit=tree["second"], manager=manager, ends_on=today + YESTERDAY)  # has left
    PostFactory(unit=tree["second"], manager=manager, starts_on=today + timedelta(days=1))  # has not come yet
    PostFactory(unit=tree["second"], manager=UserFactory())  # someone else's
    assert visible(manager) == {manager, report}


def test_visible_to_hr_of_ministry_is_its_people_to_the_last_service(tree, staff):
    hr = UserFactory()
    give_role(hr, Role.HR, tree["first"])
    assert visible(hr) == {hr, staff["first"], staff["directorate"], staff["service"]}


def test_visible_to_hr_of_service_is_not_what_stands_above(tree, staff):
    hr = UserFactory()
    give_role(hr, Role.HR, tree["service"])
    assert visible(hr) == {hr, staff["service"]}


def test_visible_to_hr_of_the_state_is_everyone_with_a_post(tree, staff):
    hr, without_post = UserFactory(), UserFactory()
    give_role(hr, Role.HR, tree["state"])
    assert visible(hr) == {hr, *staff.values()}
    assert without_post not in visible(hr)


def test_visible_to_several_roles_is_their_union(tree, staff):
    hr = UserFactory()
    for name in ("first", "service", "second"):
        give_role(hr, Role.HR, tree[name])
    assert visible(hr) == {hr, staff["first"], staff["directorate"], staff["service"], staff["second"]}
    assert RoleAssignment.objects.scope_paths(hr, "people.view_user") == [tree["first"].path, tree["second"].path]


@pytest.mark.parametrize(
    ("starts", "ends", "sees"), [(-9, None, True), (-9, 0, True), (0, None, True), (-9, -1, False), (1, None, False)]
)
def test_visible_to_hr_only_while_the_role_is_in_force(tree, staff, starts, ends, sees):
    hr, today = UserFactory(), timezone.localdate()
    ends_on = None if ends is None else today + timedelta(days=ends)
    give_role(hr, Role.HR, tree["first"], starts_on=today + timedelta(days=starts), ends_on=ends_on)
    assert (staff["first"] in visible(hr)) is sees


def test_visible_to_hr_no_longer_holds_who_left(tree, staff):
    hr = UserFactory()
    give_role(hr, Role.HR, tree["first"])
    Post.objects.filter(person=staff["directorate"]).update(ends_on=timezone.localdate() + YESTERDAY)
    assert visible(hr) == {hr, staff["first"], staff["service"]}


def test_visible_to_asks_the_day_it_is_given(tree):
    hr = UserFactory()
    give_role(hr, Role.HR, tree["first"], starts_on=date(2020, 1, 1), ends_on=date(2021, 1, 1))
    gone = PostFactory(unit=tree["first"], ends_on=date(2020, 6, 30)).person
    assert visible(hr, on=date(2020, 6, 30)) == {hr, gone}
    assert visible(hr, on=date(2020, 7, 1)) == {hr}


def test_visible_to_member_of_group_without_role_is_the_member_alone(staff):
    group = GroupFactory()
    group.permissions.add(Permission.objects.get(content_type__app_label="people", codename="view_user"))
    user = UserFactory()
    user.groups.add(group)
    user.user_permissions.add(*group.permissions.all())
    assert visible(user) == {user}


def test_visible_to_role_without_the_permission_shows_nobody(tree, staff):
    trainer = UserFactory()
    give_role(trainer, Role.TRAINER, tree["state"])
    assert visible(trainer) == {trainer}


def test_visible_to_heeds_the_permission_asked(tree, staff):
    hr = UserFactory()
    give_role(hr, Role.HR, tree["first"])
    assert visible(hr, "people.delete_user") == {hr}
    assert visible(hr, "skills.view_user") == {hr}  # the same codename in another app is another permission


def test_scope_is_not_fooled_by_paths_that_begin_alike():
    state = UnitFactory(code="BJ")
    children = [UnitFactory(code=f"M{n}", parent=state) for n in range(1, 40)]
    first, eleventh = children[0], children[36]  # 00010001 and 00010011
    assert (first.path, eleventh.path) == ("00010001", "00010011")
    other_root = UnitFactory(code="XX")  # 0002
    PostFactory(unit=eleventh)
    PostFactory(unit=other_root)
    inside = PostFactory(unit=UnitFactory(code="D", parent=first)).person
    hr = UserFactory()
    give_role(hr, Role.HR, first)
    assert visible(hr) == {hr, inside}


def test_in_scope_of_is_not_widened_by_being_manager_or_oneself(tree, staff):
    hr = UserFactory()
    give_role(hr, Role.HR, tree["first"])
    PostFactory(unit=tree["second"], manager=hr)
    PostFactory(person=hr, unit=tree["second"])
    scope = set(User.objects.in_scope_of(hr, "people.correct_user"))
    assert scope == {staff["first"], staff["directorate"], staff["service"]}
    assert set(User.objects.in_scope_of(staff["first"], "people.correct_user")) == set()


@pytest.mark.parametrize("count", [1, 3])
def test_visible_to_costs_two_queries_for_any_length(tree, count, django_assert_num_queries):
    hr = UserFactory()
    give_role(hr, Role.HR, tree["first"])
    people = {post.person for post in PostFactory.create_batch(count, unit=tree["service"])}
    with django_assert_num_queries(2):  # the role's units, the people
        assert visible(hr) == {hr, *people}


def test_owned_rows_follow_the_rule(tree, staff):
    hr = UserFactory()
    give_role(hr, Role.HR, tree["first"])
    owned = OwnedQuerySet(Post)
    assert {post.person for post in owned.visible_to(hr)} == {staff["first"], staff["directorate"], staff["service"]}
    assert {post.person for post in owned.visible_to(staff["second"])} == {staff["second"]}
    assert owned.visible_to(UserFactory(is_superuser=True)).count() == len(staff)
    assert owned.visible_to(AnonymousUser()).count() == 0


def test_moved_unit_changes_scope_at_once(tree, staff):
    hr = UserFactory()
    give_role(hr, Role.HR, tree["second"])
    Unit.objects.get(code="M1-D").move(Unit.objects.get(code="M2"), "last-child")
    assert visible(hr) == {hr, staff["second"], staff["directorate"], staff["service"]}


def test_role_row_without_membership_still_scopes(tree, staff):
    role = RoleAssignmentFactory(unit=tree["second"])
    role.group.permissions.add(Permission.objects.get(content_type__app_label="people", codename="view_user"))
    assert visible(role.person) == {role.person, staff["second"]}
