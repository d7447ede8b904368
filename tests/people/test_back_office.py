"""The back office of people and structures: each list and each address within the scope of who asks."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from wagtail.log_actions import log

from lms.core.models import AuditEntry
from lms.people.models import EmailDomain, Post, RoleAssignment, Unit, User
from lms.people.rules import Role
from tests.factories.people import EmailDomainFactory, PostFactory, UnitFactory, UserFactory, give_role

pytestmark = pytest.mark.django_db


@pytest.fixture
def ministries():
    state = UnitFactory(code="BJ", name="État", kind=Unit.Kind.STATE)
    return UnitFactory(code="M1", name="Ministère des Uns", parent=state), UnitFactory(
        code="M2", name="Ministère des Autres", parent=state
    )


@pytest.fixture
def own(ministries):
    return PostFactory(unit=UnitFactory(code="M1-D", name="Direction des Uns", parent=ministries[0]), title="Juriste")


@pytest.fixture
def foreign(ministries):
    return PostFactory(unit=ministries[1], title="Cartographe")


@pytest.fixture
def hr(client, ministries):
    user = UserFactory(first_name="Reine", last_name="Houngbo")
    give_role(user, Role.HR, ministries[0])
    client.force_login(user)
    return user


@pytest.fixture
def administrator(client, ministries):
    user = UserFactory()
    give_role(user, Role.ADMINISTRATOR, ministries[0])
    client.force_login(user)
    return user


def post_data(person, unit, **more):
    return {"person": person.email, "unit": unit.pk, "starts_on": "2024-01-02", "is_primary": "on", **more}


# --- Lists


@pytest.mark.parametrize("name", ["people_people:index", "people_posts:index"])
@pytest.mark.parametrize("query", ["", "?export=csv", "?q=gouv", "?unit="])
def test_lists_show_ones_scope_and_nobody_else(client, hr, own, foreign, name, query):
    response = client.get(reverse(name) + query)
    page = (b"".join(response.streaming_content) if response.streaming else response.content).decode()
    assert own.person.last_name in page
    assert foreign.person.last_name not in page
    assert foreign.person.email not in page


@pytest.mark.parametrize("export", ["csv", "xlsx"])
def test_people_export_runs_nothing_and_leaves_a_trace(client, hr, own, export):
    User.objects.filter(pk=own.person.pk).update(first_name="=1+1", last_name="Dos\x01sou")
    response = client.get(reverse("people_people:index"), {"export": export, "q": own.person.email})
    content = response.getvalue()
    if export == "csv":
        assert f"Dossou,'=1+1,{own.person.email}" in content.decode()
    else:
        rows = list(load_workbook(BytesIO(content)).active.values)
        assert rows[1][:3] == ("Dossou", "'=1+1", own.person.email)
    entry = AuditEntry.objects.get(verb="people.export")
    assert (entry.actor_pk, entry.details["rows"], entry.details["format"]) == (str(hr.pk), 1, export)


@pytest.mark.parametrize("count", [1, 3])
def test_people_list_costs_the_same_for_any_length(client, hr, own, count, django_assert_max_num_queries):
    PostFactory.create_batch(count - 1, unit=own.unit)
    client.get(reverse("people_people:index"))  # the first page also fills caches
    with django_assert_max_num_queries(22):
        client.get(reverse("people_people:index"))


def test_unit_list_of_hr_is_its_branch(client, hr, own, foreign):
    page = client.get(reverse("people_units:index")).content.decode()
    assert "Direction des Uns" in page
    assert "Ministère des Autres" not in page


def test_posts_are_filtered_by_unit_and_day(client, hr, own, foreign):
    over = PostFactory(unit=Unit.objects.get(code="M1"), ends_on=date(2021, 1, 1))

    def listed(**query):
        page = client.get(reverse("people_posts:index"), query).content.decode()
        return {post for post in (own, over, foreign) if post.person.last_name in page}

    assert listed() == {own, over}
    assert listed(in_force="oui") == {own}
    assert listed(in_force="non") == {over}
    assert listed(unit=own.unit.pk) == {own}
    assert listed(unit=foreign.unit.pk) == {own, over}  # not a choice of theirs, so no filter
    people = client.get(reverse("people_people:index"), {"unit": own.unit.pk}).content.decode()
    assert own.person.last_name in people
    assert over.person.last_name not in people


def test_ended_role_opens_nothing(client, hr, own):
    RoleAssignment.objects.update(ends_on=timezone.localdate() - timedelta(days=1))
    page = client.get(reverse("people_people:index")).content.decode()
    assert own.person.last_name not in page
    assert client.get(reverse("people_people:edit", args=[own.person.pk])).status_code == 404


# --- Direct addresses


@pytest.mark.parametrize("view", ["edit", "history", "history_results", "usage"])
def test_people_out_of_scope_are_404(client, hr, own, foreign, view):
    assert client.get(reverse(f"people_people:{view}", args=[own.person.pk])).status_code == 200
    assert client.get(reverse(f"people_people:{view}", args=[foreign.person.pk])).status_code == 404


@pytest.mark.parametrize("view", ["edit", "history", "history_results", "usage"])
def test_posts_out_of_scope_are_404(client, hr, own, foreign, view):
    assert client.get(reverse(f"people_posts:{view}", args=[own.pk])).status_code == 200
    assert client.get(reverse(f"people_posts:{view}", args=[foreign.pk])).status_code == 404


def test_units_out_of_scope_are_404(client, hr, own, foreign):
    assert client.get(reverse("people_units:inspect", args=[own.unit.pk])).status_code == 200
    assert client.get(reverse("people_units:inspect", args=[foreign.unit.pk])).status_code == 404


def test_post_of_another_ministry_is_not_written(client, hr, foreign):
    answer = client.post(reverse("people_posts:edit", args=[foreign.pk]), post_data(foreign.person, foreign.unit))
    assert answer.status_code == 404
    foreign.refresh_from_db()
    assert foreign.title == "Cartographe"


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("people_people:add", []),
        ("people_roles:index", []),
        ("people_roles:add", []),
        ("people_domains:index", []),
        ("people_units:add", []),
        ("wagtailusers_users:index", []),
        ("wagtailusers_users:add", []),
        ("wagtailusers_groups:index", []),
    ],
)
def test_hr_has_no_business_there(client, hr, name, args):
    assert client.get(reverse(name, args=args)).status_code == 302  # back to the home page, with a message


@pytest.mark.parametrize("action", ["delete", "assign_role", "set_active_state"])
def test_hr_cannot_use_wagtails_bulk_actions_on_people(client, hr, own, foreign, action):
    for person in (own.person, foreign.person):
        address = reverse("wagtail_bulk_action", args=["people", "user", action]) + f"?id={person.pk}"
        assert client.get(address).status_code == 302
        assert client.post(address, {"mark_as_active": "False"}).status_code == 302
        person.refresh_from_db()
        assert person.is_active


def test_site_history_tells_hr_of_nobody(client, hr, own, foreign):
    """A superuser's act on an account leaves no name where those who may see some people would read it."""
    log(foreign.person, "wagtail.edit", user=hr)
    log(foreign, "wagtail.edit", user=hr)
    page = client.get(reverse("wagtailadmin_reports:site_history")).content.decode()
    assert foreign.person.last_name not in page


def test_superuser_manages_accounts(client, own):
    client.force_login(UserFactory(is_superuser=True))
    page = client.get(reverse("wagtailusers_users:index")).content.decode()
    assert own.person.email in page
    data = {
        "email": "Nouvelle@Asin.bj",
        "first_name": "Nadia",
        "last_name": "Zinsou",
        "password1": "une phrase bien longue",
    }
    address = reverse("wagtailusers_users:add")
    assert "Rôles confiés" in client.get(address).content.decode()
    assert client.post(address, {**data, "password2": data["password1"]}).status_code == 302
    fresh = User.objects.get(email="nouvelle@asin.bj")
    data = {"email": own.person.email.upper(), "first_name": "Nadia", "last_name": "Zinsou", "is_active": "on"}
    page = client.post(reverse("wagtailusers_users:edit", args=[fresh.pk]), data).content.decode()
    assert "Un compte a déjà cette adresse." in page


@pytest.mark.parametrize("view", ["edit", "delete", "history", "usage"])
def test_hr_cannot_reach_an_account_by_wagtails_pages(client, hr, own, view):
    assert client.get(reverse(f"wagtailusers_users:{view}", args=[own.person.pk])).status_code == 302


@pytest.mark.parametrize("role", [Role.TRAINER, Role.CERTIFICATION])
def test_other_roles_see_no_people(client, ministries, own, role):
    user = UserFactory()
    give_role(user, role, ministries[0])
    client.force_login(user)
    for name in ("people_people", "people_posts", "people_units", "people_roles", "people_domains"):
        assert client.get(reverse(f"{name}:index")).status_code == 302


def test_agent_does_not_enter(client, own):
    client.force_login(own.person)
    assert client.get(reverse("people_people:index")).status_code == 403


# --- People


def test_hr_corrects_a_name(client, hr, own):
    data = {
        "first_name": "Sènan",
        "last_name": "Ahouansou",
        "matricule": "ab 12",
        "is_superuser": "on",
        "email": "x@y.z",
    }
    answer = client.post(reverse("people_people:edit", args=[own.person.pk]), data)
    assert answer.status_code == 302
    email = own.person.email
    own.person.refresh_from_db()
    assert (str(own.person), own.person.matricule) == ("Sènan Ahouansou", "AB12")
    assert (own.person.email, own.person.is_superuser) == (email, False)
    entry = AuditEntry.objects.get(verb="people.correct_identity")
    assert (entry.actor_pk, entry.details) == (str(hr.pk), {"fields": ["first_name", "last_name", "matricule"]})


def test_matricule_of_a_colleague_is_refused(client, hr, own):
    PostFactory(unit=Unit.objects.get(code="M1"), person__matricule="AB12")
    data = {"first_name": "Sènan", "last_name": "Ahouansou", "matricule": "ab12"}
    page = client.post(reverse("people_people:edit", args=[own.person.pk]), data).content.decode()
    assert "Ce matricule est déjà celui d’une autre personne de votre structure." in page
    own.person.refresh_from_db()
    assert own.person.matricule == ""


# --- Posts


def test_hr_gives_a_post_to_someone_free(client, hr, own):
    newcomer = UserFactory()
    answer = client.post(reverse("people_posts:add"), post_data(newcomer, own.unit, manager=own.person.email.upper()))
    assert answer.status_code == 302
    post = Post.objects.get(person=newcomer)
    assert (post.unit, post.manager, post.starts_on) == (own.unit, own.person, date(2024, 1, 2))
    assert AuditEntry.objects.get(verb="people.add_post").actor_pk == str(hr.pk)


def test_hr_cannot_take_the_people_of_another_ministry(client, hr, own, foreign):
    data = post_data(foreign.person, own.unit)
    data.pop("is_primary")
    page = client.post(reverse("people_posts:add"), data).content.decode()
    assert "a une affectation dans une structure que vous ne gérez pas" in page
    assert list(foreign.person.posts.all()) == [foreign]


def test_hr_cannot_give_or_move_a_post_to_another_ministry(client, hr, own, foreign):
    client.post(reverse("people_posts:add"), post_data(UserFactory(), foreign.unit))
    client.post(reverse("people_posts:edit", args=[own.pk]), post_data(own.person, foreign.unit))
    assert list(Post.objects.filter(unit=foreign.unit)) == [foreign]


def test_post_form_says_what_is_wrong(client, hr, own):
    page = client.post(reverse("people_posts:add"), post_data(UserFactory.build(email="nul@gouv.bj"), own.unit)).content
    assert "Aucun compte actif n’a cette adresse" in page.decode()
    page = client.post(reverse("people_posts:add"), post_data(own.person, own.unit)).content.decode()
    assert "Cette personne a déjà une affectation principale sans date de fin." in page


def test_post_that_would_double_a_matricule_is_refused(client, hr, own):
    own.person.matricule = "AB12"
    own.person.save()
    twin = UserFactory(matricule="AB12")
    page = client.post(reverse("people_posts:add"), post_data(twin, own.unit)).content.decode()
    assert "a déjà le matricule de celle-ci" in page
    assert not twin.posts.exists()


def test_hr_ends_a_post(client, hr, own):
    data = post_data(own.person, own.unit, ends_on="2024-06-30", title="Juriste", manager="")
    assert client.post(reverse("people_posts:edit", args=[own.pk]), data).status_code == 302
    own.refresh_from_db()
    assert own.ends_on == date(2024, 6, 30)


def test_hr_does_not_open_again_the_post_of_someone_who_left(client, hr, own, foreign):
    over = PostFactory(person=foreign.person, unit=own.unit, is_primary=False, ends_on=date(2022, 12, 31))
    url = reverse("people_posts:edit", args=[over.pk])
    for ends_on in ("", "2099-12-31"):
        page = client.post(url, {"unit": own.unit.pk, "starts_on": "2020-01-01", "ends_on": ends_on}).content.decode()
        assert "a une affectation dans une structure que vous ne gérez pas" in page
    assert not User.objects.visible_to(hr).filter(pk=foreign.person.pk).exists()
    data = {"unit": own.unit.pk, "starts_on": "2020-01-01", "ends_on": "2023-01-31"}
    assert client.post(url, data).status_code == 302  # a date is still corrected


# --- Units


def unit_data(**more):
    return {"name": "Direction neuve", "code": "M1-N", "kind": "directorate", **more}


def test_administrator_adds_and_moves_a_unit(client, administrator, own):
    ministry = Unit.objects.get(code="M1")
    client.post(reverse("people_units:add"), unit_data(parent=ministry.pk))
    fresh = Unit.objects.get(code="M1-N")
    assert fresh.get_parent() == ministry
    client.post(reverse("people_units:edit", args=[fresh.pk]), unit_data(parent=own.unit.pk))
    assert Unit.objects.get(code="M1-N").get_parent() == own.unit
    assert Unit.find_problems() == ([], [], [], [], [])
    assert list(AuditEntry.objects.filter(verb__contains="_unit").values_list("verb", flat=True).order_by("pk")) == [
        "people.add_unit",
        "people.change_unit",
    ]


def test_unit_goes_neither_out_of_scope_nor_below_itself(client, administrator, own, foreign):
    below = UnitFactory(code="M1-D-S", parent=own.unit)
    for parent in (foreign.unit, below, own.unit):
        data = unit_data(code="M1-D", parent=parent.pk)
        assert client.post(reverse("people_units:edit", args=[own.unit.pk]), data).status_code == 200
    assert client.post(reverse("people_units:add"), unit_data(parent=foreign.unit.pk)).status_code == 200
    assert Unit.objects.get(code="M1-D").get_parent() == Unit.objects.get(code="M1")
    assert Unit.objects.count() == 5


def test_top_of_ones_scope_is_renamed_where_it_stands(client, administrator, ministries):
    data = unit_data(code="M1", name="Ministère renommé", kind="ministry", parent=ministries[1].pk)
    assert client.post(reverse("people_units:edit", args=[ministries[0].pk]), data).status_code == 302
    unit = Unit.objects.get(code="M1")
    assert (unit.name, unit.get_parent().code) == ("Ministère renommé", "BJ")


def test_used_unit_is_not_deleted(client, own):
    client.force_login(UserFactory(is_superuser=True))
    page = client.post(reverse("people_units:delete", args=[own.unit.pk]), follow=True).content.decode()
    assert "suppression impossible, car encore utilisé par : affectations (1)" in page
    assert Unit.objects.filter(pk=own.unit.pk).exists()


# --- Roles


def role_data(person, role, unit):
    group = Group.objects.get(name=role)
    return {"person": person.email, "group": group.pk, "unit": unit.pk, "starts_on": timezone.localdate().isoformat()}


def test_administrator_gives_and_ends_a_role(client, administrator, own):
    person, url = own.person, reverse("people_roles:add")
    assert client.post(url, role_data(person, Role.HR, own.unit)).status_code == 302
    role = person.roles.get()
    assert list(person.groups.values_list("name", flat=True)) == [Role.HR]
    yesterday = timezone.localdate() - timedelta(days=1)
    RoleAssignment.objects.update(starts_on=yesterday)
    data = {"starts_on": yesterday.isoformat(), "ends_on": yesterday.isoformat()}
    assert client.post(reverse("people_roles:edit", args=[role.pk]), data).status_code == 302
    assert list(person.groups.all()) == []


def test_administrator_cannot_serve_themself_nor_others_units(client, administrator, own, foreign):
    url = reverse("people_roles:add")
    assert client.post(url, role_data(administrator, Role.CERTIFICATION, own.unit)).status_code == 200
    assert client.post(url, role_data(own.person, Role.HR, foreign.unit)).status_code == 200
    Group.objects.create(name="Tout-puissants")
    assert client.post(url, role_data(own.person, "Tout-puissants", own.unit)).status_code == 200
    assert list(RoleAssignment.objects.exclude(person=administrator)) == []
    assert administrator.roles.count() == 1


def test_administrator_does_not_make_their_own_role_last(client, administrator, ministries):
    last_day = timezone.localdate() + timedelta(days=1)
    role = give_role(administrator, Role.HR, ministries[0], ends_on=last_day)
    data = {"starts_on": role.starts_on.isoformat()}
    page = client.post(reverse("people_roles:edit", args=[role.pk]), data).content.decode()
    assert "On ne prolonge pas son propre rôle" in page
    role.refresh_from_db()
    assert role.ends_on == last_day


def test_roles_out_of_scope_are_404(client, administrator, foreign):
    role = give_role(foreign.person, Role.HR, foreign.unit)
    assert client.get(reverse("people_roles:edit", args=[role.pk])).status_code == 404
    assert str(foreign.person) not in client.get(reverse("people_roles:index")).content.decode()


# --- Domains


def test_administrator_edits_the_admitted_domains(client, administrator):
    assert client.post(reverse("people_domains:add"), {"domain": "@Mairie.BJ", "is_active": "on"}).status_code == 302
    row = EmailDomain.objects.get(domain="mairie.bj")
    assert row.is_active
    client.post(reverse("people_domains:edit", args=[row.pk]), {"domain": "mairie.bj"})
    row.refresh_from_db()
    assert not row.is_active
    assert AuditEntry.objects.filter(verb="people.change_domain").count() == 2


@pytest.mark.parametrize("domain", ["bj", "gоuv.bj", "a b.bj", "gouv.bj.", "http://gouv.bj"])
def test_domain_that_is_none_is_refused(client, administrator, domain):
    page = client.post(reverse("people_domains:add"), {"domain": domain, "is_active": "on"}).content.decode()
    assert "Écrivez un nom de domaine simple" in page


def test_domain_list(client, administrator):
    EmailDomainFactory(domain="asin.bj")
    assert "asin.bj" in client.get(reverse("people_domains:index")).content.decode()
