"""The register in the back office: who sees it, who revokes, what is exported."""

import pytest
from django.urls import reverse

from certificates.permissions import HR_OFFICER, OFFICER, REVOKE, VIEW, can_act_on_certificate
from certificates.wagtail_hooks import role_permissions
from lms.people.rules import Role
from tests.certificates.makers import make_certificate, make_officer, make_unit, make_user, place

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit():
    return make_unit()


@pytest.fixture
def certificate(unit):
    certificate = make_certificate()
    place(certificate.person, unit)
    return certificate


@pytest.fixture
def officer(unit):
    return make_officer(unit, VIEW, REVOKE)


def may_revoke(user, certificate):
    return can_act_on_certificate(user, certificate, REVOKE)


def register(name="index", *args):
    return reverse(f"certificate_register:{name}", args=args)


def test_officer_finds_the_certificates_in_their_scope_and_no_others(client, officer, certificate):
    hidden = make_certificate()
    client.force_login(officer)
    page = client.get(register()).content.decode()
    assert certificate.printed_number in page
    assert hidden.printed_number not in page
    assert client.get(register("inspect", hidden.pk)).status_code == 404
    assert client.get(register("act", "revoquer", hidden.pk)).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_register_costs_the_same_for_any_length(client, unit, officer, count, django_assert_num_queries):
    for _ in range(count):
        place(make_certificate().person, unit)
    client.force_login(officer)
    client.get(register())
    with django_assert_num_queries(11):  # one for the courses of the filter
        client.get(register())


def test_register_is_searched_filtered_and_exported(client, officer, certificate):
    client.force_login(officer)
    assert certificate.printed_number in client.get(register(), {"q": "KOUDÉRIN"}).content.decode()
    assert certificate.printed_number not in client.get(register(), {"q": "Personne"}).content.decode()
    assert certificate.printed_number not in client.get(register(), {"state": "revoked"}).content.decode()
    exported = b"".join(client.get(register(), {"export": "csv"}).streaming_content).decode()
    assert certificate.printed_number in exported
    assert certificate.printed_name in exported


def test_certificate_is_shown_with_its_acts(client, officer, certificate):
    client.force_login(officer)
    page = client.get(register("inspect", certificate.pk)).content.decode()
    for text in (certificate.printed_name, "numéro attribué", "délivré", "Révoquer", certificate.files.get().sha256):
        assert text in page


def test_officer_revokes_with_a_reason_and_on_purpose_only(client, officer, certificate):
    client.force_login(officer)
    url = register("act", "revoquer", certificate.pk)
    assert "définitive" in client.get(url).content.decode()
    client.post(url, {"reason": "Fraude"})
    client.post(url, {"is_meant": "on"})
    certificate.refresh_from_db()
    assert certificate.state == "valid"
    client.post(url, {"reason": "Fraude", "is_meant": "on"})
    certificate.refresh_from_db()
    assert (certificate.state, certificate.state_reason) == ("revoked", "Fraude")
    assert certificate.acts.last().actor == officer
    assert "Révoquer" not in client.get(register("inspect", certificate.pk)).content.decode()
    client.post(url, {"reason": "Encore", "is_meant": "on"})
    assert certificate.acts.count() == 3


def test_those_who_may_see_but_not_revoke_are_told_so(client, unit, certificate):
    reader = make_officer(unit, VIEW)
    client.force_login(reader)
    assert "Révoquer" not in client.get(register("inspect", certificate.pk)).content.decode()
    answer = client.post(register("act", "revoquer", certificate.pk), {"reason": "Fraude", "is_meant": "on"})
    certificate.refresh_from_db()
    assert answer.status_code in (302, 403)
    assert certificate.state == "valid"


def test_nobody_revokes_their_own_nor_outside_their_scope(officer, certificate):
    assert may_revoke(officer, certificate)
    assert not may_revoke(certificate.person, certificate)
    assert not may_revoke(make_officer(make_unit("S2"), VIEW, REVOKE), certificate)
    assert not may_revoke(make_user(), certificate)
    boss = make_user(is_superuser=True)
    assert may_revoke(boss, certificate)
    assert not may_revoke(boss, make_certificate(boss))


def test_manager_sees_the_certificate_and_does_not_revoke_it(client, unit, certificate):
    manager = make_officer(make_unit("S2"), VIEW)
    certificate.person.posts.update(manager=manager)
    client.force_login(manager)
    assert certificate.printed_number in client.get(register("inspect", certificate.pk)).content.decode()
    answer = client.post(register("act", "revoquer", certificate.pk), {"reason": "Fraude", "is_meant": "on"})
    certificate.refresh_from_db()
    assert certificate.state == "valid"
    assert answer.status_code in (302, 403)


def test_register_is_closed_to_learners_and_visitors(client, certificate):
    assert client.get(register()).status_code == 302
    client.force_login(certificate.person)
    assert client.get(register()).status_code in (302, 403)


def test_nothing_is_added_changed_or_deleted_by_hand(client, officer, certificate):
    client.force_login(make_user(is_superuser=True))
    for path in ("new/", f"edit/{certificate.pk}/", f"delete/{certificate.pk}/"):
        assert client.get(register() + path).status_code == 404


def test_roles_are_given_the_rights_on_certificates():
    assert role_permissions() == {
        Role.CERTIFICATION: OFFICER,
        Role.ADMINISTRATOR: [VIEW, "certificates.view_substantialversion"],
        Role.HR: HR_OFFICER,
        Role.REVIEWER: ["certificates.view_substantialversion"],
        Role.TRAINER: ["certificates.view_substantialversion"],
    }
