"""My own skills: levels, gaps, what proves them, what would close them, and what to do without a post."""

from datetime import timedelta

import pytest
from django.utils import timezone

from courses.models import CoursePage
from courses.outline import course_outline
from lms.hr.sheets import skill_sheet
from lms.hr.suggestions import suggested_courses
from lms.learning.actions import enrol, finish_lesson, withdraw
from lms.learning.models import Enrolment
from lms.skills.models import LevelDescriptor
from tests.factories.courses import CompetenceGainFactory, course_with
from tests.factories.hr import colleague, give_level, profile_requiring
from tests.factories.people import PostFactory, UnitFactory, UserFactory

URL = "/mes-competences/"
TODAY = timezone.localdate()


def gains(course, *levels):
    for competence, level in levels:
        CompetenceGainFactory(course=course, competence=competence, level=level)
    return CoursePage.objects.get(pk=course.pk)


def text_of(client, user):
    client.force_login(user)
    page = client.get(URL)
    assert page.status_code == 200
    return page.content.decode()


def test_levels_stand_against_the_profile_of_my_post(client, ministry):
    html = text_of(client, ministry.ama)
    assert "0 sur 2" in html
    assert "niveaux attendus atteints" in html
    assert ministry.cn1.name in html
    assert "Niveau 1 acquis, niveau 3 attendu, sur 5" in html
    assert "Niveau 5 sur 5" in html  # held, not required


def test_my_page_shows_nothing_of_others(client, ministry):
    html = text_of(client, ministry.ama)
    assert "Bako" not in html
    assert "Systèmes" not in html


def test_without_a_post_the_page_says_what_to_do(client, db):
    html = text_of(client, UserFactory())
    assert "Vous n’avez pas encore d’affectation" in html
    assert "Aucune preuve pour l’instant" in html


def test_without_a_profile_the_page_says_what_to_do_and_still_shows_levels(client, ministry):
    give_level(ministry.dele, ministry.cn1, 2)
    html = text_of(client, ministry.dele)
    assert "Votre poste n’a pas encore de profil" in html
    assert "Niveau 2 sur 5" in html


def test_a_profile_met_is_said_so(client, ministry):
    assert "Vous avez atteint tous les niveaux attendus à votre poste." in text_of(client, ministry.chantal)


def test_gaps_no_course_closes_are_said_so(client, ministry):
    assert "Aucune formation du catalogue ne comble encore vos écarts." in text_of(client, ministry.ama)


def test_what_expires_soon_is_announced(client, ministry):
    give_level(ministry.ama, ministry.cn1, 3, expires_on=TODAY + timedelta(days=30))
    give_level(ministry.ama, ministry.sc1, 2, expires_on=TODAY + timedelta(days=300))
    html = text_of(client, ministry.ama)
    assert "À renouveler bientôt" in html
    assert html.count("le niveau 3 vaut jusqu’au") == 1
    assert "le niveau 2 vaut jusqu’au" not in html


def test_the_next_level_is_described(client, ministry):
    LevelDescriptor.objects.create(competence=ministry.cn1, number=2, text="Écrit un message clair.")
    LevelDescriptor.objects.create(competence=ministry.cn1, number=3, text="Organise sa boîte.")
    html = text_of(client, ministry.ama)
    assert "Écrit un message clair." in html
    assert "Organise sa boîte." not in html


def test_three_areas_are_drawn_and_told(client, db, areas):
    profile, competences = profile_requiring(2, 2, 4)
    person = colleague(UnitFactory(), profile)
    give_level(person, competences[0], 1)
    give_level(person, competences[1], 2)
    sheet = skill_sheet(person, TODAY)
    assert [axis["area"].summary.reached_percent for axis in sheet.radar.axes] == [50, 100, 0]
    html = text_of(client, person)
    assert 'role="img"' in html
    assert "Part des niveaux attendus atteinte dans chaque domaine" in html
    assert all(competence.area.name in html for competence in competences)


def test_two_areas_are_not_drawn(ministry):
    assert skill_sheet(ministry.ama, TODAY).radar is None


def suggested(person):
    return [(s.course, s.closed_count, s.is_under_way) for s in suggested_courses(skill_sheet(person, TODAY))]


def test_courses_that_close_most_come_first(ministry):
    m = ministry
    small = gains(course_with(position=1), (m.sc1, 2))
    big = gains(course_with(position=2), (m.cn1, 3), (m.sc1, 2))
    gains(course_with(), (m.cn1, 1), (m.es1, 5))  # teaches nothing Ama needs
    assert suggested(m.ama) == [(big, 3, False), (small, 1, False)]
    assert suggested(m.chantal) == []


def test_at_most_three_courses_are_suggested(ministry):
    for _rank in range(4):
        gains(course_with(), (ministry.cn1, 2))
    assert len(suggested(ministry.ama)) == 3


def test_a_course_done_is_not_suggested_and_one_begun_says_so(ministry):
    done, begun, left = (gains(course_with(lessons=1, quiz=False, position=p), (ministry.cn1, 2)) for p in (1, 2, 3))
    now = timezone.now()
    for course in (done, begun, left):
        enrol(ministry.ama, course, now)
    enrolment = Enrolment.objects.get(course=done)
    finish_lesson(enrolment, outline_item(done), now)
    withdraw(Enrolment.objects.get(course=left))
    assert suggested(ministry.ama) == [(begun, 1, True), (left, 1, False)]


def outline_item(course):
    return course_outline(course.pk, course.outline.version).items[0]


@pytest.mark.parametrize("hidden", [{"live": False}, {"archived_at": timezone.now()}])
def test_courses_out_of_the_catalogue_are_not_suggested(ministry, hidden):
    course = gains(course_with(), (ministry.cn1, 3))
    CoursePage.objects.filter(pk=course.pk).update(**hidden)
    assert suggested(ministry.ama) == []


@pytest.mark.parametrize("count", [1, 3])
def test_my_skills_cost_the_same_for_any_length(client, db, count, django_assert_num_queries):
    profile, competences = profile_requiring(*[2] * count)
    person = colleague(UnitFactory(), profile)
    for competence in competences:
        give_level(person, competence, 1)
        gains(course_with(lessons=0, quiz=False), (competence, 2))
    client.force_login(person)
    client.get(URL)  # who is signed in, and the frame of the page, are remembered from here on
    with django_assert_num_queries(
        8
    ):  # post, requirements, levels; descriptors, evidence; enrolments, restrictions, gains
        client.get(URL)


def test_a_post_of_the_past_or_the_future_gives_no_profile(client, ministry):
    person = UserFactory()
    PostFactory(person=person, unit=ministry.work, job_profile=ministry.profile, ends_on=TODAY - timedelta(days=1))
    PostFactory(person=person, unit=ministry.work, job_profile=ministry.profile, starts_on=TODAY + timedelta(days=1))
    assert skill_sheet(person, TODAY).post is None
