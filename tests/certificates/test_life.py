"""What becomes of a certificate: suspended, given back, revoked, replaced; and the numbers that are void."""

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from certificates.actions import (
    ActRefused,
    issue_after_void,
    lift_suspension,
    reissue_certificate,
    revoke_certificate,
    suspend_certificate,
    void_number,
)
from certificates.models import Certificate, Series
from certificates.permissions import REISSUE, REVOKE, SUSPEND, VIEW
from certificates.signals import certificate_state_changed
from certificates.tasks.signing import issue
from lms.core.models import AuditEntry
from tests.certificates.makers import (
    Payload,
    make_certificate,
    make_officer,
    make_reserved,
    make_unit,
    make_user,
    place,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def announced():
    """The states announced."""
    heard = []

    def hear(sender, certificate, **kwargs):
        heard.append((certificate.number, certificate.state))

    certificate_state_changed.connect(hear)
    yield heard
    certificate_state_changed.disconnect(hear)


@pytest.fixture
def office(client):
    """An officer signed in, and a certificate in their scope."""
    unit = make_unit()
    officer = make_officer(unit, VIEW, REVOKE, SUSPEND, REISSUE)
    certificate = make_certificate()
    place(certificate.person, unit)
    client.force_login(officer)
    return client, officer, certificate


def acts(certificate):
    return [(act.verb, act.reason) for act in certificate.acts.all()]


def public_page(client, certificate):
    return client.get(reverse("certificates:verify_code", args=[certificate.public_code])).content.decode()


def test_suspension_is_public_told_and_lifted(client, announced, run_jobs):
    certificate, officer, now = make_certificate(), make_user(), timezone.now()
    run_jobs()
    mail.outbox.clear()
    suspended = suspend_certificate(certificate, officer, " Identité à vérifier ", now)
    page = public_page(client, certificate)
    assert "Ce certificat est suspendu" in page
    assert "Identité à vérifier" in page
    assert "authentique et valide" not in page
    lifted = lift_suspension(suspended, officer, "Pièce reçue", now)
    page = public_page(client, certificate)
    assert "authentique et valide" in page
    assert "Identité à vérifier" not in page
    assert (lifted.state, lifted.state_reason) == ("valid", "")
    assert acts(certificate)[2:] == [("suspended", "Identité à vérifier"), ("lifted", "Pièce reçue")]
    assert announced == [(certificate.number, "suspended"), (certificate.number, "valid")]
    assert list(AuditEntry.objects.about(certificate).order_by("pk").values_list("verb", flat=True))[1:] == [
        "certificate.suspend",
        "certificate.lift",
    ]
    run_jobs()
    assert [message.subject for message in mail.outbox] == [
        f"Votre certificat {certificate.printed_number} : suspendu",
        f"Votre certificat {certificate.printed_number} : suspension levée",
    ]
    assert "Identité à vérifier" in mail.outbox[0].body


def test_acts_are_refused_in_other_states():
    certificate, officer, now = make_certificate(), make_user(), timezone.now()
    with pytest.raises(ActRefused):
        lift_suspension(certificate, officer, "Rien à lever", now)
    suspend_certificate(certificate, officer, "Doute", now)
    with pytest.raises(ActRefused):
        suspend_certificate(certificate, officer, "Encore", now)
    revoke_certificate(certificate, officer, "Fraude", now)
    for act in (suspend_certificate, lift_suspension, revoke_certificate, void_number):
        with pytest.raises(ActRefused):
            act(certificate, officer, "Trop tard", now)
    with pytest.raises(ActRefused):
        reissue_certificate(certificate, "reissue", officer, "Trop tard", now)


@pytest.mark.parametrize(
    "fields",
    [
        {"state": "suspended", "state_reason": ""},
        {"state": "void", "state_reason": "Illisible"},
        {"state": "reserved", "issued_at": None, "origin": "reissue"},
    ],
)
def test_database_holds_to_the_states(fields):
    certificate = make_certificate()
    with pytest.raises(IntegrityError), transaction.atomic():
        Certificate.objects.filter(pk=certificate.pk).update(**fields)


def test_reissued_certificate_says_the_same_and_takes_the_place_of_the_former(client, announced):
    former, officer = make_certificate(), make_user()
    former.person.last_name = "Autre"
    former.person.save()
    new = reissue_certificate(former, "reissue", officer, "Logo erroné", timezone.now())
    former.refresh_from_db()
    assert former.state == "valid"
    assert reissue_certificate(former, "reissue", officer, "Deux fois", timezone.now()) == new
    issue(Payload(enrolment=former.enrolment_id))
    former.refresh_from_db()
    new.refresh_from_db()
    assert (new.state, new.origin, new.former, new.revision, new.number) == ("valid", "reissue", former, 2, 2)
    assert (former.state, former.successor()) == ("replaced", new)
    kept = {"number", "public_code", "verification_url", "issued_on", "sealed_at"}
    assert {k: v for k, v in new.snapshot.items() if k not in kept} == {
        k: v for k, v in former.snapshot.items() if k not in kept
    }
    assert announced == [(1, "replaced")]
    page = public_page(client, former)
    assert f"Remplacé par le certificat {new.printed_number}" in page
    assert "authentique et valide" in public_page(client, new)


def test_former_revoked_while_the_new_one_was_made_stays_revoked():
    former, officer = make_certificate(), make_user()
    new = reissue_certificate(former, "reissue", officer, "Logo erroné", timezone.now())
    revoke_certificate(former, officer, "Fraude", timezone.now())
    issue(Payload(enrolment=former.enrolment_id))
    former.refresh_from_db()
    new.refresh_from_db()
    assert former.state == "revoked"
    assert new.state == "void"


def test_void_number_is_kept_and_another_is_given_once_mended():
    reserved, officer = make_reserved(), make_user()
    void = void_number(reserved, officer, "Nom illisible", timezone.now())
    assert (void.state, void.state_reason, acts(void)[-1]) == ("void", "Nom illisible", ("voided", "Nom illisible"))
    assert issue_after_void(void, officer, timezone.now()) is None
    for _ in range(2):
        issue(Payload(enrolment=void.enrolment_id))
    assert list(Certificate.objects.order_by("number").values_list("number", "revision", "state")) == [
        (1, 1, "void"),
        (2, 2, "valid"),
    ]
    assert Series.objects.get().last_number == 2


def test_void_number_of_a_reissue_leaves_the_former_and_gives_another():
    former, officer = make_certificate(), make_user()
    new = reissue_certificate(former, "reissue", officer, "Logo erroné", timezone.now())
    void = void_number(new, officer, "Dessin impossible", timezone.now())
    again = issue_after_void(void, officer, timezone.now())
    issue(Payload(enrolment=former.enrolment_id))
    former.refresh_from_db()
    again.refresh_from_db()
    assert (again.number, again.state, again.former, former.state) == (3, "valid", former, "replaced")


def test_void_number_is_shown_to_officers_only(client, office):
    client, officer, certificate = office
    new = reissue_certificate(certificate, "reissue", officer, "Logo erroné", timezone.now())
    void = void_number(new, officer, "Dessin impossible", timezone.now())
    page = client.get(reverse("certificate_register:inspect", args=[void.pk])).content.decode()
    assert "Dessin impossible" in page
    assert "Donner un autre numéro" in page
    assert client.get(reverse("certificates:verify_code", args=[void.public_code])).status_code == 404
    client.force_login(certificate.person)
    assert void.printed_number not in client.get(reverse("certificates:mine")).content.decode()


def test_officer_suspends_lifts_and_reissues(office, run_jobs):
    client, _officer, certificate = office

    def do(slug):
        data = {"reason": "Doute", "is_meant": "on"}
        return client.post(reverse("certificate_register:act", args=[slug, certificate.pk]), data, follow=True)

    assert "suspendu." in do("suspendre").content.decode()
    page = client.get(reverse("certificate_register:inspect", args=[certificate.pk])).content.decode()
    assert "Lever la suspension" in page
    assert "Suspendre" not in page
    assert "levée." in do("lever-la-suspension").content.decode()
    do("delivrer-de-nouveau")
    run_jobs("certificates.issue")
    certificate.refresh_from_db()
    new = certificate.successor()
    assert (certificate.state, new.state) == ("replaced", "valid")
    page = client.get(reverse("certificate_register:inspect", args=[certificate.pk])).content.decode()
    assert new.printed_number in page
    assert "Révoquer" not in page


@pytest.mark.parametrize("slug", ["suspendre", "delivrer-de-nouveau", "revoquer"])
def test_acts_take_their_own_right_in_scope_and_a_reason(client, office, slug):
    client, _officer, certificate = office
    url = reverse("certificate_register:act", args=[slug, certificate.pk])
    client.post(url, {"is_meant": "on", "reason": " "})
    client.post(url, {"reason": "Doute"})
    hidden = make_certificate()
    assert client.get(reverse("certificate_register:act", args=[slug, hidden.pk])).status_code == 404
    assert client.get(reverse("certificate_register:act", args=["detruire", certificate.pk])).status_code == 404
    client.force_login(make_officer(certificate.person.posts.get().unit, VIEW))
    assert client.post(url, {"reason": "Doute", "is_meant": "on"}).status_code in (302, 403)
    certificate.refresh_from_db()
    assert certificate.state == "valid"
    assert not certificate.successors.exists()
