"""A trainer marks by keyboard, and without JavaScript; both pages pass axe."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from courses.models import CoursePage
from lms.assessment import actions
from tests.factories.marking import essay_attempt, essay_quiz, trainer_of


def submitted(quiz, text):
    attempt = essay_attempt(quiz)
    row = attempt.questions.get(version__type="essay")
    actions.submit(attempt, timezone.now(), {row.position: text})
    return row


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.parametrize("javascript", [True, False])
def test_an_answer_is_marked_then_the_next_is_shown(open_page, axe, javascript):
    quiz = essay_quiz()
    first, second = submitted(quiz, "Premier texte"), submitted(quiz, "Second texte")
    trainer = trainer_of(CoursePage.objects.get(pk=first.attempt.enrolment.course_id))
    page = open_page(user=trainer, javascript=javascript)
    page.goto(reverse("assessment_mark", args=[first.pk]))
    expect(page.get_by_text("Premier texte")).to_be_visible()
    if javascript:
        axe(page)
        expect(page.get_by_label("Le risque est nommé")).to_be_focused()
        page.keyboard.press("2")
        page.keyboard.press("1")
        page.keyboard.type("Bien.")
        page.keyboard.press("Control+Enter")
    else:
        page.get_by_label("Le risque est nommé").fill("2")
        page.get_by_label("Le geste est juste").fill("1")
        page.get_by_label("Remarque").fill("Bien.")
        page.get_by_role("button", name="Corriger et passer à la suivante").click()
    expect(page).to_have_url(re.compile(reverse("assessment_mark", args=[second.pk])))
    expect(page.get_by_text("Second texte")).to_be_visible()
    line = first.marks.get()
    assert (str(line.points), line.details["comment"], line.author) == ("0.75", "Bien.", trainer)
