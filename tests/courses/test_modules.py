"""Modules group lessons: the outline, addresses, moves, copies and deletions follow."""

import pytest
from django.urls import reverse
from wagtail.models import Page, PageViewRestriction
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from courses.models import CourseOutline, CoursePage, LessonPage, ModulePage, QuizPage
from courses.outline import course_outline
from courses.permissions import has_records
from lms.assessment.actions import start_attempt
from lms.learning.actions import finish_lesson
from lms.learning.models import Enrolment
from tests.factories.courses import LessonPageFactory, ModulePageFactory, QuizPageFactory, course_with
from tests.factories.learning import EnrolmentFactory
from tests.factories.people import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def course():
    """A lesson alone, a module of two, a module of a lesson and a quiz, an empty one."""
    course = course_with(lessons=0, quiz=False, slug="reseaux")
    LessonPageFactory(parent=course, slug="bienvenue")
    first = ModulePageFactory(parent=course, title="Les bases", slug="bases", introduction="Ce qu’il faut savoir.")
    LessonPageFactory(parent=first, slug="cables")
    LessonPageFactory(parent=first, slug="ondes")
    second = ModulePageFactory(parent=course, title="Aller plus loin", slug="plus-loin")
    LessonPageFactory(parent=second, slug="fibre")
    QuizPageFactory(parent=second, slug="controle")
    ModulePageFactory(parent=course, title="Vide", slug="vide")
    return CoursePage.objects.get(pk=course.pk)


@pytest.fixture
def back_office(client):
    client.force_login(UserFactory(is_superuser=True))
    return client


def outline_of(course):
    return course_outline(course.pk, CourseOutline.objects.get(course=course).version)


def places(course):
    return [(item.module and item.module.title, item.slug) for item in outline_of(course).items]


def lesson_form(page, **changes):
    body = streamfield([("prose", rich_text("<p>Texte.</p>"))])
    comments = {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0}
    named = {"title": page.title, "slug": page.slug, "duration_minutes": 10, "micro_action": "", "body": body}
    return nested_form_data(named | {"comments": comments, "action-publish": "1"} | changes)


# --- The outline


def test_outline_names_the_module_of_each_item_in_three_queries(course, django_assert_num_queries):
    version = CourseOutline.objects.get(course=course).version
    with django_assert_num_queries(3):
        outline = course_outline(course.pk, version)
    assert places(course) == [
        (None, "bienvenue"),
        ("Les bases", "cables"),
        ("Les bases", "ondes"),
        ("Aller plus loin", "fibre"),
        ("Aller plus loin", "controle"),
    ]
    assert [item.position for item in outline.items] == [1, 2, 3, 4, 5]


def test_addresses_say_nothing_of_modules(course):
    for item in outline_of(course).items:
        page = Page.objects.get(pk=item.id).specific
        assert item.url == page.url == f"/formations/reseaux/{item.slug}/"
    assert ModulePage.objects.get(slug="bases").url == course.url


def test_addresses_follow_the_course_and_not_the_module(course):
    course.slug = "les-reseaux"
    course.save_revision().publish()
    module = ModulePage.objects.get(slug="bases")
    module.slug = "fondations"
    module.save_revision().publish()
    assert LessonPage.objects.get(slug="cables").url == "/formations/les-reseaux/cables/"


def test_unpublishing_a_module_hides_what_it_holds(course):
    ModulePage.objects.get(slug="bases").unpublish()
    assert places(course) == [(None, "bienvenue"), ("Aller plus loin", "fibre"), ("Aller plus loin", "controle")]
    assert CoursePage.objects.with_card_facts().get(pk=course.pk).lesson_count == 2
    ModulePage.objects.get(slug="bases").get_latest_revision().publish()
    assert len(places(course)) == 5
    assert CoursePage.objects.with_card_facts().get(pk=course.pk).lesson_count == 4


def test_outline_follows_moves_in_and_out_of_modules(course):
    outside, module = LessonPage.objects.get(slug="bienvenue"), ModulePage.objects.get(slug="vide")
    places(course)
    outside.move(module, pos="last-child")
    assert places(course)[-1] == ("Vide", "bienvenue")
    LessonPage.objects.get(slug="cables").move(ModulePage.objects.get(slug="plus-loin"), pos="first-child")
    assert places(course)[1:3] == [("Aller plus loin", "cables"), ("Aller plus loin", "fibre")]
    LessonPage.objects.get(slug="cables").move(Page.objects.get(pk=course.pk), pos="last-child")
    assert places(course)[-1] == (None, "cables")
    other = course_with(lessons=1, quiz=False)
    places(other)
    ModulePage.objects.get(slug="bases").move(Page.objects.get(pk=other.pk), pos="last-child")
    assert places(other)[-1] == ("Les bases", "ondes")
    assert ("Les bases", "ondes") not in places(course)
    assert LessonPage.objects.get(slug="ondes").url == f"/formations/{other.slug}/ondes/"


def test_modules_in_another_order_keep_their_addresses(course):
    Page.objects.get(slug="plus-loin").move(Page.objects.get(slug="bases"), pos="left")
    assert places(course)[1] == ("Aller plus loin", "fibre")
    assert LessonPage.objects.get(slug="fibre").url == "/formations/reseaux/fibre/"
    assert ModulePage.objects.get(slug="plus-loin").url == course.url


def test_outline_follows_what_is_published_in_a_module(course):
    module = ModulePage.objects.get(slug="vide")
    places(course)
    lesson = LessonPageFactory(parent=module, slug="tard")
    assert places(course)[-1] == ("Vide", "tard")
    module.title = "Plein"
    module.save_revision().publish()
    assert places(course)[-1] == ("Plein", "tard")
    lesson.unpublish()
    assert ("Plein", "tard") not in places(course)


def test_restriction_on_a_module_closes_what_it_holds(course):
    PageViewRestriction.objects.create(page=ModulePage.objects.get(slug="bases"), restriction_type="groups")
    user = UserFactory()
    opened = [item.slug for item in outline_of(course).items if item.is_open_to(user)]
    assert opened == ["bienvenue", "fibre", "controle"]


# --- Addresses


@pytest.mark.parametrize("slug", ["cables", "controle"])
def test_a_slug_taken_in_another_module_is_refused_in_french(course, back_office, slug):
    module = ModulePage.objects.get(slug="vide")
    address = reverse("wagtailadmin_pages:add", args=["courses", "lessonpage", module.pk])
    page = back_office.post(address, lesson_form(LessonPage(title="Autre", slug=slug)))
    assert f"Une autre leçon ou évaluation de cette formation a déjà l’adresse « {slug} »" in page.content.decode()
    lesson = LessonPage.objects.get(slug="fibre")
    address = reverse("wagtailadmin_pages:edit", args=[lesson.pk])
    assert back_office.post(address, lesson_form(lesson, slug=slug)).status_code == 200
    assert LessonPage.objects.get(pk=lesson.pk).slug == "fibre"
    assert back_office.post(address, lesson_form(lesson)).status_code == 302


def test_a_move_onto_an_address_taken_is_sent_back(course, back_office):
    other = course_with(lessons=0, quiz=False, slug="autre")
    LessonPageFactory(parent=other, slug="cables")
    module = ModulePage.objects.get(slug="bases")
    answer = back_office.post(reverse("wagtailadmin_pages:move_confirm", args=[module.pk, other.pk]), follow=True)
    assert "a déjà l’adresse « cables »" in answer.content.decode()
    assert ModulePage.objects.get(pk=module.pk).get_parent().pk == course.pk
    lesson = LessonPage.objects.get(slug="ondes")
    target = ModulePage.objects.get(slug="vide")
    back_office.post(reverse("wagtailadmin_pages:move_confirm", args=[lesson.pk, target.pk]))
    assert places(course)[-1] == ("Vide", "ondes")


def test_a_module_copied_in_its_course_gives_its_lessons_other_addresses(course, back_office):
    module = ModulePage.objects.get(slug="bases")
    form = {"new_title": "Encore", "new_slug": "encore", "new_parent_page": course.pk, "copy_subpages": "on"}
    back_office.post(reverse("wagtailadmin_pages:copy", args=[module.pk]), form)
    copied = Page.objects.child_of(ModulePage.objects.get(slug="encore")).specific()
    assert [page.slug for page in copied] == ["cables-2", "ondes-2"]
    for page in copied:
        page.get_latest_revision().publish()
    ModulePage.objects.get(slug="encore").get_latest_revision().publish()
    assert [slug for title, slug in places(course) if title == "Encore"] == ["cables-2", "ondes-2"]


def test_a_lesson_copied_onto_an_address_taken_is_refused(course, back_office):
    lesson, module = LessonPage.objects.get(slug="fibre"), ModulePage.objects.get(slug="vide")
    form = {"new_title": "Fibre", "new_slug": "ondes", "new_parent_page": module.pk}
    page = back_office.post(reverse("wagtailadmin_pages:copy", args=[lesson.pk]), form)
    assert "a déjà l’adresse « ondes »" in page.content.decode()


# --- Learners


@pytest.fixture
def enrolment(course):
    return EnrolmentFactory(course=course)


def test_the_way_through_the_page_tree_leads_to_the_one_address(course, client, enrolment):
    client.force_login(enrolment.person)
    assert client.get("/formations/reseaux/bases/cables/").url == "/formations/reseaux/cables/"
    assert client.get("/formations/reseaux/cables/").status_code == 200
    assert client.get("/formations/reseaux/bases/").status_code == 404


def test_lesson_shows_its_modules_and_opens_its_own(course, client, enrolment, django_assert_num_queries):
    client.force_login(enrolment.person)
    items = outline_of(course).items
    finish_lesson(enrolment, items[1], enrolment.enrolled_at)
    client.get(items[2].url)
    with django_assert_num_queries(1):
        page = client.get(items[2].url).content.decode()
    phone = page.split('class="outline-panel__title"')[0]
    assert phone.count('<details class="module" open>') == 1
    assert phone.count('<details class="module">') == 1
    opened = phone.split('<details class="module" open>')[1].split("</details>")[0]
    assert ("Les bases" in opened, "1 étape terminée sur 2" in opened, "Ce qu’il faut savoir." in opened) == (
        *(True, True, True),
    )
    assert opened.count('class="outline__link"') == 2


def test_sheet_and_progress_tell_the_modules(course, client, enrolment):
    client.force_login(enrolment.person)
    items = outline_of(course).items
    finish_lesson(enrolment, items[0], enrolment.enrolled_at)
    finish_lesson(enrolment, items[1], enrolment.enrolled_at)
    sheet = client.get("/formations/reseaux/").content.decode()
    assert ("Les bases" in sheet, "1 étape terminée sur 2" in sheet, "4 leçons" in sheet) == (True, True, True)
    progress = client.get(reverse("learning:progress", args=[enrolment.pk])).content.decode()
    assert ("1 sur 2" in progress, "0 sur 2" in progress) == (True, True)


def test_completion_keeps_the_modules_it_was_made_of(enrolment, course):
    QuizPage.objects.get(slug="controle").unpublish()
    for item in outline_of(course).items:
        finish_lesson(enrolment, item, enrolment.enrolled_at)
    enrolment.refresh_from_db()
    assert [line["module"] for line in enrolment.completion.conditions] == [
        *("", "Les bases", "Les bases", "Aller plus loin"),
    ]


def test_unpublishing_a_module_completes_those_for_whom_nothing_else_was_missing(enrolment, course, run_jobs):
    for item in outline_of(course).items[:3]:
        finish_lesson(enrolment, item, enrolment.enrolled_at)
    ModulePage.objects.get(slug="plus-loin").unpublish()
    run_jobs()
    enrolment.refresh_from_db()
    assert enrolment.state == Enrolment.State.COMPLETED


def test_quiz_of_a_hidden_module_is_not_found(enrolment, course, client):
    client.force_login(enrolment.person)
    quiz = QuizPage.objects.get(slug="controle")
    assert client.get(reverse("assessment:quiz", args=[quiz.pk])).status_code == 200
    ModulePage.objects.get(slug="plus-loin").unpublish()
    assert client.get(reverse("assessment:quiz", args=[quiz.pk])).status_code == 404


# --- Records and the back office


def test_module_with_records_is_not_deleted(enrolment, course, back_office):
    quiz, module = QuizPage.objects.get(slug="controle"), ModulePage.objects.get(slug="plus-loin")
    assert not has_records(module)
    start_attempt(enrolment, quiz, enrolment.enrolled_at)
    assert has_records(module)
    back_office.post(reverse("wagtailadmin_pages:delete", args=[module.pk]))
    assert ModulePage.objects.filter(pk=module.pk).exists()


def test_explorer_offers_modules_and_previews_lessons_in_them(course, back_office):
    page = back_office.get(reverse("wagtailadmin_pages:add_subpage", args=[course.pk])).content.decode()
    assert "Un groupe de leçons et d’évaluations" in page
    lesson = LessonPage.objects.get(slug="fibre")
    shown = back_office.get(reverse("wagtailadmin_pages:view_draft", args=[lesson.pk])).content.decode()
    assert ("Aller plus loin" in shown, course.title in shown) == (True, True)
