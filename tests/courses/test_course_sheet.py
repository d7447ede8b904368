"""The description sheet: what it states to learners, what its authors are told of, what becomes of it when it is copied."""

import re
from datetime import date, timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page

from courses.actions import archive_course, ensure_site
from courses.models import CoursePage, Licence, QuizPage, RequiredCourse, RequiredLevel
from lms.learning.models import Enrolment
from lms.people.actions import ensure_groups
from lms.people.rules import Role
from tests.factories.courses import (
    CompetenceGainFactory,
    CoursePageFactory,
    LessonPageFactory,
    ModulePageFactory,
    course_with,
)
from tests.factories.hr import give_level, profile_requiring
from tests.factories.people import UserFactory
from tests.factories.skills import CompetenceFactory

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


@pytest.fixture
def back_office(client):
    ensure_site()
    trainer = UserFactory(is_superuser=True)
    client.force_login(trainer)
    return client


def demanding(*, courses=0, levels=0) -> CoursePage:
    """A course that asks for so many courses and levels (2) first."""
    course = course_with(lessons=1)
    for rank in range(courses):
        RequiredCourse.objects.create(course=course, required=CoursePageFactory(title=f"Avant {rank}"), sort_order=rank)
    for rank in range(levels):
        RequiredLevel.objects.create(course=course, competence=CompetenceFactory(), level=2, sort_order=rank)
    return course


# --- What learners read


def test_sheet_states_what_a_public_trainer_must(client):
    course = CoursePageFactory(
        in_person_minutes=120, assurance="N3", licence=Licence.BY, review_due_on=date(2027, 3, 1), duration_minutes=45
    )
    page = client.get(course.url).content.decode()
    expected = ["en présentiel", "N3 – test surveillé", "formations@example.org", "CC BY 4.0", "mars 2027"]
    assert [words for words in expected if words not in page] == []
    assert 'href="https://creativecommons.org/licenses/by/4.0/deed.fr" rel="license"' in page


def test_a_course_without_contact_is_refused():
    with pytest.raises(ValidationError) as refused:
        CoursePageFactory(contact_email="")
    assert list(refused.value.message_dict) == ["contact_email"]


def test_sheet_tells_the_learner_what_they_have_and_what_they_miss(client):
    course, learner = demanding(courses=2, levels=2), UserFactory()
    met, missed = CoursePage.objects.filter(required_by__course=course).order_by("title")
    Enrolment.objects.create(person=learner, course=met, enrolled_at=timezone.now(), state=Enrolment.State.COMPLETED)
    Enrolment.objects.create(person=learner, course=missed, enrolled_at=timezone.now())
    held, low = [row.competence for row in course.required_levels.order_by("sort_order")]
    give_level(learner, held, 3)
    give_level(learner, low, 1)
    anonymous = client.get(course.url).content.decode()
    assert ("Avoir suivi" in anonymous, "Il vous manque" in anonymous, "Vous avez" in anonymous) == (True, False, False)
    client.force_login(learner)
    page = client.get(course.url).content.decode()
    told = ["Vous l’avez suivie.", "Il vous manque cette formation.", "Vous avez le niveau 3."]
    told += ["Il vous manque ce niveau : vous avez le niveau 1.", "vous pouvez commencer sans eux"]
    assert [words for words in told if page.count(words) != 1] == []
    assert client.post(reverse("learning:enrol", args=[course.slug])).status_code == 302
    assert Enrolment.objects.filter(person=learner, course=course).exists()


def test_a_prerequisite_out_of_reach_is_not_named(client):
    course = demanding(courses=1)
    CoursePage.objects.get(title="Avant 0").unpublish()
    assert "Avant 0" not in client.get(course.url).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_sheet_costs_the_same_for_any_number_of_prerequisites(client, count, django_assert_num_queries):
    course = demanding(courses=count, levels=count)
    client.force_login(UserFactory())
    client.get(course.url)
    # 7 of the page and of who asks, 2 of the courses, 1 of the levels asked for, 1 of the levels held
    with django_assert_num_queries(11):
        client.get(course.url)


def test_a_course_does_not_require_itself():
    course = CoursePageFactory()
    with pytest.raises(ValidationError, match="pas son propre prérequis"):
        RequiredCourse(course=course, required=course).full_clean()


# --- Contacts of before


def test_courses_of_before_get_the_contact_of_the_settings(settings):
    settings.LMS_CONTACT_EMAIL = "accueil@example.org"
    course = CoursePageFactory()
    CoursePage.objects.update(contact_email="")
    draft = course.save_revision(clean=False)
    draft.content["contact_email"] = ""
    draft.save()
    import_module("courses.migrations.0010_fill_contacts").fill(apps, None)
    course.refresh_from_db()
    assert course.contact_email == course.get_latest_revision_as_object().contact_email == "accueil@example.org"


# --- Past its review date


def due(days: int, **kwargs) -> CoursePage:
    return CoursePageFactory(review_due_on=TODAY() + timedelta(days=days), **kwargs)


def test_report_and_dashboard_name_the_courses_past_their_date(back_office):
    due(-10, title="En retard")
    due(0, title="Pour aujourd’hui")
    due(30, title="Plus tard")
    CoursePageFactory(title="Sans date")
    archive_course(due(-20, title="Archivée"), UserFactory(), timezone.now())
    for address in ("courses_reviews", "courses_reviews_results", "wagtailadmin_home"):
        page = back_office.get(reverse(address)).content.decode()
        named = [title for title in ("En retard", "aujourd’hui", "Plus tard", "Sans date", "Archivée") if title in page]
        assert named == ["En retard"], address
    assert "Formations à réviser" in back_office.get(reverse("wagtailadmin_home")).content.decode()


def test_report_says_that_no_course_is_late(back_office):
    due(30)
    assert (
        "Aucune formation n’a dépassé sa date de révision."
        in back_office.get(reverse("courses_reviews")).content.decode()
    )


def test_report_is_exported(back_office):
    due(-10, title="=En retard", code="retard", slug="retard")
    export = back_office.get(reverse("courses_reviews"), {"export": "csv"})
    lines = b"".join(export.streaming_content).decode().splitlines()
    assert lines[0].lstrip("\ufeff") == "Formation,Code,À réviser avant le,Structure,Contact,Version du contenu,Publiée"
    assert lines[1].startswith("'=En retard,retard,")


def test_report_is_for_authors_and_the_dashboard_says_nothing_when_nothing_is_due(client, back_office):
    assert "à réviser" not in back_office.get(reverse("wagtailadmin_home")).content.decode()
    officer = UserFactory()
    officer.groups.add(ensure_groups()[Role.HR])
    client.force_login(officer)
    assert client.get(reverse("courses_reviews")).status_code == 302


# --- Copying a whole course


def test_copy_of_a_course_is_a_draft_with_a_code_of_its_own_and_no_records(back_office):
    course = course_with(lessons=1, slug="reseaux", content_version=4, licence=Licence.BY)
    module = ModulePageFactory(parent=course)
    CompetenceGainFactory(course=course)
    RequiredCourse.objects.create(course=course, required=CoursePageFactory())
    CoursePage.objects.get(pk=course.pk).save_revision().publish()
    archive_course(CoursePage.objects.get(pk=course.pk), UserFactory(), timezone.now())
    Enrolment.objects.create(person=UserFactory(), course=course, enrolled_at=timezone.now())
    form = {"new_title": "Réseaux 2", "new_slug": "reseaux-2", "new_parent_page": course.get_parent().pk}
    back_office.post(reverse("wagtailadmin_pages:copy", args=[course.pk]), form | {"copy_subpages": "on"})
    copy = CoursePage.objects.get(slug="reseaux-2")
    assert (copy.code, copy.live, copy.content_version, copy.is_archived) == ("reseaux-2", False, 1, False)
    assert (copy.licence, copy.contact_email, copy.outline.version > 0) == (Licence.BY, course.contact_email, True)
    assert list(copy.competence_gains.values_list("competence", "level")) == list(
        course.competence_gains.values_list("competence", "level")
    )
    assert (copy.required_courses.count(), copy.enrolments.count()) == (1, 0)
    below = Page.objects.child_of(copy)
    assert [page.slug for page in below][-1] == module.slug
    assert not below.live().exists()
    quiz, original = (QuizPage.objects.child_of(page).get() for page in (copy, course))
    assert [row.question_id for row in quiz.quiz_questions.all()] == [
        row.question_id for row in original.quiz_questions.all()
    ]
    copy.get_latest_revision().publish()
    copy.refresh_from_db()
    course.refresh_from_db()
    assert (copy.live, copy.code, course.code) == (True, "reseaux-2", "reseaux")


def test_code_is_numbered_when_another_course_has_it():
    CoursePageFactory(slug="ancien", code="reseaux")
    assert CoursePageFactory(slug="reseaux", code="").code == "reseaux-2"


# --- Previews


def preview(back_office, page, mode):
    request = back_office.get("/").wsgi_request
    request.user = UserFactory(is_superuser=True)
    response = page.make_preview_request(original_request=request, preview_mode=mode)
    return getattr(response, "rendered_content", None) or response.content.decode()


def test_course_is_previewed_with_the_eyes_of_each(back_office):
    profile, (met, missed) = profile_requiring(3, 1)
    course = course_with(lessons=2)
    for competence in (met, missed):
        RequiredLevel.objects.create(course=course, competence=competence, level=2)
    course = CoursePage.objects.get(pk=course.pk)
    modes = [mode for mode, _label in course.preview_modes]
    assert modes == ["", "enrolled", "finished", f"profile-{profile.code}"]
    said = {mode: preview(back_office, course, mode) for mode in modes}
    assert "Me connecter pour m’inscrire" in said[""]
    assert "Continuer" in said["enrolled"]
    assert "Formation terminée" in said["finished"]
    assert [page.count("Il vous manque ce niveau") for page in said.values()] == [0, 2, 0, 1]
    assert "Vous avez le niveau 3." in said[modes[-1]]


def test_lesson_is_previewed_by_who_reads_it_and_who_has_finished(back_office):
    lesson = Page.objects.child_of(course_with(lessons=2)).first().specific
    enrolled, finished = (preview(back_office, lesson, mode) for mode, _label in lesson.preview_modes)
    assert ("J’ai terminé" in enrolled, "Leçon terminée" in enrolled) == (True, False)
    assert ("J’ai terminé" in finished, "Leçon terminée" in finished) == (False, True)


def test_course_is_previewed_with_the_lessons_never_published_yet(back_office):
    course = course_with(lessons=0, quiz=False)
    published = LessonPageFactory(parent=course, title="Ancien titre")
    published.title = "Nouveau titre"
    published.save_revision()
    LessonPageFactory(parent=course, title="Retirée").unpublish()
    LessonPageFactory(parent=ModulePageFactory(parent=course, live=False), title="À venir", live=False)
    said = preview(back_office, course, "finished")
    assert re.findall(r"Ancien titre|Nouveau titre|Retirée|À venir", re.sub(r"<[^>]+>", "", said)) == [
        "Nouveau titre",
        "À venir",
    ]
    assert "2 leçons" in said
