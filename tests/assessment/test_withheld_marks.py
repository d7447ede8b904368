"""The mark of an exam is told at its closing, and nothing on the way tells it: each place where a learner could read it."""

import datetime

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from certificates.models import Certificate
from courses.models import QuizPage
from lms.assessment import actions
from lms.assessment.actions.allowances import reopen_attempt
from lms.assessment.actions.marking import mark_by_hand
from lms.assessment.actions.regrading import apply_regrade, decide_regrade
from lms.assessment.models import Attempt
from lms.assessment.tasks import close_expired_attempts_task
from lms.learning.models import Completion, Enrolment, ProgressEvent
from lms.people.rules import Role
from tests.assessment.test_views import at, text
from tests.factories.assessment import open_attempt, right_answers
from tests.factories.courses import QuestionFactory, QuizPageFactory, course_with
from tests.factories.marking import essay_version, trainer_of
from tests.factories.people import PostFactory, UnitFactory, give_role

pytestmark = pytest.mark.django_db
HOUR = datetime.timedelta(hours=1)


def exam(questions=None, **rules):
    """An exam that closes in an hour, alone in its course: who passes it has completed the course."""
    questions = questions or [QuestionFactory(), QuestionFactory()]
    rules = {"preset": "exam", "closes_at": timezone.now() + HOUR, **rules}
    return QuizPageFactory(parent=course_with(lessons=0, quiz=False), questions=questions, **rules)


def sat(quiz, is_right=True, enrolment=None):
    """An attempt begun an hour ago, handed in and marked."""
    attempt = open_attempt(quiz=quiz, enrolment=enrolment)
    Attempt.objects.filter(pk=attempt.pk).update(started_at=timezone.now() - HOUR)
    return actions.submit(attempt, timezone.now(), right_answers(attempt) if is_right else {})


def close(quiz):
    """The closing date goes by."""
    past = timezone.now() - HOUR
    QuizPage.objects.filter(pk=quiz.pk).update(closes_at=past)
    for attempt in Attempt.objects.filter(quiz=quiz):
        attempt.rules["closes_at"] = past.isoformat()
        attempt.save(update_fields=["rules"])
    close_expired_attempts_task()


def pages_of(attempt):
    return {
        "result": at("result", attempt.pk),
        "quiz": at("quiz", attempt.quiz_id),
        "progress": reverse("learning:progress", args=[attempt.enrolment_id]),
        "home": reverse("learning:home"),
        "course": reverse("learning:course", args=[attempt.enrolment.course.slug]),
    }


def read(client, attempt):
    """What a learner reads everywhere, without what names them, their course or the moment."""
    client.force_login(attempt.enrolment.person)
    found = {}
    for name, address in pages_of(attempt).items():
        page = text(client.get(address))
        for own in (str(attempt.enrolment.person), attempt.enrolment.person.first_name, attempt.quiz.title):
            page = page.replace(own, "…")
        found[name] = page
    return found


@pytest.mark.parametrize("max_attempts", [1, 2])
def test_who_passed_and_who_failed_read_the_same_until_the_closing(client, max_attempts):
    quiz = exam(max_attempts=max_attempts)
    now = datetime.datetime.now(datetime.UTC)
    passed, failed = sat(quiz), sat(quiz, is_right=False)
    Attempt.objects.update(submitted_at=now)
    before = read(client, passed)
    assert before == read(client, failed)
    assert "Votre note paraîtra ici après la clôture" in before["result"]
    close(quiz)
    after = read(client, passed)
    assert "Évaluation réussie" in after["result"]
    assert "Pas encore réussie" in read(client, failed)["result"]
    assert {name for name in after if after[name] != before[name]} >= {"result", "quiz", "progress", "home"}


def test_course_certificate_and_letters_wait_for_the_closing(run_jobs, django_capture_on_commit_callbacks):
    quiz = exam()
    with django_capture_on_commit_callbacks(execute=True):
        passed = sat(quiz)
        close_expired_attempts_task()
    run_jobs()
    assert (Attempt.objects.get().is_passed, Attempt.objects.get().is_withheld) == (True, True)
    facts = ProgressEvent, Completion, Certificate
    assert [model.objects.count() for model in facts] == [0, 0, 0]
    assert mail.outbox == []
    with django_capture_on_commit_callbacks(execute=True):
        close(quiz)
    run_jobs()
    with django_capture_on_commit_callbacks(execute=True):
        close_expired_attempts_task()
    run_jobs()
    assert [model.objects.count() for model in facts] == [1, 1, 1]
    assert Certificate.objects.get().person == passed.enrolment.person
    assert [letter.subject for letter in mail.outbox].count(f"Votre évaluation est corrigée : {quiz.title}") == 1


def test_whoever_reads_the_result_after_the_closing_need_not_wait_for_the_task(client):
    quiz = exam()
    attempt = sat(quiz)
    QuizPage.objects.filter(pk=quiz.pk).update(closes_at=None)
    Attempt.objects.update(rules={"preset": "exam"})
    client.force_login(attempt.enrolment.person)
    assert "votre certificat se prépare" in text(client.get(at("result", attempt.pk)))
    assert Enrolment.objects.get().state == "completed"


def test_another_attempt_may_be_made_whether_the_first_passed_or_not_and_the_best_counts():
    quiz = exam(max_attempts=2)
    first = sat(quiz)
    second = sat(quiz, is_right=False, enrolment=first.enrolment)
    assert (second.number, second.is_passed) == (2, False)
    close(quiz)
    assert [event.kind for event in ProgressEvent.objects.order_by("pk")] == ["passed", "failed"]
    assert Enrolment.objects.get().state == "completed"


def test_an_attempt_opened_again_is_released_once_submitted_again(run_jobs):
    quiz = exam()
    attempt, now = sat(quiz, is_right=False), timezone.now()
    reopen_attempt(attempt, "Coupure de courant.", trainer_of(attempt.enrolment.course), now, now + 4 * HOUR)
    close(quiz)
    run_jobs("assessment.tell_marked")
    assert (ProgressEvent.objects.count(), mail.outbox) == (0, [])
    actions.submit(attempt, timezone.now(), right_answers(attempt))
    assert ProgressEvent.objects.get().kind == "passed"


def test_marks_given_by_hand_and_decisions_since_are_told_at_the_closing_too(run_jobs):
    quiz = exam([essay_version().question, QuestionFactory(), QuestionFactory()])
    attempt = open_attempt(quiz=quiz)
    rows = {row.version.type: row for row in attempt.questions.select_related("version")}
    answers = {row.position: "Un texte." for row in rows.values() if row.version.type == "essay"}
    attempt = actions.submit(attempt, timezone.now(), answers)
    trainer = trainer_of(attempt.enrolment.course)
    mark_by_hand(rows["essay"], trainer, {"a": 2, "b": 2}, "", 0, timezone.now())
    for version in [row.version for row in attempt.questions.exclude(pk=rows["essay"].pk)]:
        decided = decide_regrade(quiz, version, "exclude", "Deux réponses justes.", trainer, timezone.now())
        apply_regrade(decided, attempt.pk, timezone.now())
    run_jobs()
    attempt.refresh_from_db()
    assert (attempt.is_passed, ProgressEvent.objects.count(), mail.outbox) == (True, 0, [])
    close(quiz)
    assert ProgressEvent.objects.get().kind == "passed"


def test_lists_of_the_back_office_tell_no_more_of_ones_own_attempt(client):
    quiz, unit = exam(), UnitFactory()
    course = quiz.get_parent().specific
    own, others = sat(quiz), sat(quiz)
    person = trainer_of(course)
    Enrolment.objects.filter(pk=own.enrolment_id).update(person=person)
    for one in (person, others.enrolment.person):
        PostFactory(person=one, unit=unit)
    person.is_staff = True
    person.save()
    give_role(person, Role.TRAINER, unit)
    client.force_login(person)
    lists = [reverse("assessment_course_attempt_list", args=[course.pk]), reverse("assessment_attempts:index")]

    def passes_in_exports():
        for address in lists:
            export = client.get(address, {"export": "csv", "is_passed": "true"})
            rows = b"".join(export.streaming_content).decode()
            yield [one.last_name in rows for one in (person, others.enrolment.person)]

    assert list(passes_in_exports()) == [[False, False], [False, False]]
    close(quiz)
    assert list(passes_in_exports()) == [[True, True], [True, True]]
