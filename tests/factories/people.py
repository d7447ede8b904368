"""One dull factory per model of people."""

from datetime import date

import factory
from django.contrib.auth.models import Group
from factory.django import DjangoModelFactory

from lms.people.actions import ensure_groups, grant_role
from lms.people.models import EmailDomain, Post, RoleAssignment, Unit, User
from lms.people.rules import Role


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"personne{n:05}@gouv.bj")
    first_name = factory.Sequence(lambda n: f"Afi{n:05}")
    last_name = factory.Sequence(lambda n: f"Dossou{n:05}")
    password = factory.django.Password("demo")


class UnitFactory(DjangoModelFactory):
    """A ministry at the top of a tree of its own; `parent=` puts it below another."""

    class Meta:
        model = Unit

    code = factory.Sequence(lambda n: f"U{n}")
    name = factory.Sequence(lambda n: f"Structure {n:05}")
    kind = Unit.Kind.MINISTRY

    @classmethod
    def _create(cls, model_class, *args, parent=None, **kwargs):
        if parent is None:
            return model_class.add_root(**kwargs)
        return model_class.objects.get(pk=parent.pk).add_child(**kwargs)


class PostFactory(DjangoModelFactory):
    class Meta:
        model = Post

    person = factory.SubFactory(UserFactory)
    unit = factory.SubFactory(UnitFactory)
    starts_on = date(2020, 1, 1)


class GroupFactory(DjangoModelFactory):
    class Meta:
        model = Group
        django_get_or_create = ["name"]

    name = factory.Sequence(lambda n: f"Groupe {n}")


class RoleAssignmentFactory(DjangoModelFactory):
    """The row alone; for a role that also makes a member, `give_role`."""

    class Meta:
        model = RoleAssignment

    person = factory.SubFactory(UserFactory)
    group = factory.SubFactory(GroupFactory)
    unit = factory.SubFactory(UnitFactory)
    starts_on = date(2020, 1, 1)


class EmailDomainFactory(DjangoModelFactory):
    class Meta:
        model = EmailDomain

    domain = factory.Sequence(lambda n: f"structure{n}.bj")


def give_role(person: User, role: Role, unit: Unit, **dates) -> RoleAssignment:
    """A role given as the back office gives it."""
    return grant_role(person, ensure_groups()[role], unit, by=None, **dates)
