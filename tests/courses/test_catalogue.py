"""The catalogue: what each finds in it, its filters, its cost, and that no one is shown the page of another."""

import gzip

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import PageViewRestriction

from courses.actions import archive_course, ensure_site
from courses.models import CataloguePage, CoursePage
from courses.page_cache import forget_catalogue_state
from tests.factories.courses import CompetenceGainFactory, CoursePageFactory, course_with
from tests.factories.people import UserFactory
from tests.factories.skills import CompetenceFactory, JobProfileFactory, StrandFactory

pytestmark = pytest.mark.django_db
URL = "/formations/"


def titles(client, query="") -> list[str]:
    page = client.get(f"{URL}{query}")
    assert page.status_code == 200
    return [card["title"] for card in page.context["cards"]]


@pytest.fixture
def learner(client):
    client.force_login(UserFactory())
    return client


def test_catalogue_is_open_to_all_at_its_direct_route(client):
    course = course_with(lessons=2, title="Réseaux", summary="Relier les sites.", duration_minutes=80)
    competence = CompetenceFactory(name="Administrer un réseau")
    CompetenceGainFactory(course=course, competence=competence, level=3)
    assert reverse("courses:catalogue") == URL == CataloguePage.objects.get().url
    html = client.get(URL).content.decode()
    for said in ("Réseaux", "Relier les sites.", "1 h 20", "2 leçons", "Administrer un réseau", "niveau 3"):
        assert said in html.replace("\N{NO-BREAK SPACE}", " ")
    assert f'href="/formations/{course.slug}/"' in html


def test_catalogue_lists_what_is_published_not_archived_and_not_closed(learner):
    shown = CoursePageFactory(title="Montrée")
    CoursePageFactory(title="Brouillon", live=False)
    archived = CoursePageFactory(title="Archivée")
    archive_course(archived, None, timezone.now())
    closed = CoursePageFactory(title="Réservée")
    restriction = PageViewRestriction.objects.create(page=closed, restriction_type="groups")
    assert titles(learner) == [shown.title]

    group = Group.objects.create(name="Invités")
    restriction.groups.add(group)
    learner.get(URL).wsgi_request.user.groups.add(group)
    assert titles(learner) == ["Montrée", "Réservée"]


def test_courses_for_those_logged_in_are_hidden_from_others(client):
    PageViewRestriction.objects.create(page=CoursePageFactory(title="Interne"), restriction_type="login")
    assert titles(client) == []
    client.force_login(UserFactory())
    assert titles(client) == ["Interne"]


def test_courses_stand_in_the_order_given(learner):
    CoursePageFactory(title="Deuxième", position=2)
    CoursePageFactory(title="Première", position=1)
    CoursePageFactory(title="Aussi deuxième", position=2)
    assert titles(learner) == ["Première", "Aussi deuxième", "Deuxième"]


def test_filters_by_strand_audience_and_words(learner):
    strand, profile = StrandFactory(code="eservices"), JobProfileFactory(code="agent")
    both = CoursePageFactory(title="Télé-services", strands=[strand], audience=[profile])
    CoursePageFactory(title="Réseaux", strands=[strand], summary="Œuvrer à l’échelle.")
    competence = CompetenceFactory(name="Signature électronique")
    signed = CoursePageFactory(title="Clés")
    CompetenceGainFactory(course=signed, competence=competence)
    CoursePage.objects.get(pk=signed.pk).save()

    assert titles(learner, "?axe=eservices") == ["Réseaux", "Télé-services"]
    assert titles(learner, "?axe=eservices&public=agent") == [both.title]
    assert titles(learner, "?q=tele") == [both.title]
    assert titles(learner, "?q=RESEAUX") == ["Réseaux"]
    assert titles(learner, "?q=l'echelle oeuvr") == ["Réseaux"]
    assert titles(learner, "?q=signature") == ["Clés"]
    assert titles(learner, "?q=signature reseaux") == []
    assert titles(learner, "?q=%25") == []


def test_nothing_found_says_so_and_a_wrong_filter_breaks_nothing(learner):
    CoursePageFactory()
    html = learner.get(f"{URL}?q=introuvable").content.decode()
    assert "Aucune formation ne correspond" in html
    assert 'value="introuvable"' in html
    assert len(titles(learner, "?axe=inconnu&public=inconnu")) == 1
    assert learner.get(f"{URL}?q=%00&axe=%00").status_code == 200


def test_words_searched_are_escaped(learner):
    ensure_site()
    assert "<script>" not in learner.get(URL, {"q": '"><script>'}).content.decode().partition("<main")[2]


@pytest.mark.parametrize("count", [1, 3])
def test_catalogue_costs_the_same_for_any_length(learner, count, django_assert_num_queries):
    for _rank in range(count):
        course = course_with(lessons=2, strands=[StrandFactory()])
        CompetenceGainFactory(course=course)
    learner.get(URL)
    with django_assert_num_queries(
        10
    ):  # outer frame (rights), catalogue, restrictions and rows of programmes and of courses, strands, gains, two lists
        assert len(titles(learner)) == count


# --- The page kept for anonymous visitors


@pytest.fixture
def shown(client):
    """A course, and the catalogue kept with it."""
    course = CoursePageFactory(title="Connue")
    client.get(URL)
    return course


def test_anonymous_page_costs_nothing_the_second_time(client, shown, django_assert_num_queries):
    with django_assert_num_queries(0):
        page = client.get(URL)
    assert "Connue" in page.content.decode()
    assert page["Cache-Control"] == "public, max-age=30"
    assert {"Cookie", "Accept-Encoding"} <= set(page["Vary"].split(", "))
    assert not page.cookies


def test_anonymous_page_is_the_same_compressed(client, shown):
    plain, compressed = client.get(URL), client.get(URL, headers={"Accept-Encoding": "gzip"})
    assert compressed["Content-Encoding"] == "gzip"
    assert gzip.decompress(compressed.content) == plain.content
    assert "Content-Encoding" not in plain


def test_anonymous_page_follows_every_change_at_once_where_it_is_made(client, shown):
    shown.title = "Renommée"
    shown.save_revision().publish()
    assert titles_kept(client) == "Renommée"
    archive_course(shown, None, timezone.now())
    assert titles_kept(client) == ""


def test_anonymous_page_follows_changes_made_in_another_process(client, shown):
    CoursePage.objects.filter(pk=shown.pk).update(title="Ailleurs")
    assert titles_kept(client) == "Connue"
    shown.outline.__class__.objects.filter(course=shown).raise_version()
    forget_catalogue_state()  # what five seconds do
    assert titles_kept(client) == "Ailleurs"


def titles_kept(client) -> str:
    html = client.get(URL).content.decode()
    return next((title for title in ("Connue", "Renommée", "Ailleurs") if f">{title}</a>" in html), "")


def test_page_of_one_who_is_logged_in_is_neither_kept_nor_taken_from_there(client, shown):
    ada = Client()
    ada.force_login(UserFactory(first_name="Ada", last_name="Kpodékon"))
    for visitor in (ada, client, ada):
        page = visitor.get(URL)
        assert ("Ada" in page.content.decode()) == (visitor is ada)
    assert "private" in ada.get(URL)["Cache-Control"]
    assert "no-cache" in ada.get(URL)["Cache-Control"]


@pytest.mark.parametrize("cookie", [settings.SESSION_COOKIE_NAME, "messages", "inconnu"])
def test_any_cookie_but_the_csrf_token_has_its_page_made_anew(client, shown, cookie):
    client.cookies[cookie] = "x"
    assert "private" in client.get(URL)["Cache-Control"]


def test_csrf_cookie_alone_does_not_make_a_visitor_known(client, shown, django_assert_num_queries):
    client.cookies[settings.CSRF_COOKIE_NAME] = "x" * 32
    with django_assert_num_queries(0):
        assert "public" in client.get(URL)["Cache-Control"]


@pytest.mark.parametrize("query", ["?q=mot", "?page=2", "?axe=inconnu", "?axe=a&axe=b", "?utm_source=x"])
def test_addresses_that_anyone_can_make_up_are_not_kept(client, shown, query):
    assert "private" in client.get(f"{URL}{query}")["Cache-Control"]


def test_each_filter_has_its_own_kept_page(client):
    strand = StrandFactory(code="eservices")
    CoursePageFactory(title="Dedans", strands=[strand])
    CoursePageFactory(title="Dehors")
    for _twice in range(2):
        assert "Dehors" not in client.get(f"{URL}?axe=eservices").content.decode()
        assert "Dehors" in client.get(URL).content.decode()


def test_catalogue_only_reads(client):
    ensure_site()
    assert client.post(URL).status_code == 405
    assert client.head(URL).status_code == 200


def test_catalogue_not_published_is_not_found(client):
    ensure_site().unpublish()
    assert client.get(URL).status_code == 404


def test_home_page_shows_the_first_courses(client):
    for rank in range(4):
        CoursePageFactory(title=f"Numéro {rank}", position=rank)
    html = client.get("/").content.decode()
    assert [f"Numéro {rank}" in html for rank in range(4)] == [True, True, True, False]
