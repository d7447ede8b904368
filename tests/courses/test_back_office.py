"""Trainers in Wagtail: lists, editing a lesson to the learner's eye, archiving, and records that hold pages in place."""

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from courses.actions import archive_course, ensure_site, unarchive_course
from courses.models import CoursePage, LessonPage, Question
from courses.models.banks import shared_bank
from courses.outline import course_outline, lesson_body_html
from courses.permissions import can_teach, has_records
from lms.core.models import AuditEntry
from lms.learning.models import Enrolment
from lms.people.actions import ensure_groups
from lms.people.rules import Role
from tests.factories.courses import (
    CoursePageFactory,
    LessonPageFactory,
    QuestionFactory,
    QuizPageFactory,
    course_with,
    make_trainer,
)
from tests.factories.people import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def trainer():
    return make_trainer()


@pytest.fixture
def back_office(client, trainer):
    client.force_login(trainer)
    return client


def enrol(course):
    return Enrolment.objects.create(person=UserFactory(), course=course, enrolled_at=timezone.now())


def messages_of(response) -> str:
    return " ".join(str(message) for message in response.context["messages"])


def test_trainer_finds_their_two_lists_in_the_menu(back_office):
    html = back_office.get(reverse("wagtailadmin_home")).content.decode()
    assert "Formations" in html
    assert "Banque de questions" in html


@pytest.mark.parametrize("count", [1, 3])
def test_list_of_courses_shows_archived_ones_too(back_office, count):
    for _rank in range(count):
        course_with(lessons=1)
    archived = CoursePageFactory(title="Retirée")
    archive_course(archived, None, timezone.now())
    html = back_office.get(reverse("formations:index")).content.decode()
    assert all(course.title in html for course in CoursePage.objects.all())
    html = back_office.get(reverse("formations:index"), {"is_archived": "false"}).content.decode()
    assert "Retirée" not in html


def test_question_bank_filters_by_type_and_says_where_a_question_is_asked(back_office):
    single, numeric = QuestionFactory(prompt="À choix ?"), QuestionFactory(prompt="Combien ?", kind="numeric")
    course = course_with(lessons=0, quiz=False)
    quiz = QuizPageFactory(parent=course, questions=[single], title="Le contrôle")
    index = reverse("wagtailsnippets_courses_question:list")
    html = back_office.get(index).content.decode()
    assert "À choix ?" in html
    assert "Combien ?" in html
    html = back_office.get(index, {"type": "numeric"}).content.decode()
    assert "Combien ?" in html
    assert "À choix ?" not in html
    html = back_office.get(index, {"is_used": "true"}).content.decode()
    assert "Combien ?" not in html
    usage = back_office.get(reverse("wagtailsnippets_courses_question:usage", args=[single.pk])).content.decode()
    assert quiz.title in usage
    assert back_office.get(reverse("wagtailsnippets_courses_question:edit", args=[numeric.pk])).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_question_bank_costs_the_same_for_any_length(back_office, count, django_assert_max_num_queries):
    QuestionFactory.create_batch(count)
    index = reverse("wagtailsnippets_courses_question:list_results")
    back_office.get(index)
    with django_assert_max_num_queries(12):
        back_office.get(index)


def test_questions_cannot_be_deleted(back_office, admin_client):
    question = QuestionFactory()
    url = reverse("wagtailsnippets_courses_question:delete", args=[question.pk])
    for client in (back_office, admin_client):
        assert client.post(url).status_code in (302, 403)
    assert Question.objects.get() == question


def test_question_chooser_is_for_authors_alone(client, back_office):
    QuestionFactory(prompt="Qui garde la clé ?")
    address = reverse("wagtailsnippetchoosers_courses_question:choose")
    assert "Qui garde la clé ?" in back_office.get(address).json()["html"]
    officer = UserFactory()
    officer.groups.add(ensure_groups()[Role.HR])
    client.force_login(officer)
    for name in ("choose", "choose_results"):
        assert client.get(reverse(f"wagtailsnippetchoosers_courses_question:{name}")).status_code == 302


def question_form(**changes) -> dict:
    answer = {
        "options": [
            {"type": "item", "value": {"text": rich_text("Oui"), "is_correct": "on"}},
            {"type": "item", "value": {"text": rich_text("Non")}},
        ]
    }
    options = answer["options"]
    form = {
        "collection": shared_bank().pk,
        "code": "nouvelle",
        "prompt": rich_text("Est-ce clair ?"),
        "explanation": rich_text(""),
        "competence": "",
        "level": "",
        "answer-count": "1",
        "answer-0-deleted": "",
        "answer-0-order": "0",
        "answer-0-type": "single",
        "answer-0-id": "",
        "answer-0-value-options-count": str(len(options)),
    }
    for rank, option in enumerate(options):
        prefix = f"answer-0-value-options-{rank}"
        form |= {f"{prefix}-deleted": "", f"{prefix}-order": str(rank), f"{prefix}-id": ""}
        form |= {f"{prefix}-value-{name}": value for name, value in option["value"].items()}
    return form | changes


def test_question_written_in_the_back_office_is_frozen_once(back_office):
    add = reverse("wagtailsnippets_courses_question:add")
    assert back_office.post(add, question_form()).status_code == 302
    question = Question.objects.get()
    assert question.current_version().number == 1
    texts = {option["id"]: option["text"] for option in question.current_version().content["options"]}
    assert texts[question.current_version().content["answer"]] == "Oui"
    assert Question.objects.get().content() == question.current_version().content


def test_question_without_a_right_answer_is_sent_back_with_the_reason(back_office):
    form = question_form()
    del form["answer-0-value-options-0-value-is_correct"]
    page = back_office.post(reverse("wagtailsnippets_courses_question:add"), form)
    assert page.status_code == 200
    assert "exactement une bonne r" in page.content.decode()
    assert not Question.objects.exists()


def test_trainer_changes_a_lesson_and_the_learner_sees_it_at_once(back_office):
    page = LessonPageFactory()
    course = page.get_parent().specific
    old = course_outline(course.pk, course.outline.version).items[0]
    lesson_body_html(old.id, old.body_key)
    data = nested_form_data(
        {
            "title": page.title,
            "slug": page.slug,
            "duration_minutes": 10,
            "micro_action": "",
            "body": streamfield([("prose", rich_text('<p>Tout <b>neuf</b><a href="javascript:alert(1)">.</a></p>'))]),
            "action-publish": "1",
            "comments": {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0},
        }
    )
    assert back_office.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), data).status_code == 302
    course.outline.refresh_from_db()
    new = course_outline(course.pk, course.outline.version).items[0]
    html = lesson_body_html(new.id, new.body_key)
    assert "Tout <b>neuf</b>" in html
    assert "javascript" not in html


@pytest.mark.parametrize("draft", [False, True])
def test_every_page_can_be_previewed(back_office, admin_client, draft):
    course = course_with(lessons=1)
    if draft:
        LessonPageFactory(parent=course, title="Pas encore", live=False)
    for page in [course, *Page.objects.child_of(course), ensure_site()]:
        keeper = admin_client if page == ensure_site() else back_office  # the catalogue is not a trainer's
        shown = keeper.get(reverse("wagtailadmin_pages:view_draft", args=[page.pk]))
        assert shown.status_code == 200
        assert page.title in shown.content.decode()


def test_archiving_leaves_the_catalogue_and_comes_back(trainer):
    course = course_with(lessons=1)
    now = timezone.now()
    archive_course(course, trainer, now)
    archive_course(course, trainer, timezone.now())
    course.refresh_from_db()
    assert course.archived_at == now
    assert list(CoursePage.objects.in_catalogue()) == []
    course.outline.refresh_from_db()
    outline = course_outline(course.pk, course.outline.version)
    assert (outline.is_archived, outline.is_live, len(outline.items)) == (True, True, 2)
    unarchive_course(course, trainer)
    unarchive_course(course, trainer)
    assert list(CoursePage.objects.in_catalogue()) == [course]
    assert list(
        AuditEntry.objects.filter(verb__startswith="course.")
        .order_by("pk")
        .values_list("verb", "actor_pk", "object_pk")
    ) == [
        ("course.archive", str(trainer.pk), str(course.pk)),
        ("course.unarchive", str(trainer.pk), str(course.pk)),
    ]


def test_trainer_archives_by_a_form_that_asks(back_office):
    course = course_with(lessons=1)
    edit = back_office.get(reverse("wagtailadmin_pages:edit", args=[course.pk])).content.decode()
    url = reverse("courses_archive", args=[course.pk])
    assert url in edit
    assert "Oui, archiver" in back_office.get(url).content.decode()
    course.refresh_from_db()
    assert not course.is_archived
    shown = back_office.post(url, follow=True)
    assert "est archivée" in messages_of(shown)
    course.refresh_from_db()
    assert course.is_archived
    back_office.post(reverse("courses_unarchive", args=[course.pk]))
    course.refresh_from_db()
    assert not course.is_archived


def test_publishing_an_archived_course_keeps_it_archived(back_office):
    course = course_with(lessons=1)
    revision = course.save_revision()
    archive_course(course, None, timezone.now())
    revision.publish()
    course.refresh_from_db()
    assert course.is_archived


def test_who_may_not_publish_may_not_archive(client):
    course = course_with(lessons=1)
    outsider = UserFactory()
    outsider.groups.add(ensure_groups()[Role.HR])
    client.force_login(outsider)
    for name in ("courses_archive", "courses_unarchive"):
        assert client.post(reverse(name, args=[course.pk])).status_code == 404  # not theirs to see
    course.refresh_from_db()
    assert not course.is_archived


def test_page_with_records_is_not_deleted_but_archiving_is_offered(back_office, admin_client):
    course = course_with(lessons=1)
    enrolment = enrol(course)
    lesson = LessonPage.objects.get()
    assert (has_records(course), has_records(lesson), has_records(ensure_site())) == (True, False, True)
    url = reverse("wagtailadmin_pages:delete", args=[course.pk])
    for response in (admin_client.get(url, follow=True), admin_client.post(url, follow=True)):
        assert "ne peut pas être supprimée" in messages_of(response)
        assert reverse("courses_archive", args=[course.pk]) in response.content.decode()
    assert back_office.post(url).status_code == 302  # a trainer deletes single pages only
    assert CoursePage.objects.get() == course
    assert Enrolment.objects.get() == enrolment


def test_bulk_deletion_is_refused_too(admin_client):
    course, free = course_with(lessons=1), course_with(lessons=1)
    enrol(course)
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "delete"])
    response = admin_client.post(f"{url}?id={course.pk}&id={free.pk}", {"wagtail_site_name": "x"}, follow=True)
    assert "ne peut pas être supprimée" in messages_of(response)
    assert CoursePage.objects.count() == 2


def test_page_without_records_can_be_deleted(admin_client):
    course = course_with(lessons=2)
    admin_client.post(reverse("wagtailadmin_pages:delete", args=[LessonPage.objects.first().pk]))
    assert LessonPage.objects.count() == 1
    assert CoursePage.objects.get() == course


def test_catalogue_keeps_its_address(admin_client):
    catalogue = ensure_site()
    catalogue.slug = "autre"
    with pytest.raises(Exception, match="L’adresse du catalogue reste « formations »"):
        catalogue.save()


def test_shared_passwords_are_not_offered(back_office, admin_client):
    course = course_with(lessons=1)
    html = admin_client.get(reverse("wagtailadmin_pages:set_privacy", args=[course.pk])).content.decode()
    assert "password" not in html.partition("restriction_type")[2].partition("groups")[0]


def test_a_trainer_teaches_the_courses_they_may_write(trainer):
    taught, person = CoursePageFactory(), UserFactory()
    assert list(CoursePage.objects.taught_by(trainer)) == [taught]
    assert can_teach(trainer, taught)
    assert list(CoursePage.objects.taught_by(person)) == []
    assert not can_teach(person, taught)
