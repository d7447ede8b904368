"""Evidence and levels for tests, recorded by the real action."""

from datetime import date
from itertools import count

from django.utils import timezone

from lms.hr.actions import record_evidence
from lms.hr.models import Evidence
from lms.skills.models import Competence, JobProfile
from tests.factories.people import PostFactory, UserFactory
from tests.factories.skills import CompetenceFactory, JobProfileFactory, ProfileRequirementFactory

_keys = count(1)


def give_level(person, competence: Competence, level: int, **more) -> Evidence:
    """A placement test that proves `level`; anything else as named."""
    kind = more.pop("kind", Evidence.Kind.PLACEMENT)
    return record_evidence(
        person=person,
        competence=competence,
        level=level,
        kind=kind,
        obtained_on=more.pop("obtained_on", date(2026, 1, 15)),
        source_key=more.pop("source_key", f"test:{next(_keys)}"),
        today=more.pop("today", timezone.localdate()),
        **more,
    )


def profile_requiring(*levels: int) -> tuple[JobProfile, list[Competence]]:
    """A job profile that requires these levels (0 = not required), one competence each, all of one framework."""
    profile, competences = JobProfileFactory(), []
    for level in levels:
        competence = CompetenceFactory(area__framework=profile.framework)
        ProfileRequirementFactory(profile=profile, competence=competence, level=level)
        competences.append(competence)
    return profile, competences


def colleague(unit, profile=None, **names):
    """A person with a post in `unit` and a job profile."""
    manager = names.pop("manager", None)
    person = UserFactory(**names)
    PostFactory(person=person, unit=unit, job_profile=profile, manager=manager)
    return person
