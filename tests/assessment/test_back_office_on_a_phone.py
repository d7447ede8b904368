"""The forms and tables of trainers on a phone: nothing is cut off at its edge, where no one could scroll to it."""

import pytest
from django.urls import reverse
from django.utils import timezone

from lms.assessment.actions import submit
from tests.factories.assessment import open_attempt
from tests.factories.courses import QuestionFactory, QuizPageFactory
from tests.factories.people import UserFactory

LONG = "Combien de démarches commencées en ligne sont terminées sans passer par un guichet ?"
# What trainers use that ends right of the window, unless something around it scrolls.
CUT = """() => {
    const scrolls = (one) => one && (/auto|scroll/.test(getComputedStyle(one).overflowX) || scrolls(one.parentElement));
    return [...document.querySelectorAll("main :is(select, input, table, .button, .help)")]
        .filter((one) => one.getBoundingClientRect().right > innerWidth + 1 && !scrolls(one.parentElement))
        .map((one) => one.outerHTML.slice(0, 120));
}"""


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_nothing_is_cut_off_at_the_edge(open_page, axe):
    opinion, question = QuestionFactory(kind="survey", prompt=LONG), QuestionFactory(prompt=LONG)
    quiz = QuizPageFactory(questions=[opinion, question])
    submit(open_attempt(quiz=quiz), timezone.now())
    page = open_page(user=UserFactory(is_superuser=True), width=360, reduced_motion="reduce")
    asked = reverse("assessment_quiz_questions", args=[quiz.pk])
    decision = reverse("assessment_decide_regrade", args=[quiz.pk, question.versions.get().pk])
    for address in (
        reverse("wagtailadmin_pages:edit", args=[quiz.pk]),
        reverse("wagtailsnippets_courses_question:edit", args=[opinion.pk]),
        reverse("wagtailsnippets_courses_question:list"),
        reverse("courses_question_import"),
        asked,
        decision,
    ):
        page.goto(address)
        assert page.evaluate(CUT) == [], address
        if address in (asked, decision):
            axe(page)
