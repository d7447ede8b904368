"""The list of people: whom each role sees, what is said of them, how it narrows and orders, what it costs."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from lms.hr.models import Colleague
from lms.learning.actions import enrol
from lms.people.models import Post
from lms.people.rules import Role
from tests.factories.courses import course_with
from tests.factories.hr import colleague, give_level, profile_requiring
from tests.factories.people import PostFactory, UserFactory, give_role

URL = "/equipe/"
TODAY = timezone.localdate()


def listed(client, user, **query):
    """What the list says of each person: (name, reached, required, gap, widest gaps)."""
    client.force_login(user)
    page = client.get(URL, query)
    assert page.status_code == 200
    return [
        (str(person), person.reached_count, person.required_count, person.total_gap,
         [(line.competence, line.gap) for line in gaps])
        for person, gaps in page.context["rows"]
    ]  # fmt: skip


def names(client, user, **query):
    return [row[0] for row in listed(client, user, **query)]


def test_hr_sees_levels_and_gaps_of_the_people_of_its_ministry_alone(client, ministry):
    m = ministry
    assert listed(client, m.hr) == [
        ("Ama Adjovi", 0, 2, 3, [(m.cn1, 2), (m.sc1, 1)]),
        ("Bio Bako", 1, 2, 1, [(m.sc1, 1)]),
        ("Rita Rh", 0, 0, 0, []),
        ("Kofi Zinsou", 0, 0, 0, []),
    ]
    page = client.get(URL).content.decode()
    assert "Chantal" not in page
    assert "Santé" not in page


def test_a_manager_sees_their_reports_and_themself(client, ministry):
    assert names(client, ministry.head) == ["Ama Adjovi", "Kofi Zinsou"]


def test_a_superuser_sees_everyone(client, ministry):
    admin = UserFactory(is_superuser=True, first_name="Sam", last_name="Sage")
    assert names(client, admin) == [
        "Ama Adjovi", "Bio Bako", "Chantal Codo", "Dele Dossa", "Rita Rh", "Sam Sage", "Kofi Zinsou",
    ]  # fmt: skip


@pytest.mark.parametrize("role", [Role.TRAINER, Role.CERTIFICATION, None])
@pytest.mark.parametrize("address", [URL, "/equipe/export.csv", "/equipe/export.xlsx"])
def test_who_answers_for_nobody_is_told_so(client, ministry, role, address):
    user = UserFactory()
    if role:
        give_role(user, role, ministry.work)
    client.force_login(user)
    page = client.get(address)
    assert page.status_code == 403
    assert "Cette page montre les compétences d’une équipe" in page.content.decode()
    assert "Ama" not in page.content.decode()


@pytest.mark.parametrize("address", [URL, "/equipe/1/", "/equipe/export.csv", "/mes-competences/"])
def test_strangers_are_sent_to_log_in(client, db, address):
    page = client.get(address)
    assert (page.status_code, page.url.split("?")[0]) == (302, reverse("account_login"))


def test_a_role_that_is_over_shows_nobody(client, ministry):
    user = UserFactory()
    give_role(user, Role.HR, ministry.work, starts_on=date(2025, 1, 1), ends_on=TODAY - timedelta(days=1))
    client.force_login(user)
    assert client.get(URL).status_code == 403


def test_someone_who_left_is_no_longer_listed(client, ministry):
    Post.objects.filter(person=ministry.ama).update(ends_on=TODAY - timedelta(days=1))
    assert names(client, ministry.hr) == ["Bio Bako", "Rita Rh", "Kofi Zinsou"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"q": "AMA"}, ["Ama Adjovi"]),
        ({"q": "adjovi AMA"}, ["Ama Adjovi"]),
        ({"q": "ama bako"}, []),
        ({"q": "a12"}, ["Ama Adjovi"]),
        ({"q": "Chantal"}, []),
        ({"structure": "work"}, ["Ama Adjovi", "Bio Bako", "Kofi Zinsou"]),
        ({"structure": "systems"}, ["Bio Bako"]),
        ({"profil": "profile"}, ["Ama Adjovi", "Bio Bako"]),
        ({"competence": "cn1"}, ["Ama Adjovi", "Bio Bako"]),
        ({"competence": "es1"}, []),
        ({"competence": "cn1", "ecart": "1"}, ["Ama Adjovi"]),
        ({"competence": "cn1", "ecart": "0"}, ["Bio Bako"]),
        ({"competence": "cn1", "ecart": "3"}, []),
        ({"ecart": "1"}, ["Ama Adjovi", "Bio Bako"]),
        ({"ecart": "2"}, ["Ama Adjovi"]),
        ({"ecart": "0"}, []),
        ({"tri": "ecart"}, ["Rita Rh", "Kofi Zinsou", "Bio Bako", "Ama Adjovi"]),
        ({"tri": "-ecart"}, ["Ama Adjovi", "Bio Bako", "Rita Rh", "Kofi Zinsou"]),
        ({"tri": "-nom"}, ["Kofi Zinsou", "Rita Rh", "Bio Bako", "Ama Adjovi"]),
        ({"tri": "-atteints"}, ["Bio Bako", "Ama Adjovi", "Rita Rh", "Kofi Zinsou"]),
    ],
)
def test_the_list_narrows_and_orders(client, ministry, query, expected):
    query = {name: getattr(getattr(ministry, value, None), "pk", value) for name, value in query.items()}
    assert names(client, ministry.hr, **query) == expected


@pytest.mark.parametrize(
    "query", [{"structure": "health"}, {"structure": "state"}, {"profil": "99999"}, {"tri": "nez"}]
)
def test_what_cannot_be_chosen_shows_nobody(client, ministry, query):
    query = {name: getattr(getattr(ministry, value, None), "pk", value) for name, value in query.items()}
    client.force_login(ministry.hr)
    page = client.get(URL, query)
    assert (page.status_code, page.context["rows"]) == (200, [])


def test_structures_offered_are_those_in_scope(client, ministry):
    client.force_login(ministry.hr)
    form = client.get(URL).context["filter"].form
    assert list(form.fields["structure"].queryset) == [ministry.work, ministry.careers, ministry.systems]
    client.force_login(ministry.head)
    form = client.get(URL).context["filter"].form
    assert list(form.fields["structure"].queryset) == [ministry.careers]


def test_totals_count_the_people_with_a_profile(client, ministry):
    client.force_login(UserFactory(is_superuser=True))
    assert client.get(URL).context["totals"] == {"people": 7, "with_profile": 3, "meeting": 1, "missing_levels": 4}


def test_expired_levels_are_missing(ministry):
    give_level(ministry.bio, ministry.sc1, 2, expires_on=TODAY)
    gaps = dict(Colleague.objects.with_gaps(TODAY).values_list("first_name", "total_gap"))
    tomorrow = dict(Colleague.objects.with_gaps(TODAY + timedelta(days=1)).values_list("first_name", "total_gap"))
    assert (gaps["Bio"], tomorrow["Bio"]) == (0, 2)


def test_of_two_primary_posts_in_force_the_latest_gives_the_profile_and_the_person_is_listed_once(client, ministry):
    Post.objects.filter(person=ministry.ama).update(ends_on=TODAY + timedelta(days=9))
    PostFactory(person=ministry.ama, unit=ministry.systems, starts_on=date(2026, 2, 1))
    rows = listed(client, ministry.hr, q="ama")
    assert rows == [("Ama Adjovi", 0, 0, 0, [])]


def test_the_picture_of_gaps_is_drawn_by_the_structures_below_what_is_shared(client, ministry):
    m = ministry
    client.force_login(m.hr)
    heatmap = client.get(URL).context["heatmap"]
    assert heatmap.areas == [m.cn1.area, m.sc1.area]
    # Careers: Ama lacks 2 of CN1 and 1 of SC1; systems: Bio lacks 1 of SC1.
    assert [(row.unit, row.people_count, [str(c.mean) for c in row.cells]) for row in heatmap.rows] == [
        (m.careers, 1, ["2.0", "1.0"]),
        (m.systems, 1, ["0.0", "1.0"]),
    ]
    client.force_login(UserFactory(is_superuser=True))
    heatmap = client.get(URL).context["heatmap"]
    assert [(row.unit, row.people_count, [str(c.mean) for c in row.cells]) for row in heatmap.rows] == [
        (m.work, 2, ["1.0", "1.0"]),
        (m.health, 1, ["0.0", "0.0"]),
    ]
    heatmap = client.get(URL, {"structure": m.systems.pk}).context["heatmap"]
    assert [row.unit for row in heatmap.rows] == [m.systems]


def test_nobody_with_a_profile_draws_no_picture(client, ministry):
    client.force_login(ministry.head)
    assert client.get(URL, {"q": "kofi"}).context["heatmap"].rows == []


def test_an_area_nobody_needs_here_has_no_figure(client, ministry):
    other, (di1,) = profile_requiring(1)
    colleague(ministry.systems, other)
    client.force_login(ministry.hr)
    heatmap = client.get(URL).context["heatmap"]
    means = {row.unit: dict(zip(heatmap.areas, row.cells, strict=True))[di1.area].mean for row in heatmap.rows}
    assert means == {ministry.careers: None, ministry.systems: 1}


@pytest.mark.parametrize("count", [1, 3, 100])
def test_the_list_costs_the_same_for_any_length(client, ministry, count, django_assert_num_queries):
    for _rank in range(count):
        person = colleague(ministry.systems, ministry.profile)
        give_level(person, ministry.cn1, 1)
    client.force_login(ministry.hr)
    client.get(URL)  # who is signed in, and the frame of the page, are remembered from here on
    # may see; roles' paths (twice), structures offered; profiles, competences; count, people, requirements, levels; totals;
    # picture: ends, counts, required, held, areas, units
    with django_assert_num_queries(19):
        client.get(URL)


def test_the_person_of_another_ministry_is_not_found(client, ministry):
    client.force_login(ministry.hr)
    for person, status in ((ministry.ama, 200), (ministry.bio, 200), (ministry.chantal, 404)):
        assert client.get(f"{URL}{person.pk}/").status_code == status
    assert client.get(f"{URL}999999/").status_code == 404
    client.force_login(ministry.head)
    for person, status in ((ministry.ama, 200), (ministry.bio, 404)):
        assert client.get(f"{URL}{person.pk}/").status_code == status
    client.force_login(ministry.ama)
    assert client.get(f"{URL}{ministry.head.pk}/").status_code == 404
    assert client.get(f"{URL}{ministry.ama.pk}/").url == "/mes-competences/"


def test_the_page_of_a_person_shows_their_levels_evidence_and_courses(client, ministry):
    mine, other = course_with(title="X-Road pour tous"), course_with(title="Autre formation")
    enrol(ministry.ama, mine, timezone.now())
    enrol(ministry.bio, other, timezone.now())
    client.force_login(ministry.hr)
    page = client.get(f"{URL}{ministry.ama.pk}/")
    assert {line.competence: (line.level, line.required) for line in page.context["sheet"].lines} == {
        ministry.cn1: (1, 3), ministry.sc1: (1, 2), ministry.es1: (5, 0),
    }  # fmt: skip
    assert [(e.competence, e.level) for e in page.context["evidence"]] == [
        (ministry.es1, 5), (ministry.sc1, 1), (ministry.cn1, 1),
    ]  # fmt: skip
    assert [e.course for e in page.context["enrolments"]] == [mine]
    html = page.content.decode()
    assert "X-Road pour tous" in html
    assert "Autre formation" not in html


def test_back_office_entry_leads_the_team_page_for_those_who_may(client, ministry):
    client.force_login(ministry.hr)
    assert "/equipe/" in client.get("/gestion/").content.decode()
    trainer = UserFactory()
    give_role(trainer, Role.TRAINER, ministry.work)
    client.force_login(trainer)
    assert "/equipe/" not in client.get("/gestion/").content.decode()
