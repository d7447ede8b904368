"""What a new course and a new lesson begin with in the editor."""

from datetime import date

import pytest
from django.urls import reverse

from courses.blocks import LessonBody
from courses.course_forms import begin_course
from courses.models import CoursePage, ProducerPage
from tests.factories.courses import CoursePageFactory, make_trainer
from tests.factories.people import UnitFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def trainer():
    return make_trainer(email="formateur@gouv.bj")


def test_a_course_begins_with_what_can_be_guessed_and_keeps_what_is_said(trainer):
    branch = ProducerPage.objects.get()
    course = CoursePage()
    begin_course(course, trainer, branch.unit, date(2027, 2, 28))
    assert (course.contact_email, course.producer, course.review_due_on) == (
        "formateur@gouv.bj",
        branch.unit,
        date(2028, 2, 28),
    )
    other = UnitFactory()
    told = CoursePage(contact_email="contact@gouv.bj", producer=other, review_due_on=date(2027, 6, 1))
    begin_course(told, trainer, branch.unit, date(2027, 2, 28))
    assert (told.contact_email, told.producer, told.review_due_on) == ("contact@gouv.bj", other, date(2027, 6, 1))


def test_what_was_guessed_can_be_emptied(client, trainer):
    client.force_login(trainer)
    address = reverse("wagtailadmin_pages:add", args=["courses", "coursepage", ProducerPage.objects.get().pk])
    form = client.get(address).context["form"]
    sent = {name: form[name].value() for name in form.fields if form[name].value() not in (None, [])}
    sent |= {"title": "Réseaux", "slug": "reseaux", "summary": "Un résumé.", "review_due_on": ""}
    for name in ("objectives", "sources"):
        sent.pop(name, None)
        sent[f"{name}-count"] = "0"
    for formset in form.formsets.values():
        sent |= {f"{formset.prefix}-TOTAL_FORMS": "0", f"{formset.prefix}-INITIAL_FORMS": "0"}
    answer = client.post(address, sent)
    assert answer.status_code == 302, answer.context["form"].errors
    course = CoursePage.objects.get()
    assert (course.review_due_on, course.contact_email) == (None, "formateur@gouv.bj")


def test_a_lesson_begins_with_a_text_to_write_in(client, trainer):
    client.force_login(trainer)
    course = CoursePageFactory(parent=ProducerPage.objects.get())
    form = client.get(reverse("wagtailadmin_pages:add", args=["courses", "lessonpage", course.pk])).context["form"]
    assert [block.block_type for block in form["body"].value()] == ["prose"]


@pytest.mark.parametrize("name", LessonBody().child_blocks)
def test_a_block_begins_with_as_many_items_as_it_asks_for(name):
    """Otherwise its author is told of an error before having written anything."""
    block = LessonBody().child_blocks[name]
    value = block.get_default()
    if name == "comparison":
        assert (len(value.columns), len(value.row_data)) == (2, 1)
    for child in getattr(block, "child_blocks", {}).values():
        if least := getattr(child.meta, "min_num", None):
            assert len(value[child.name]) >= least
