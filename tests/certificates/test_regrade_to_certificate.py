"""From a neutralised question to the certificate of those who pass by it, end to end."""

import pytest
from django.utils import timezone

from certificates.models import Certificate
from lms.assessment import actions
from lms.assessment.actions.regrading import decide_regrade
from tests.factories.assessment import open_attempt, right_answers
from tests.factories.courses import QuestionFactory, QuizPageFactory
from tests.factories.people import UserFactory

pytestmark = pytest.mark.django_db


def test_who_passes_by_a_neutralised_question_is_given_the_certificate(run_jobs, django_capture_on_commit_callbacks):
    quiz = QuizPageFactory(questions=[QuestionFactory(), QuestionFactory()])
    attempt = open_attempt(quiz=quiz)
    faulty = attempt.questions.get(position=1).version
    with django_capture_on_commit_callbacks():
        actions.submit(attempt, timezone.now(), right_answers(attempt) | {1: None})
    run_jobs()
    assert not Certificate.objects.exists()
    with django_capture_on_commit_callbacks():
        decide_regrade(quiz, faulty, "exclude", "Deux réponses étaient justes.", UserFactory(), timezone.now())
    with django_capture_on_commit_callbacks(execute=True):
        run_jobs()
    run_jobs()
    certificate = Certificate.objects.get()
    assert (certificate.person, certificate.state) == (attempt.enrolment.person, Certificate.State.VALID)
