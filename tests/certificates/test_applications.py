"""N4: the holder says where it is applied, their hierarchy confirms it or not, and another certificate follows."""

from datetime import date, timedelta

import pytest
from django.core import mail
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from certificates.actions import applying as acts
from certificates.actions import reissue_certificate, revoke_certificate, suspend_certificate
from certificates.actions.renewals import may_renew
from certificates.models import Certificate, WorkApplication, WorkDecision
from certificates.rules.applying import is_observable, may_ask
from lms.core import append_only
from lms.core.append_only import Immutable
from lms.hr.models import Evidence, HeldLevel
from lms.people.models import Post
from tests.certificates.makers import make_certificate, make_unit, make_user, place

pytestmark = pytest.mark.django_db
SAID = "Chaque semaine, je trie le courrier du service avec les règles vues en leçon 3."
TODAY = date(2026, 11, 26)


@pytest.fixture
def manager():
    return make_user("Aïcha", "BIO TCHANÉ")


@pytest.fixture
def certificate(manager):
    """Of someone whose post names a manager."""
    certificate = make_certificate()
    place(certificate.person, make_unit(), manager)
    mail.outbox.clear()
    return certificate


def ask(certificate, statement=SAID):
    return acts.ask_for_confirmation(certificate, statement, timezone.now())


def confirm(application, manager, day=None):
    return acts.confirm_application(application, manager, day or timezone.localdate(), "", timezone.now())


@pytest.mark.parametrize(
    ("fact", "told"),
    [
        ({}, True), ({"assurance": "N3"}, True), ({"assurance": "N1"}, False), ({"assurance": "N4"}, False),
        ({"state": "expired"}, False), ({"state": "suspended"}, False), ({"is_erased": True}, False),
        ({"is_confirmed": True}, False), ({"has_open_request": True}, False),
    ],
)  # fmt: skip
def test_what_may_be_confirmed(fact, told):
    asked = {"assurance": "N2", "state": "valid", "is_erased": False, "is_confirmed": False, "has_open_request": False}
    assert may_ask(**{**asked, **fact}) is told


@pytest.mark.parametrize(("days", "told"), [(-31, False), (-30, True), (0, True), (1, False)])
def test_what_is_applied_is_seen_after_it_was_learnt_and_before_it_is_confirmed(days, told):
    assert is_observable(TODAY + timedelta(days=days), TODAY - timedelta(days=30), TODAY) is told


def test_holder_asks_manager_confirms_and_a_certificate_n4_follows_beside_the_former(
    client, certificate, manager, run_jobs
):
    client.force_login(certificate.person)
    url = reverse("certificates:application", args=[certificate.pk])
    assert str(manager) in client.get(url).content.decode()
    page = client.post(url, {"statement": SAID}, follow=True).content.decode()
    assert "Votre demande est envoyée à votre responsable." in page
    run_jobs("certificates.tell_application")
    (letter,) = mail.outbox
    assert (letter.to, SAID in letter.body) == ([manager.email], True)

    client.force_login(manager)
    assert "Applications au travail à confirmer : 1" in client.get(reverse("learning:home")).content.decode()
    assert "Applications au travail à confirmer : 1" in client.get(reverse("hr:people")).content.decode()
    application = WorkApplication.objects.get()
    page_url = reverse("certificates:confirmation", args=[application.pk])
    assert page_url in client.get(reverse("certificates:confirmations")).content.decode()
    assert SAID in client.get(page_url).content.decode()
    today = timezone.localdate()
    page = client.post(page_url, {"act": "confirm", "observed_on": today.isoformat()}, follow=True).content.decode()
    assert "Votre réponse est enregistrée" in page
    run_jobs()
    decision = WorkDecision.objects.get()
    assert (decision.author, decision.observed_on, decision.post.manager) == (manager, today, manager)

    certificate.refresh_from_db()
    new = certificate.confirmation()
    assert (certificate.state, new.state, new.origin, new.former) == ("valid", "valid", "applied", certificate)
    assert (new.printed.assurance, new.printed.confirmed_on) == ("N4", today)
    assert (new.printed.competences, new.expires_on) == (certificate.printed.competences, certificate.expires_on)
    page = client.get(reverse("certificates:verify_code", args=[new.public_code])).content.decode()
    assert "application au travail confirmée le" in page
    told = client.get(reverse("certificates:api_certificate", args=[new.public_code])).json()
    assert (told["assurance"], "par la hiérarchie" in told["assessment"]) == ("N4", True)
    assert mail.outbox[-1].to == [certificate.person.email]


def test_level_is_held_once_by_the_confirmed_certificate_and_falls_back_when_it_is_revoked(
    certificate, manager, run_jobs
):
    confirm(ask(certificate), manager)
    run_jobs("certificates.issue")
    new = certificate.confirmation()
    assert list(Evidence.objects.order_by("pk").values_list("kind", "certificate")) == [
        ("certificate", certificate.pk),
        ("certificate", new.pk),
    ]
    assert HeldLevel.objects.get().evidence.certificate == new
    revoke_certificate(new, make_user(), "Constat inexact", timezone.now())
    assert HeldLevel.objects.get().evidence.certificate == certificate


def test_refusal_says_why_and_lets_ask_again(client, certificate, manager, run_jobs):
    application = ask(certificate)
    client.force_login(manager)
    url = reverse("certificates:confirmation", args=[application.pk])
    assert client.post(url, {"act": "refuse", "reason": " "}).status_code == 422
    client.post(url, {"act": "refuse", "reason": "Pas encore vu dans le service."})
    run_jobs("certificates.tell_decision")
    assert "Pas encore vu dans le service." in mail.outbox[-1].body
    assert Certificate.objects.count() == 1
    client.force_login(certificate.person)
    page = client.get(reverse("certificates:application", args=[certificate.pk])).content.decode()
    assert "Pas encore vu dans le service." in page
    assert ask(certificate, SAID + " Encore.").rank == 2


def test_one_request_is_open_at_a_time_and_nothing_is_confirmed_twice(certificate, manager, run_jobs):
    application = ask(certificate)
    with pytest.raises(acts.ApplicationRefused):
        ask(certificate)
    with pytest.raises(IntegrityError), transaction.atomic():
        WorkApplication.objects.create(
            certificate=certificate, enrolment=certificate.enrolment, holder=certificate.person, rank=1, statement=SAID,
            asked_at=timezone.now(),
        )  # fmt: skip
    confirm(application, manager)
    for act in (lambda: confirm(application, manager), lambda: ask(certificate)):
        with pytest.raises(acts.ApplicationRefused):
            act()
    with pytest.raises(acts.ApplicationRefused):
        acts.refuse_application(application, manager, "Trop tard", timezone.now())
    run_jobs("certificates.issue")
    with pytest.raises(acts.ApplicationRefused):
        ask(certificate)
    assert Certificate.objects.count() == 2


def test_bad_requests_keep_what_was_written(client, certificate, manager):
    client.force_login(certificate.person)
    url = reverse("certificates:application", args=[certificate.pk])
    response = client.post(url, {"statement": "Trop court"})
    assert response.status_code == 422
    assert "Dites-en un peu plus" in response.content.decode()
    Post.objects.update(manager=None)
    response = client.post(url, {"statement": SAID})
    assert response.status_code == 422
    page = response.content.decode()
    assert "Aucun responsable n’est indiqué" in page
    assert SAID in page
    with pytest.raises(acts.NoManager):
        ask(certificate)
    with pytest.raises(acts.ApplicationRefused):
        ask(certificate, "court")


@pytest.mark.parametrize("days", [-1, 1])
def test_day_outside_what_can_have_been_seen_is_refused(client, certificate, manager, days):
    application = ask(certificate)
    day = timezone.localdate() + timedelta(days=days)
    client.force_login(manager)
    url = reverse("certificates:confirmation", args=[application.pk])
    response = client.post(url, {"act": "confirm", "observed_on": day.isoformat()})
    assert response.status_code == 422
    assert "Choisissez un jour entre la fin de la formation" in response.content.decode()
    with pytest.raises(acts.ApplicationRefused):
        confirm(application, manager, day)


def test_attestation_proves_no_level_to_confirm(client):
    certificate = make_certificate(is_tested=False)
    place(certificate.person, make_unit(), make_user())
    assert not acts.may_ask(certificate)
    client.force_login(certificate.person)
    page = client.get(reverse("certificates:application", args=[certificate.pk])).content.decode()
    assert "Seul un certificat valide au niveau N2 ou N3" in page


@pytest.mark.parametrize("state", ["suspended", "revoked"])
def test_certificate_that_no_longer_stands_is_not_confirmed(certificate, manager, state):
    application = ask(certificate)
    {"suspended": suspend_certificate, "revoked": revoke_certificate}[state](
        certificate, make_user(), "Doute", timezone.now()
    )
    with pytest.raises(acts.ApplicationRefused):
        confirm(application, manager)
    assert not WorkDecision.objects.exists()


def test_certificate_suspended_while_its_confirmation_is_made_leaves_a_void_number(certificate, manager, run_jobs):
    confirm(ask(certificate), manager)
    suspend_certificate(certificate, make_user(), "Doute", timezone.now())
    run_jobs("certificates.issue")
    assert Certificate.objects.get(origin="applied").state == "void"


def test_confirmation_follows_a_certificate_issued_again_meanwhile(certificate, manager, run_jobs):
    application = ask(certificate)
    reissue_certificate(certificate, "reissue", make_user(), "Logo erroné", timezone.now())
    run_jobs("certificates.issue")
    confirm(application, manager)
    assert Certificate.objects.get(origin="applied").former == certificate.successor()


def test_confirmed_certificate_is_the_one_renewed(certificate, manager, run_jobs):
    Certificate.objects.filter(pk=certificate.pk).update(expires_on=timezone.localdate() + timedelta(days=10))
    certificate = Certificate.objects.get()
    assert may_renew(certificate, timezone.localdate())
    confirm(ask(certificate), manager)
    run_jobs("certificates.issue")
    assert not may_renew(certificate, timezone.localdate())


# --- Attacks


def test_nobody_confirms_oneself_nor_for_whom_they_do_not_manage_today(client, certificate, manager):
    application = ask(certificate)
    url = reverse("certificates:confirmation", args=[application.pk])
    former, other = make_user(), make_user()
    Post.objects.create(
        person=certificate.person, unit=Post.objects.get().unit, manager=former, is_primary=False,
        starts_on=date(2019, 1, 1), ends_on=date(2020, 1, 1),
    )  # fmt: skip
    for person in (certificate.person, former, other):
        client.force_login(person)
        assert client.get(url).status_code == 404
        assert client.post(url, {"act": "confirm", "observed_on": timezone.localdate().isoformat()}).status_code == 404
        with pytest.raises(acts.NotTheirManager):
            confirm(application, person)
        with pytest.raises(acts.NotTheirManager):
            acts.refuse_application(application, person, "Non", timezone.now())
    post = Post.objects.get(manager=manager)
    with pytest.raises(IntegrityError), transaction.atomic():
        WorkDecision.objects.create(
            application=application, holder=certificate.person, verdict="confirmed", observed_on=timezone.localdate(),
            author=certificate.person, post=post, decided_at=timezone.now(),
        )  # fmt: skip
    Post.objects.filter(manager=manager).update(ends_on=timezone.localdate() - timedelta(days=1))
    client.force_login(manager)
    assert client.get(url).status_code == 404
    with pytest.raises(acts.NotTheirManager):
        confirm(application, manager)


def test_certificate_of_someone_else_cannot_be_asked_about(client, certificate):
    client.force_login(make_user())
    url = reverse("certificates:application", args=[certificate.pk])
    assert client.get(url).status_code == 404
    assert client.post(url, {"statement": SAID}).status_code == 404


@pytest.mark.parametrize("table", ["certificates_workapplication", "certificates_workdecision"])
def test_both_facts_are_only_ever_added(certificate, manager, table):
    decision = confirm(ask(certificate), manager)
    with pytest.raises(Immutable):
        decision.save()
    if connection.vendor == "sqlite":
        append_only.install(connection, table)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table}")
    if connection.vendor == "sqlite":
        append_only.remove(connection, table)
