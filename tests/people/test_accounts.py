"""Opening an account, and one's own account page."""

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.urls import reverse

from lms.core.models import AuditEntry
from lms.people.context_processors import navigation
from lms.people.models import User
from lms.people.rules import Role
from tests.factories.people import EmailDomainFactory, PostFactory, UnitFactory, UserFactory, give_role

pytestmark = pytest.mark.django_db
PASSWORD = "une phrase bien longue"


@pytest.fixture(autouse=True)
def domains():
    EmailDomainFactory(domain="gouv.bj")
    EmailDomainFactory(domain="ancien.bj", is_active=False)


def sign_up(client, address, **more):
    data = {"first_name": "Afi", "last_name": "Dossou", "email": address, "password1": PASSWORD, "password2": PASSWORD}
    return client.post(reverse("account_signup"), {**data, **more})


@pytest.mark.parametrize("email", ["afi@gouv.bj", "Afi@Finances.GOUV.bj"])
def test_sign_up_opens_an_account(client, email):
    assert sign_up(client, email).status_code == 302
    user = User.objects.get()
    assert (user.email, user.get_full_name()) == (email.lower(), "Afi Dossou")
    assert not (user.is_staff or user.is_superuser)


@pytest.mark.parametrize(
    "email",
    ["afi@gmail.com", "afi@gouv.bj.evil.com", "afi@evilgouv.bj", "afi@ancien.bj", "afi@xn--guv-tmc.bj", "afi@gоuv.bj"],
)
def test_sign_up_elsewhere_is_refused_and_says_what_to_do(client, email):
    page = sign_up(client, email).content.decode()
    assert "Les comptes sont réservés aux adresses professionnelles de l’administration (gouv.bj…)" in page
    assert "demandez à votre service informatique" in page
    assert "ancien.bj" not in page.replace(email, "")
    assert not User.objects.exists()


@pytest.mark.parametrize("missing", ["first_name", "last_name", "email", "password1"])
def test_sign_up_asks_for_everything(client, missing):
    assert sign_up(client, "afi@gouv.bj", **{missing: ""}).status_code == 200
    assert not User.objects.exists()


def test_sign_up_does_not_tell_who_has_an_account(client, settings):
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"  # as in production
    UserFactory(email="connue@gouv.bj")
    UserFactory(email="externe@gmail.com")
    answers = [sign_up(client, email) for email in ("connue@gouv.bj", "nouvelle@gouv.bj")]
    assert {(answer.status_code, answer.url) for answer in answers} == {
        (302, reverse("account_email_verification_sent"))
    }
    assert len(mail.outbox) == 2
    pages = [sign_up(client, email).content.decode() for email in ("externe@gmail.com", "inconnue@gmail.com")]
    assert all("Les comptes sont réservés" in page for page in pages)


@pytest.mark.parametrize("email", ["externe@gmail.com", "personne@gmail.com", "connue@gouv.bj"])
def test_password_reset_answers_the_same_to_all(client, email):
    UserFactory(email="externe@gmail.com")
    UserFactory(email="connue@gouv.bj")
    answer = client.post(reverse("account_reset_password"), {"email": email})
    assert (answer.status_code, answer.url) == (302, reverse("account_reset_password_done"))


def test_login_is_by_email_whatever_its_case(client):
    user = UserFactory(email="afi@gouv.bj")
    answer = client.post(reverse("account_login"), {"login": "AFI@gouv.bj", "password": "demo"})
    assert answer.status_code == 302
    assert client.session["_auth_user_id"] == str(user.pk)


def test_login_says_the_same_for_a_wrong_password_and_an_unknown_address(client):
    UserFactory(email="afi@gouv.bj")
    errors = [
        client.post(reverse("account_login"), {"login": email, "password": "faux"}).context["form"].errors
        for email in ("afi@gouv.bj", "personne@gouv.bj")
    ]
    assert errors[0] == errors[1]


def test_added_address_must_be_admitted_too(client):
    user = UserFactory(email="afi@gouv.bj")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    client.force_login(user)
    client.post(reverse("account_email"), {"action_add": "", "email": "afi@gmail.com"})
    assert list(EmailAddress.objects.values_list("email", flat=True)) == ["afi@gouv.bj"]
    client.post(reverse("account_email"), {"action_add": "", "email": "afi@sante.gouv.bj"})
    assert EmailAddress.objects.filter(email="afi@sante.gouv.bj").exists()


# --- One's own page


def test_profile_is_for_those_signed_in(client):
    assert client.get(reverse("people:profile")).status_code == 302


def test_profile_shows_and_writes_ones_own_names(client):
    user, other = UserFactory(first_name="Afi"), UserFactory(first_name="Koffi")
    client.force_login(user)
    page = client.get(reverse("people:profile")).content.decode()
    assert user.email in page
    assert other.email not in page
    data = {"first_name": "Ɖona", "last_name": "Ahouansou", "matricule": "x 1", "is_superuser": "on", "pk": other.pk}
    assert client.post(reverse("people:profile"), data).status_code == 302
    user.refresh_from_db()
    other.refresh_from_db()
    assert (user.get_full_name(), user.matricule, user.is_superuser) == ("Ɖona Ahouansou", "X1", False)
    assert other.first_name == "Koffi"
    assert AuditEntry.objects.get(verb="people.correct_identity").actor_pk == str(user.pk)
    client.post(reverse("people:profile"), data)  # nothing changes: nothing to tell
    assert AuditEntry.objects.filter(verb="people.correct_identity").count() == 1


def test_profile_refuses_an_empty_name(client):
    client.force_login(UserFactory())
    page = client.post(reverse("people:profile"), {"first_name": "", "last_name": "Dossou"})
    assert page.status_code == 200
    assert page.context["form"].errors.keys() == {"first_name"}


def test_profile_refuses_the_matricule_of_a_colleague(client):
    state = UnitFactory()
    ministry, elsewhere = UnitFactory(parent=state), UnitFactory(parent=state)
    PostFactory(unit=UnitFactory(parent=ministry), person__matricule="A1")
    PostFactory(unit=elsewhere, person__matricule="B2")
    user = PostFactory(unit=ministry).person
    client.force_login(user)
    data = {"first_name": "Afi", "last_name": "Dossou"}
    page = client.post(reverse("people:profile"), {**data, "matricule": "a1"}).content.decode()
    assert "Ce matricule est déjà celui d’une autre personne" in page
    assert client.post(reverse("people:profile"), {**data, "matricule": "b2"}).status_code == 302
    user.refresh_from_db()
    assert user.matricule == "B2"


# --- Navigation


def doors(rf, user):
    request = rf.get("/")
    request.user = user
    context = navigation(request)
    return bool(context["nav_may_see_people"]), bool(context["nav_may_open_backoffice"])


def test_navigation_shows_the_doors_one_may_open(rf):
    unit = UnitFactory()
    agent, manager, hr, trainer = UserFactory.create_batch(4)
    PostFactory(person=agent, unit=unit, manager=manager)
    give_role(hr, Role.HR, unit)
    give_role(trainer, Role.TRAINER, unit)
    assert doors(rf, agent) == (False, False)
    assert doors(rf, manager) == (True, False)
    assert doors(rf, hr) == (True, True)
    assert doors(rf, trainer) == (False, True)
    assert doors(rf, UserFactory(is_superuser=True)) == (True, True)
    assert doors(rf, UserFactory(is_superuser=True, is_active=False)) == (False, False)


def test_navigation_costs_one_query_a_minute(rf, django_assert_num_queries):
    user = UserFactory()
    request = rf.get("/")
    request.user = user
    assert navigation(request)["site_name"] == "Académie CTD"
    with django_assert_num_queries(0):
        assert navigation(request)["site_name"] == "Académie CTD"  # known from now on
    with django_assert_num_queries(1):
        assert doors(rf, user) == (False, False)
    with django_assert_num_queries(0):
        assert doors(rf, user) == (False, False)
