"""What learners see of their courses, and what nobody else can."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.models import PageViewRestriction

from courses.models import CoursePage, LessonPage, QuizPage
from courses.outline import course_outline, find_course
from lms.learning.actions import record_event, withdraw
from lms.learning.models import Enrolment, ProgressEvent
from lms.people.rules import Role
from tests.factories.courses import LessonPageFactory, course_with
from tests.factories.learning import EnrolmentFactory
from tests.factories.people import GroupFactory, PostFactory, UnitFactory, UserFactory, give_role
from tests.factories.skills import JobProfileFactory

pytestmark = pytest.mark.django_db


def at(name, *args):
    return reverse(f"learning:{name}", args=args)


def text(response):
    """The page as read: tags out, spaces as one."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def items_of(course):
    return course_outline(*find_course(course.slug)).items


def do(enrolment, item):
    kind = "passed" if item.kind == "quiz" else "completed"
    record_event(enrolment, item.id, kind, timezone.now(), f"{enrolment.pk}:{item.id}")


@pytest.fixture
def enrolment():
    return EnrolmentFactory()


@pytest.fixture
def learner(client, enrolment):
    client.force_login(enrolment.person)
    return client


# --- The course


def test_the_sheet_of_a_course_is_public_and_opens_no_lesson(client):
    course = course_with(lessons=2, summary="Apprendre à bien écrire.")
    page = client.get(at("course", course.slug))
    assert "Apprendre à bien écrire." in text(page)
    assert "Me connecter pour m’inscrire" in text(page)
    assert [item.url for item in items_of(course) if item.url in page.content.decode()] == []
    assert [item.title for item in items_of(course) if item.title not in text(page)] == []


def test_enrolling_from_the_sheet_opens_the_first_lesson(client):
    course = course_with(lessons=2)
    client.force_login(UserFactory())
    assert "M’inscrire à cette formation" in text(client.get(at("course", course.slug)))
    response = client.post(at("enrol", course.slug))
    assert response.url == items_of(course)[0].url
    assert "Commencer" in text(client.get(at("course", course.slug)))
    assert client.get(at("enrol", course.slug)).status_code == 405


def test_the_sheet_continues_where_one_stopped(learner, enrolment):
    first, second, _quiz = items_of(enrolment.course)
    do(enrolment, first)
    page = learner.get(at("course", enrolment.course.slug))
    assert f"Continuer : {second.title}" in text(page).replace(" :", " :")
    assert "33 %" in text(page)


@pytest.mark.parametrize("state", ["draft", "archived"])
def test_a_course_out_of_the_catalogue_is_not_found(client, state):
    course = course_with(lessons=1)
    if state == "draft":
        course.unpublish()
    else:
        CoursePage.objects.filter(pk=course.pk).update(archived_at=timezone.now())
    client.force_login(UserFactory())
    assert client.get(at("course", course.slug)).status_code == 404


def test_an_archived_course_stays_open_to_its_learners_and_refuses_others(client, learner, enrolment):
    CoursePage.objects.filter(pk=enrolment.course_id).update(archived_at=timezone.now())
    assert learner.get(at("course", enrolment.course.slug)).status_code == 200
    assert learner.get(items_of(enrolment.course)[0].url).status_code == 200
    client.force_login(UserFactory())
    client.post(at("enrol", enrolment.course.slug))
    assert Enrolment.objects.count() == 1


def test_a_restricted_course_is_hidden_from_those_outside_its_groups(client):
    course, group = course_with(lessons=1), GroupFactory()
    restriction = PageViewRestriction.objects.create(page=course, restriction_type=PageViewRestriction.GROUPS)
    restriction.groups.add(group)
    url = at("course", course.slug)
    assert client.get(url).url == f"{reverse('account_login')}?next={url}"
    outsider, member = UserFactory(), UserFactory()
    member.groups.add(group)
    client.force_login(outsider)
    assert client.get(url).status_code == 404
    client.post(at("enrol", course.slug))
    assert not Enrolment.objects.exists()
    client.force_login(member)
    assert client.get(url).status_code == 200
    assert client.post(at("enrol", course.slug)).url == items_of(course)[0].url
    member.groups.remove(group)
    assert client.get(items_of(course)[0].url).status_code in (302, 404)


# --- The lesson


def test_a_lesson_shows_its_body_its_place_and_what_to_change_tomorrow(learner, enrolment):
    first, second, quiz = items_of(enrolment.course)
    page = learner.get(first.url)
    lesson = LessonPage.objects.get(pk=first.id)
    body = re.sub(r"<[^>]+>", "", str(lesson.body)).strip()
    for expected in (body, lesson.micro_action, "Étape 1 sur 3", "J’ai terminé, étape suivante"):
        assert expected in text(page)
    assert [item.url in page.content.decode() for item in (first, second, quiz)] == [True] * 3
    assert Enrolment.objects.get().last_item_id == first.id
    assert page["Cache-Control"] == "private, no-cache"


def test_saying_a_lesson_is_done_leads_to_the_next(learner, enrolment):
    first, second, _quiz = items_of(enrolment.course)
    for _twice in range(2):
        assert learner.post(f"{first.url}terminer/").url == second.url
    assert ProgressEvent.objects.count() == 1
    page = text(learner.get(first.url))
    assert "Leçon terminée" in page
    assert "J’ai terminé" not in page


def test_the_last_lesson_leads_to_what_is_left_or_to_the_certificate(learner, enrolment):
    LessonPageFactory(parent=enrolment.course)
    *_others, last = items_of(enrolment.course)
    page = learner.post(f"{last.url}terminer/", follow=True)
    assert page.redirect_chain[-1][0] == at("progress", enrolment.pk)
    assert "Voici ce qu’il vous reste à faire." in text(page)


def test_the_last_condition_met_by_a_lesson_announces_the_certificate(client):
    enrolment = EnrolmentFactory(course=course_with(lessons=1, quiz=False))
    client.force_login(enrolment.person)
    page = client.post(f"{items_of(enrolment.course)[0].url}terminer/", follow=True)
    assert "Bravo, vous avez terminé cette formation." in text(page)
    assert "Formation terminée le" in text(page)


def test_who_is_not_enrolled_is_sent_to_the_course(client):
    course = course_with(lessons=1)
    client.force_login(UserFactory())
    for item in items_of(course):
        for response in (client.get(item.url), client.post(f"{item.url}terminer/")):
            assert response.url == at("course", course.slug)
    assert not ProgressEvent.objects.exists()


def test_who_gave_up_is_sent_to_the_course(learner, enrolment):
    withdraw(enrolment)
    assert learner.get(items_of(enrolment.course)[0].url).url == at("course", enrolment.course.slug)


def test_addresses_that_lead_nowhere_are_not_found(learner, enrolment):
    slug = enrolment.course.slug
    quiz = items_of(enrolment.course)[-1]
    assert learner.get(at("course", "rien")).status_code == 404
    assert learner.get(at("lesson", "rien", "rien")).status_code == 404
    assert learner.get(at("lesson", slug, "rien")).status_code == 404
    assert learner.post(at("lesson_done", slug, "rien")).status_code == 404
    assert learner.post(at("lesson_done", slug, quiz.slug)).status_code == 404
    assert learner.post(at("enrol", "rien")).status_code == 404
    assert learner.get(at("lesson_done", slug, items_of(enrolment.course)[0].slug)).status_code == 405


def test_the_address_of_a_quiz_leads_to_its_page(learner, enrolment):
    quiz = items_of(enrolment.course)[-1]
    assert learner.get(quiz.url).url == reverse("assessment:quiz", args=[quiz.id])


def test_an_unchanged_lesson_is_not_sent_again(learner, enrolment):
    first = items_of(enrolment.course)[0]
    etag = learner.get(first.url)["ETag"]
    again = learner.get(first.url, HTTP_IF_NONE_MATCH=etag)
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag)
    do(enrolment, first)
    changed = learner.get(first.url, HTTP_IF_NONE_MATCH=etag)
    assert (changed.status_code, changed["ETag"] == etag) == (200, False)


@pytest.mark.parametrize("count", [1, 3, 50])
def test_a_lesson_costs_one_query_for_any_length_of_course(client, count, django_assert_num_queries):
    course = course_with(lessons=1)
    for _rank in range(count - 1):
        LessonPageFactory(parent=course)
    enrolment = EnrolmentFactory(course=course)
    first, *others = items_of(course)
    do(enrolment, first)
    client.force_login(enrolment.person)
    client.get(others[0].url)
    client.get(first.url)
    with django_assert_num_queries(1):  # enrolment with the outline's version and the progress
        page = client.get(first.url)
    assert page.content.decode().count('class="outline__title"') == 2 * (count + 1)
    Enrolment.objects.update(last_item=None)
    with django_assert_num_queries(2):  # and the last page read, when it changes
        client.get(first.url)


# --- My space


def test_my_space_is_empty_at_first(client):
    client.force_login(UserFactory())
    page = text(client.get(at("home")))
    assert "Aucune formation en cours" in page
    assert "Mes formations terminées" not in page


def test_my_space_says_what_to_do_now(learner, enrolment):
    first, second, quiz = items_of(enrolment.course)
    told = []
    for item in (first, second, quiz):
        page = text(learner.get(at("home")))
        told.append(next(word for word in ("À commencer", "À reprendre", "Évaluation à passer") if word in page))
        assert f"Étape {item.position} sur 3 : {item.title}" in page
        do(enrolment, item)
    assert told == ["À commencer", "À reprendre", "Évaluation à passer"]
    page = text(learner.get(at("home")))
    assert "Mes formations terminées" in page
    assert "Étape" not in page


def test_my_space_suggests_courses_for_my_job_and_not_those_i_have(client):
    profile = JobProfileFactory()
    mine, other = course_with(lessons=1, title="Pour mon poste"), course_with(lessons=1, title="Pour un autre")
    begun = course_with(lessons=1, title="Déjà commencée")
    for course in (mine, begun):
        course.audience.add(profile)
        course.save()
    person = PostFactory(job_profile=profile).person
    EnrolmentFactory(person=person, course=begun)
    client.force_login(person)
    page = text(client.get(at("home")))
    suggested = page.split("Pour la suite")[1]
    assert [title in suggested for title in (mine.title, begun.title, other.title)] == [True, False, False]


@pytest.mark.parametrize("count", [1, 3])
def test_my_space_costs_the_same_for_one_course_and_three(client, count, django_assert_num_queries):
    person = UserFactory()
    for _rank in range(count):
        enrolment = EnrolmentFactory(person=person, course=course_with(lessons=1))
        do(enrolment, items_of(enrolment.course)[0])
    client.force_login(person)
    client.get(at("home"))
    # enrolments, progress, programmes, restrictions, suggestions; what one supervises, and confirms
    with django_assert_num_queries(7):
        client.get(at("home"))


# --- A course that changes under way


def publish_again(item):
    LessonPage.objects.get(pk=item.id).save_revision().publish()


def test_what_changed_since_my_last_step_is_told_and_goes_with_the_next(learner, enrolment):
    first, second, _quiz = items_of(enrolment.course)
    do(enrolment, first)
    assert "Depuis votre dernière étape" not in text(learner.get(at("home")))
    publish_again(first)
    publish_again(second)
    added = LessonPageFactory(parent=enrolment.course, title="Toute neuve")
    for page in (text(learner.get(at("home"))), text(learner.get(at("course", enrolment.course.slug)))):
        assert "Depuis votre dernière étape" in page
        assert f"Leçon modifiée : {first.title} Leçon ajoutée : {added.title}" in page
        assert f"Leçon modifiée : {second.title}" not in page
    do(enrolment, second)
    assert "Depuis votre dernière étape" not in text(learner.get(at("home")))


def test_steps_older_than_the_course_are_no_news_to_it(learner, enrolment):
    Enrolment.objects.update(enrolled_at=enrolment.course.first_published_at - timedelta(days=1))
    assert "Depuis votre dernière étape" not in text(learner.get(at("home")))


def test_who_has_finished_is_offered_what_is_added_and_owes_nothing(learner, enrolment):
    for item in items_of(enrolment.course):
        do(enrolment, item)
    publish_again(items_of(enrolment.course)[0])
    LessonPageFactory(parent=enrolment.course)
    page = text(learner.get(at("home")))
    assert "1 étape ajoutée depuis : elle vous est proposée, pas imposée." in page
    assert "Leçon modifiée" not in page
    enrolment.refresh_from_db()
    assert enrolment.state == Enrolment.State.COMPLETED


def test_every_fact_names_the_revision_it_was_made_with(enrolment):
    first, second, quiz = items_of(enrolment.course)
    do(enrolment, first)
    publish_again(first)
    do(enrolment, second)
    do(enrolment, quiz)
    assert list(ProgressEvent.objects.values_list("revision", flat=True)) == [
        *(first.revision_id, second.revision_id, quiz.revision_id),
    ]
    enrolment.refresh_from_db()
    assert enrolment.completion.course_revision_id == enrolment.course.live_revision_id


# --- Why I have no certificate yet


def test_progress_explains_each_condition(learner, enrolment):
    first, second, quiz = items_of(enrolment.course)
    do(enrolment, first)
    record_event(enrolment, quiz.id, "failed", timezone.now(), "a1", {"score_percent": "40.00"})
    page = text(learner.get(at("progress", enrolment.pk)))
    assert "Il en reste 2." in page
    assert f"Leçon « {first.title} » terminée Remplie Vous l’avez terminée." in page
    assert f"Leçon « {second.title} » terminée À remplir Pas encore terminée." in page
    assert "Pas encore réussie ; meilleure note : 40 %." in page


def test_progress_of_a_completed_course_keeps_the_conditions_it_met(learner, enrolment):
    items = items_of(enrolment.course)
    for item in items:
        do(enrolment, item)
    LessonPage.objects.get(pk=items[0].id).unpublish()
    added = LessonPageFactory(parent=enrolment.course)
    page = text(learner.get(at("progress", enrolment.pk)))
    assert items[0].title in page
    assert "À remplir" not in page
    assert f"rien n’est remis en cause. {added.title}" in page


def test_giving_up_asks_first(learner, enrolment):
    url = at("withdraw", enrolment.pk)
    assert "Abandonner cette formation ?" in text(learner.get(url))
    assert Enrolment.objects.get().state == "active"
    assert "Votre avancement est conservé." in text(learner.post(url, follow=True))
    assert Enrolment.objects.get().state == "withdrawn"
    assert "Vous avez abandonné cette formation." in text(learner.get(at("progress", enrolment.pk)))
    assert learner.post(url).status_code == 404


def test_nobody_else_reads_my_progress_or_gives_up_for_me(client, enrolment):
    state = UnitFactory()
    unit, manager = UnitFactory(parent=state), UserFactory()
    PostFactory(person=enrolment.person, unit=unit, manager=manager)
    others = {
        "colleague": PostFactory(unit=unit).person,
        "manager": manager,
        "superuser": UserFactory(is_superuser=True),
    }
    for role in Role:
        others[role.name] = UserFactory(is_staff=True)
        give_role(others[role.name], role, state)
    for who, person in others.items():
        client.force_login(person)
        for name in ("progress", "withdraw"):
            assert (who, name, client.get(at(name, enrolment.pk)).status_code) == (who, name, 404)
        assert client.post(at("withdraw", enrolment.pk)).status_code == 404
    assert Enrolment.objects.get().state == "active"


def test_strangers_are_asked_to_log_in(client, enrolment):
    item = items_of(enrolment.course)[0]
    for url in (at("home"), at("progress", enrolment.pk), item.url):
        assert client.get(url).url == f"{reverse('account_login')}?next={url}"


def test_quizzes_of_a_course_are_counted_on_its_sheet(client):
    course = course_with(lessons=1)
    assert QuizPage.objects.child_of(course).count() == 1
    assert "1 évaluation" in text(client.get(at("course", course.slug)))
