"""One dull factory per model of skills."""

import factory
from factory.django import DjangoModelFactory

from lms.skills.models import Area, Competence, Framework, JobProfile, ProfileRequirement, Strand


class FrameworkFactory(DjangoModelFactory):
    class Meta:
        model = Framework

    code = factory.Sequence(lambda n: f"referentiel-{n}")
    version = "1"
    title = factory.Sequence(lambda n: f"Référentiel {n}")


class StrandFactory(DjangoModelFactory):
    class Meta:
        model = Strand

    code = factory.Sequence(lambda n: f"axe-{n}")
    name = factory.Sequence(lambda n: f"Axe {n}")


class AreaFactory(DjangoModelFactory):
    class Meta:
        model = Area

    framework = factory.SubFactory(FrameworkFactory)
    code = factory.Sequence(lambda n: f"D{n}")
    name = factory.Sequence(lambda n: f"Domaine {n}")


class CompetenceFactory(DjangoModelFactory):
    class Meta:
        model = Competence

    area = factory.SubFactory(AreaFactory)
    code = factory.Sequence(lambda n: f"X{n}")
    name = factory.Sequence(lambda n: f"Savoir-faire {n}")


class JobProfileFactory(DjangoModelFactory):
    class Meta:
        model = JobProfile

    framework = factory.SubFactory(FrameworkFactory)
    code = factory.Sequence(lambda n: f"profil-{n}")
    name = factory.Sequence(lambda n: f"Profil {n}")


class ProfileRequirementFactory(DjangoModelFactory):
    class Meta:
        model = ProfileRequirement

    profile = factory.SubFactory(JobProfileFactory)
    competence = factory.SubFactory(CompetenceFactory)
    level = 3
