"""The back office of skills."""

import pytest
from django.urls import reverse

from lms.people.rules import Role
from lms.skills.models import Competence
from tests.factories.people import UnitFactory, UserFactory, give_role
from tests.factories.skills import (
    AreaFactory,
    CompetenceFactory,
    FrameworkFactory,
    JobProfileFactory,
    ProfileRequirementFactory,
    StrandFactory,
)

pytestmark = pytest.mark.django_db
PREFIX = "wagtailsnippets_skills"


@pytest.fixture
def administrator(client):
    user = UserFactory()
    give_role(user, Role.ADMINISTRATOR, UnitFactory())
    client.force_login(user)
    return user


@pytest.mark.parametrize(
    ("model", "factory"),
    [
        ("framework", FrameworkFactory),
        ("area", AreaFactory),
        ("competence", CompetenceFactory),
        ("jobprofile", JobProfileFactory),
        ("strand", StrandFactory),
    ],
)
def test_administrator_lists_searches_exports_and_opens(client, administrator, model, factory):
    shown, hidden = factory(), factory()
    name = getattr(shown, "name", None) or shown.title
    hidden_name = getattr(hidden, "name", None) or hidden.title
    address = reverse(f"{PREFIX}_{model}:list")
    assert name in client.get(address).content.decode()
    found = client.get(address, {"q": name}).content.decode()
    assert name in found
    assert hidden_name not in found
    export = client.get(address, {"export": "csv"})
    assert shown.code in b"".join(export.streaming_content).decode()
    assert client.get(reverse(f"{PREFIX}_{model}:edit", args=[shown.pk])).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_competence_list_costs_the_same_for_any_length(client, administrator, count, django_assert_max_num_queries):
    CompetenceFactory.create_batch(count)
    client.get(reverse(f"{PREFIX}_competence:list"))
    with django_assert_max_num_queries(20):
        client.get(reverse(f"{PREFIX}_competence:list"))


def test_competence_is_written_with_its_descriptors(client, administrator):
    area = AreaFactory()
    data = {
        "code": "ZZ1",
        "name": "Courage",
        "area": area.pk,
        "position": 0,
        "description": "",
        "descriptors-TOTAL_FORMS": 1,
        "descriptors-INITIAL_FORMS": 0,
        "descriptors-0-number": 3,
        "descriptors-0-text": "Ose.",
    }
    assert client.post(reverse(f"{PREFIX}_competence:add"), data).status_code == 302
    competence = Competence.objects.get(code="ZZ1")
    assert list(competence.descriptors.values_list("number", "text")) == [(3, "Ose.")]


def test_used_competence_is_not_deleted(client, administrator):
    competence = ProfileRequirementFactory().competence
    page = client.post(reverse(f"{PREFIX}_competence:delete", args=[competence.pk]), follow=True).content.decode()
    assert "suppression impossible, car encore utilisé par : niveaux requis (1)" in page
    assert Competence.objects.filter(pk=competence.pk).exists()


def test_used_competence_is_not_deleted_with_others(client, administrator):
    used, free = ProfileRequirementFactory().competence, CompetenceFactory()
    address = reverse("wagtail_bulk_action", args=["skills", "competence", "delete"])
    page = client.post(f"{address}?id={used.pk}&id={free.pk}", follow=True).content.decode()
    assert "suppression impossible" in page
    assert set(Competence.objects.all()) == {used, free}


def test_free_competence_is_deleted(client, administrator):
    competence = CompetenceFactory()
    client.post(reverse(f"{PREFIX}_competence:delete", args=[competence.pk]))
    assert not Competence.objects.exists()


def test_hr_reads_but_does_not_write(client):
    competence, hr = CompetenceFactory(), UserFactory()
    give_role(hr, Role.HR, UnitFactory())
    client.force_login(hr)
    assert competence.name in client.get(reverse(f"{PREFIX}_competence:list")).content.decode()
    assert client.get(reverse(f"{PREFIX}_competence:edit", args=[competence.pk])).status_code == 302
    assert client.get(reverse(f"{PREFIX}_framework:list")).status_code == 302
