"""A ministry with two directorates, another ministry, and people on both sides of every scope."""

from types import SimpleNamespace

import pytest

from lms.people.rules import Role
from tests.factories.hr import colleague, give_level, profile_requiring
from tests.factories.people import UnitFactory, UserFactory, give_role
from tests.factories.skills import AreaFactory


@pytest.fixture
def ministry(db):
    """Needs: CN1 at 3, SC1 at 2, and does not need ES1. Ama lacks 2 + 1 levels, Bio lacks 1, Chantal nothing."""
    state = UnitFactory(code="BJ", name="État")
    work, health = (UnitFactory(parent=state, name=name) for name in ("Ministère du Travail", "Ministère de la Santé"))
    careers, systems = (UnitFactory(parent=work, name=name) for name in ("Carrières", "Systèmes"))
    profile, (cn1, sc1, es1) = profile_requiring(3, 2, 0)
    head = colleague(careers, first_name="Kofi", last_name="Zinsou")
    ama = colleague(careers, profile, first_name="Ama", last_name="Adjovi", matricule="A12", manager=head)
    bio = colleague(systems, profile, first_name="Bio", last_name="Bako")
    chantal = colleague(health, profile, first_name="Chantal", last_name="Codo")
    dele = colleague(health, first_name="Dele", last_name="Dossa")
    give_level(ama, cn1, 1)
    give_level(ama, sc1, 1)
    give_level(ama, es1, 5)
    give_level(bio, cn1, 4)
    give_level(bio, sc1, 1)
    give_level(chantal, cn1, 3)
    give_level(chantal, sc1, 2)
    hr = UserFactory(first_name="Rita", last_name="Rh")
    give_role(hr, Role.HR, work)
    return SimpleNamespace(
        state=state, work=work, health=health, careers=careers, systems=systems, profile=profile, cn1=cn1, sc1=sc1,
        es1=es1, head=head, ama=ama, bio=bio, chantal=chantal, dele=dele, hr=hr,
    )  # fmt: skip


@pytest.fixture
def areas():
    """Three areas, enough for a radar."""
    return AreaFactory.create_batch(3)
