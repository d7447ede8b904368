"""The producer of a course: in a branch, its unit."""

import pytest
from django.urls import reverse
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

from courses.models import CataloguePage, CoursePage, ProducerPage
from lms.people.actions import ensure_groups
from lms.people.rules import Role
from tests.factories.courses import CoursePageFactory, LessonPageFactory, make_trainer
from tests.factories.people import UnitFactory, UserFactory

pytestmark = pytest.mark.django_db


def course_form(**changes) -> dict:
    return nested_form_data({
        "title": "Réseaux", "slug": "reseaux", "summary": "Un résumé.", "contact_email": "a@example.org",
        "duration_minutes": 60, "in_person_minutes": 0, "assurance": "N2", "licence": "", "content_version": 1,
        "position": 0, "prerequisites": "", "objectives": streamfield([]), "sources": streamfield([]),
        "competence_gains": inline_formset([]), "required_courses": inline_formset([]),
        "required_levels": inline_formset([]), "comments": inline_formset([]), **changes,
    })  # fmt: skip


def add(client, parent, **changes):
    url = reverse("wagtailadmin_pages:add", args=["courses", "coursepage", parent.pk])
    return client.post(url, course_form(**changes))


def test_a_trainer_names_their_own_unit_or_nothing(client):
    own, other = UnitFactory(name="La nôtre"), UnitFactory(name="Une autre")
    client.force_login(make_trainer(own))
    branch = ProducerPage.objects.get()
    html = add(client, branch, producer=other.pk).content.decode()
    assert not CoursePage.objects.exists()
    assert "Une autre" not in html
    add(client, branch)
    assert CoursePage.objects.get().producer == own
    add(client, branch, slug="deux", producer=own.pk)
    assert [course.producer for course in CoursePage.objects.all()] == [own, own]


def test_who_keeps_the_catalogue_names_any_and_it_stays(client):
    own, other = UnitFactory(), UnitFactory()
    trainer, administrator = make_trainer(own), UserFactory()
    administrator.groups.add(ensure_groups()[Role.ADMINISTRATOR])
    client.force_login(administrator)
    add(client, ProducerPage.objects.get(), producer=other.pk)
    add(client, CataloguePage.objects.get(), slug="libre")
    assert [course.producer for course in CoursePage.objects.order_by("pk")] == [other, None]
    client.force_login(trainer)
    course = CoursePage.objects.get(slug="reseaux")
    client.post(reverse("wagtailadmin_pages:edit", args=[course.pk]), course_form(producer=other.pk, title="Nouveau"))
    draft = CoursePage.objects.get(slug="reseaux").get_latest_revision_as_object()
    assert (draft.title, draft.producer) == ("Nouveau", other)


@pytest.mark.parametrize("page_type", ["courses.CoursePage", "courses.LessonPage"])
def test_the_chooser_opens_above_no_draft_of_others(client, page_type):
    """Wagtail opens it at the only page of the type, or above it."""
    client.force_login(make_trainer())
    theirs = ProducerPage.objects.get()
    make_trainer()
    theirs = ProducerPage.objects.exclude(pk=theirs.pk).get()
    LessonPageFactory(parent=CoursePageFactory(parent=theirs, title="Projet secret", live=False), live=False)
    answer = client.get(reverse("wagtailadmin_choose_page"), {"page_type": page_type})
    assert answer.status_code == 200
    assert "Projet secret" not in answer.content.decode()
