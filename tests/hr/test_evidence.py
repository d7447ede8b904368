"""Evidence is recorded once and never changed; held levels follow it."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from lms.core.models import AuditEntry
from lms.hr.actions import rebuild_all_held_levels, record_evidence, refresh_expired_levels
from lms.hr.models import AppendOnly, Evidence, HeldLevel
from lms.hr.tasks import refresh_expired_levels_task
from tests.factories.hr import give_level
from tests.factories.people import UserFactory
from tests.factories.skills import CompetenceFactory

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def levels_of(person):
    return list(
        HeldLevel.objects.filter(person=person).order_by("competence__code").values_list("competence__code", "level")
    )


def test_evidence_raises_the_held_level_and_never_lowers_it():
    person, competence = UserFactory(), CompetenceFactory(code="CN1")
    give_level(person, competence, 2)
    strong = give_level(person, competence, 4, expires_on=TODAY + timedelta(days=10))
    give_level(person, competence, 1)
    held = HeldLevel.objects.get(person=person)
    assert (held.level, held.evidence, held.until) == (4, strong, strong.expires_on)
    assert Evidence.objects.count() == 3


def test_the_same_source_is_recorded_once():
    person, competence = UserFactory(), CompetenceFactory(code="CN1")
    first = give_level(person, competence, 2, source_key="import:12")
    again = give_level(person, competence, 5, source_key="import:12")
    assert again == first
    assert list(Evidence.objects.values_list("level")) == [(2,)]
    assert levels_of(person) == [("CN1", 2)]
    assert AuditEntry.objects.filter(verb="hr.evidence_recorded").count() == 1


def test_the_trail_says_who_recorded_what_for_whom():
    person, manager, competence = UserFactory(), UserFactory(), CompetenceFactory(code="CN1")
    give_level(person, competence, 3, kind=Evidence.Kind.MANAGER, recorded_by=manager)
    entry = AuditEntry.objects.get(verb="hr.evidence_recorded")
    assert (entry.actor_pk, entry.on_behalf_of_pk) == (str(manager.pk), str(person.pk))
    assert entry.details == {"competence": "CN1", "level": 3, "kind": "manager"}


def test_levels_of_others_are_left_alone():
    competence = CompetenceFactory(code="CN1")
    other = UserFactory()
    give_level(other, competence, 3)
    give_level(UserFactory(), competence, 1)
    assert levels_of(other) == [("CN1", 3)]


def test_evidence_cannot_be_changed_nor_deleted():
    evidence = give_level(UserFactory(), CompetenceFactory(), 2)
    evidence.level = 5
    for attempt in (
        evidence.save,
        evidence.delete,
        Evidence.objects.all().delete,
        lambda: Evidence.objects.update(level=5),
    ):
        with pytest.raises(AppendOnly):
            attempt()
    assert Evidence.objects.get().level == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"level": 0},
        {"level": 6},
        {"kind": Evidence.Kind.CERTIFICATE},
        {"obtained_on": date(2026, 5, 2), "expires_on": date(2026, 5, 1)},
    ],
)
def test_the_database_refuses_nonsense(wrong):
    values = {"level": 2, "kind": Evidence.Kind.PLACEMENT, "obtained_on": date(2026, 1, 1), **wrong}
    with pytest.raises(IntegrityError), transaction.atomic():
        record_evidence(person=UserFactory(), competence=CompetenceFactory(), source_key="k", today=TODAY, **values)
    assert not Evidence.objects.exists()


def test_an_expired_level_is_not_in_force_even_before_the_night_that_replaces_it():
    person, competence = UserFactory(), CompetenceFactory()
    give_level(person, competence, 4, expires_on=TODAY)
    assert HeldLevel.objects.in_force(TODAY).filter(person=person).count() == 1
    assert not HeldLevel.objects.in_force(TODAY + timedelta(days=1)).filter(person=person).exists()


def test_each_night_expired_levels_give_way_to_what_is_still_proven():
    falls, loses, keeps = UserFactory(), UserFactory(), UserFactory()
    competence = CompetenceFactory(code="CN1")
    last_day = date(2026, 6, 30)
    for person in (falls, loses):
        give_level(person, competence, 4, expires_on=last_day, today=last_day)
    give_level(falls, competence, 2, today=last_day)
    give_level(keeps, competence, 3, today=last_day)
    assert refresh_expired_levels(last_day) == 0
    assert levels_of(falls) == [("CN1", 4)]
    refresh_expired_levels_task()
    assert (levels_of(falls), levels_of(loses), levels_of(keeps)) == ([("CN1", 2)], [], [("CN1", 3)])


def test_everything_held_can_be_derived_again():
    person, competence = UserFactory(), CompetenceFactory(code="CN1")
    give_level(person, competence, 3)
    give_level(person, CompetenceFactory(code="CN2"), 1)
    HeldLevel.objects.filter(competence=competence).delete()
    assert rebuild_all_held_levels(TODAY) == 2
    assert levels_of(person) == [("CN1", 3), ("CN2", 1)]
