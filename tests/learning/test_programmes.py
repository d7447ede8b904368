"""Programmes: what counts, when one is completed, what learners see of theirs, and what nobody else can."""

import re
from collections import namedtuple

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail import hooks
from wagtail.models import PageViewRestriction

from courses.models import ProgrammePage
from courses.outline import course_outline, find_course
from lms.core.models import AuditEntry
from lms.learning.actions import enrol, record_event
from lms.learning.models import ProgrammeCompletion, ProgrammeEnrolment
from lms.learning.programme_rules import Tally, counting_courses, next_part, tally
from lms.learning.programmes import (
    ProgrammeCompleted,
    ProgrammeNotOpen,
    complete_programme_if_due,
    follow_programme,
    leave_programme,
)
from lms.learning.signals import programme_completed
from tests.factories.courses import CompetenceGainFactory, CoursePageFactory, ProgrammePageFactory, course_with
from tests.factories.people import GroupFactory, UserFactory

Part = namedtuple("Part", "course_id is_required")
REQUIRED, OPTIONAL = Part(1, True), [Part(2, False), Part(3, False)]
State = ProgrammeEnrolment.State


# --- The rule


@pytest.mark.parametrize(
    ("counting", "optional_count", "expected"),
    [
        (set(), 0, Tally(0, 1, 0)),
        ({1}, 0, Tally(1, 1, 0)),
        ({2, 3}, 0, Tally(0, 1, 0)),
        ({1}, 1, Tally(1, 2, 1)),
        ({1, 3}, 1, Tally(2, 2, 0)),
        ({1, 2, 3}, 1, Tally(2, 2, 0)),
        ({1, 2, 3}, 3, Tally(3, 4, 1)),
        ({1, 9}, 0, Tally(1, 1, 0)),
    ],
)
def test_required_courses_and_so_many_optional_ones_are_asked_for(counting, optional_count, expected):
    assert tally([REQUIRED, *OPTIONAL], counting, optional_count) == expected


@pytest.mark.parametrize(
    ("found", "is_completed", "percent"),
    [(Tally(0, 0, 0), False, 0), (Tally(1, 3, 0), False, 33), (Tally(3, 3, 0), True, 100)],
)
def test_a_programme_is_completed_when_all_it_asks_for_counts(found, is_completed, percent):
    assert (found.is_completed, found.percent) == (is_completed, percent)


def test_a_course_counts_completed_and_certified_where_that_is_asked_for():
    assert counting_courses([1, 2], [2, 3], needs_certificates=True) == {2}
    assert counting_courses([1, 2], [2, 3], needs_certificates=False) == {1, 2}


@pytest.mark.parametrize(
    ("done", "possible", "optional_left", "expected"),
    [
        (set(), {1, 2, 3}, 0, 1),
        ({1}, {2, 3}, 0, None),
        ({1}, {2, 3}, 1, 2),
        ({1}, {3}, 1, 3),
        (set(), {2, 3}, 0, None),
        ({1, 2, 3}, {1, 2, 3}, 1, None),
    ],
)
def test_next_is_the_first_course_still_asked_for_that_can_be_followed(done, possible, optional_left, expected):
    found = next_part([REQUIRED, *OPTIONAL], done, possible, optional_left)
    assert (found and found.course_id) == expected


# --- Following and completing


def do_all(person, course):
    enrolment = enrol(person, course, timezone.now())
    for item in course_outline(*find_course(course.slug)).items:
        record_event(enrolment, item.id, "completed", timezone.now(), f"{enrolment.pk}:{item.id}")


@pytest.fixture
def announced():
    heard = []

    def hear(sender, enrolment, completion, **kwargs):
        heard.append(enrolment.pk)

    programme_completed.connect(hear)
    yield heard
    programme_completed.disconnect(hear)


@pytest.fixture
def courses(db):
    return [course_with(lessons=1, quiz=False, title=title) for title in ("Première", "Deuxième", "Troisième")]


@pytest.fixture
def certified():
    """The courses whose certificate everyone holds, as a floor above would say."""
    known = set()
    with hooks.register_temporarily("certified_courses", lambda person, courses: known & set(courses)):
        yield known


def test_the_last_course_completes_the_programme_once(courses, announced):
    person, programme = UserFactory(), ProgrammePageFactory(courses=courses[:2])
    enrolment = follow_programme(person, programme, timezone.now())
    do_all(person, courses[0])
    assert (announced, ProgrammeCompletion.objects.exists()) == ([], False)
    do_all(person, courses[1])
    assert complete_programme_if_due(enrolment.pk, timezone.now()) is None
    enrolment.refresh_from_db()
    assert (announced, enrolment.state) == ([enrolment.pk], State.COMPLETED)
    rows = enrolment.completion.courses
    assert [row["course"] for row in rows] == [course.pk for course in courses[:2]]
    assert enrolment.completion.programme_revision_id == programme.live_revision_id
    assert AuditEntry.objects.filter(verb="learning.complete_programme").count() == 1


def test_courses_completed_before_count_at_once(courses, announced):
    person = UserFactory()
    do_all(person, courses[0])
    enrolment = follow_programme(person, ProgrammePageFactory(courses=courses[:1]), timezone.now())
    assert (enrolment.state, announced) == (State.COMPLETED, [enrolment.pk])


def test_a_programme_that_asks_for_certificates_waits_for_them(courses, certified):
    person, programme = UserFactory(), ProgrammePageFactory(courses=courses[:1], needs_certificates=True)
    enrolment = follow_programme(person, programme, timezone.now())
    do_all(person, courses[0])
    enrolment.refresh_from_db()
    assert enrolment.state == State.ACTIVE
    certified.add(courses[0].pk)
    assert complete_programme_if_due(enrolment.pk, timezone.now()).needs_certificates is True


def test_following_twice_is_following_once_and_leaving_can_be_undone(courses):
    person, programme = UserFactory(), ProgrammePageFactory(courses=courses)
    enrolment = follow_programme(person, programme, timezone.now())
    assert follow_programme(person, programme, timezone.now()) == enrolment
    leave_programme(enrolment)
    leave_programme(enrolment)
    enrolment.refresh_from_db()
    assert enrolment.state == State.WITHDRAWN
    assert follow_programme(person, programme, timezone.now()).state == State.ACTIVE
    verbs = AuditEntry.objects.filter(verb__endswith="_programme").order_by("pk").values_list("verb", flat=True)
    assert [verb.partition(".")[2] for verb in verbs] == ["follow_programme", "leave_programme", "follow_programme"]


def test_what_is_left_is_not_completed_and_what_is_completed_is_not_left(courses, announced):
    person, programme = UserFactory(), ProgrammePageFactory(courses=courses[:1])
    enrolment = follow_programme(person, programme, timezone.now())
    leave_programme(enrolment)
    do_all(person, courses[0])
    assert announced == []
    enrolment = follow_programme(person, programme, timezone.now())
    assert enrolment.state == State.COMPLETED
    with pytest.raises(ProgrammeCompleted):
        leave_programme(enrolment)


def test_a_draft_or_a_closed_programme_cannot_be_followed(courses):
    closed = ProgrammePageFactory(courses=courses)
    restriction = PageViewRestriction.objects.create(page=closed, restriction_type=PageViewRestriction.GROUPS)
    restriction.groups.add(GroupFactory())
    for programme in (ProgrammePageFactory(courses=courses, live=False), closed):
        with pytest.raises(ProgrammeNotOpen):
            follow_programme(UserFactory(), programme, timezone.now())
    assert not ProgrammeEnrolment.objects.exists()


def test_a_course_unpublished_since_is_still_asked_for_until_the_programme_drops_it(courses, run_jobs):
    person, programme = UserFactory(), ProgrammePageFactory(courses=courses[:2])
    enrolment = follow_programme(person, programme, timezone.now())
    courses[1].unpublish()
    do_all(person, courses[0])
    run_jobs()
    enrolment.refresh_from_db()
    assert enrolment.state == State.ACTIVE
    page = ProgrammePage.objects.get(pk=programme.pk)
    page.parts = [part for part in page.parts.all() if part.course_id == courses[0].pk]
    page.save_revision().publish()
    run_jobs("learning.complete_programme_due")
    enrolment.refresh_from_db()
    assert enrolment.state == State.COMPLETED


# --- What learners see


def at(name, *args):
    return reverse(f"learning:{name}", args=args)


def text(response):
    """The page as read: tags out, spaces as one."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).replace("\xa0", " ").split())


@pytest.fixture
def learner(client, db):
    person = UserFactory()
    client.force_login(person)
    return person


def test_the_sheet_is_public_and_says_what_the_courses_add_up_to(client, courses):
    gain = CompetenceGainFactory(course=courses[0], level=2)
    CompetenceGainFactory(course=courses[1], competence=gain.competence, level=3)
    programme = ProgrammePageFactory(
        courses=courses, optional=courses[2:], optional_count=1, summary="Trois formations utiles."
    )
    page = text(client.get(at("programme", programme.slug)))
    assert "Trois formations utiles." in page
    assert "3 h" in page
    assert page.count(gain.competence.name) == 1
    assert "Troisième (facultative)" in page
    assert "Toutes les formations obligatoires, et au moins 1 facultative" in page
    assert "Me connecter pour suivre ce parcours" in page
    assert "À faire" not in page


def test_following_from_the_sheet_then_going_on(client, learner, courses):
    programme = ProgrammePageFactory(courses=courses[:2], title="Agent public")
    assert "Suivre ce parcours" in text(client.get(at("programme", programme.slug)))
    answer = client.post(at("follow", programme.slug), follow=True)
    assert "Vous suivez le parcours « Agent public »." in text(answer)
    assert f'href="{reverse("courses:catalogue")}{courses[0].slug}/"' in answer.content.decode()
    do_all(learner, courses[0])
    enrol(learner, courses[1], timezone.now())
    answer = client.get(at("programme", programme.slug))
    page = text(answer)
    assert "Première Terminée" in page
    assert "Deuxième En cours, 0 %" in page
    assert "Formations qui comptent déjà : 1 sur 2." in page
    assert "50 %" in page
    item = course_outline(*find_course(courses[1].slug)).items[0]
    assert f'href="{item.url}"' in answer.content.decode()
    do_all(learner, courses[1])
    page = text(client.get(at("programme", programme.slug)))
    assert "Parcours terminé : mes certificats" in page
    assert "Ne plus suivre" not in page
    assert "Agent public Terminé" in text(client.get(at("home")))


def test_a_course_done_whose_certificate_is_awaited_says_so(client, learner, courses, certified):
    programme = ProgrammePageFactory(courses=courses[:2], needs_certificates=True)
    follow_programme(learner, programme, timezone.now())
    do_all(learner, courses[0])
    answer = client.get(at("programme", programme.slug))
    assert "Première Terminée, certificat attendu" in text(answer)
    assert "Continuer : Deuxième" in text(answer).replace(" :", " :")


def test_leaving_and_taking_up_again_from_the_page(client, learner, courses):
    programme = ProgrammePageFactory(courses=courses)
    client.post(at("follow", programme.slug))
    assert "Vous ne suivez plus ce parcours." in text(client.post(at("leave", programme.slug), follow=True))
    assert "Suivre ce parcours" in text(client.get(at("programme", programme.slug)))
    assert programme.title not in text(client.get(at("home")))
    assert client.post(at("leave", programme.slug)).status_code == 404
    assert client.get(at("follow", programme.slug)).status_code == 405


def test_a_completed_programme_is_not_left(client, learner, courses):
    programme = ProgrammePageFactory(courses=courses[:1])
    follow_programme(learner, programme, timezone.now())
    do_all(learner, courses[0])
    answer = client.post(at("leave", programme.slug), follow=True)
    assert "Ce parcours est terminé : il reste dans votre espace." in text(answer)


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_for_any_number_of_courses(client, learner, courses, count, django_assert_num_queries):
    programme = ProgrammePageFactory(courses=courses[:count])
    follow_programme(learner, programme, timezone.now())
    for course in courses[:count]:
        enrol(learner, course, timezone.now())
    client.get(at("programme", programme.slug))
    with django_assert_num_queries(14):
        page = text(client.get(at("programme", programme.slug)))
    assert [course.title for course in courses if course.title in page] == [course.title for course in courses[:count]]


# --- What nobody else can


def test_drafts_and_closed_programmes_are_not_found(client, learner, courses):
    draft, closed = ProgrammePageFactory(courses=courses, live=False), ProgrammePageFactory(courses=courses)
    restriction = PageViewRestriction.objects.create(page=closed, restriction_type=PageViewRestriction.GROUPS)
    restriction.groups.add(GroupFactory())
    for programme in (draft, closed):
        assert client.get(at("programme", programme.slug)).status_code == 404
        assert client.post(at("follow", programme.slug)).status_code == 404
        assert programme.title not in text(client.get(reverse("courses:catalogue")))
    client.logout()
    assert client.get(at("programme", draft.slug)).status_code == 404
    assert client.get(at("programme", closed.slug)).status_code == 302
    assert client.post(at("follow", draft.slug)).status_code == 302


def test_a_course_closed_to_the_visitor_is_not_named(client, learner, courses):
    secret = CoursePageFactory(title="Projet confidentiel", live=False)
    programme = ProgrammePageFactory(courses=[courses[0], secret])
    for _visitor in ("learner", "anonymous"):
        page = text(client.get(at("programme", programme.slug)))
        assert "Projet confidentiel" not in page
        assert "Une formation qui ne vous est pas ouverte" in page
        client.logout()


def test_nobody_leaves_the_programme_of_another(client, learner, courses):
    programme = ProgrammePageFactory(courses=courses)
    enrolment = follow_programme(UserFactory(), programme, timezone.now())
    assert client.post(at("leave", programme.slug)).status_code == 404
    enrolment.refresh_from_db()
    assert enrolment.state == State.ACTIVE


# --- The catalogue


def test_the_catalogue_lists_programmes_first_and_filters_them(client, courses):
    ProgrammePageFactory(title="Élus locaux", courses=courses[:2])
    ProgrammePageFactory(title="Agents", courses=courses[:1])
    page = text(client.get(reverse("courses:catalogue")))
    assert page.index("Agents") < page.index("Élus locaux") < page.index("Première")
    assert "2 formations" in page
    page = text(client.get(reverse("courses:catalogue"), {"q": "elus"}))
    assert ("Élus locaux" in page, "Agents" in page) == (True, False)
    assert client.get(reverse("courses:programmes")).url == reverse("courses:catalogue")


def test_an_anonymous_visitor_sees_a_programme_published_since(client, courses):
    client.get(reverse("courses:catalogue"))
    ProgrammePageFactory(title="Tout neuf", courses=courses)
    assert "Tout neuf" in text(client.get(reverse("courses:catalogue")))
