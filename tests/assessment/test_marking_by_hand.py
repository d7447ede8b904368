"""Answers that a person marks: nothing is decided before, the queue, two markers at once, the learner told."""

from decimal import Decimal

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from courses.models import CoursePage, QuizPage
from courses.permissions import can_teach
from lms.assessment import actions
from lms.assessment.actions.marking import MarkedMeanwhile, mark_by_hand
from lms.assessment.models import MarkLine, ServedQuestion
from lms.assessment.models.telling import copy_code
from lms.assessment.rules.rubric import Criterion, criteria_of, rubric_points
from lms.core.models import AuditEntry
from lms.learning.actions import enrol, withdraw
from lms.learning.models import Completion, ProgressEvent
from lms.people.rules import Role
from tests.assessment.test_actions import at_once
from tests.factories.marking import RUBRIC, essay_attempt, essay_quiz, trainer_of
from tests.factories.people import UnitFactory, UserFactory, give_role

pytestmark = pytest.mark.django_db
LIST = "assessment_marking:index"


def submit_with_essay(attempt, text="Je ne clique pas."):
    """Submit with the essay written and the choice right."""
    rows = attempt.questions.select_related("version")
    answers = {row.position: text if row.version.type == "essay" else row.version.content["answer"] for row in rows}
    return actions.submit(attempt, timezone.now(), answers)


def essay_of(attempt):
    return attempt.questions.select_related("version").get(version__type="essay")


@pytest.fixture
def submitted():
    return submit_with_essay(essay_attempt())


@pytest.fixture
def trainer(client, submitted):
    """The client, signed in as who teaches the course."""
    person = trainer_of(submitted.enrolment.course)
    client.force_login(person)
    return person


def mark_at(row):
    return reverse("assessment_mark", args=[row.pk])


def form(a="2", b="2", seen=0, **more):
    return {"points-0": a, "points-1": b, "seen": seen, "comment": "Bien vu.", **more}


# --- The rule


def test_points_of_the_rubric_are_brought_to_those_of_the_question():
    criteria = criteria_of({"rubric": RUBRIC}, 10)
    assert rubric_points(criteria, {"a": Decimal(2), "b": Decimal("0.5")}, 10) == Decimal("6.25")


def test_without_a_rubric_the_answer_is_marked_as_a_whole():
    (whole,) = criteria_of({}, 3)
    assert (whole.points, rubric_points([whole], {whole.id: Decimal("1.5")}, 3)) == (3, Decimal("1.5"))
    assert rubric_points([Criterion("a", "Rien", Decimal(0))], {"a": Decimal(0)}, 3) == 0


# --- Before the mark


def test_nothing_is_decided_before_a_person_has_marked(submitted):
    assert (submitted.is_passed, submitted.awaits_marking) == (None, True)
    assert (submitted.awarded_points, submitted.max_points) == (1, 2)
    assert not ProgressEvent.objects.exists()
    with pytest.raises(actions.AttemptBeingMarked):
        actions.start_attempt(submitted.enrolment, submitted.quiz, timezone.now())


def test_an_essay_left_empty_needs_nobody():
    attempt = actions.submit(essay_attempt(), timezone.now())
    assert (attempt.is_passed, attempt.questions.filter(awaits_marking=True).exists()) == (False, False)


def test_a_submitted_essay_refuses_answers(submitted):
    with pytest.raises(actions.AttemptSubmitted):
        actions.save_answer(submitted.pk, essay_of(submitted).position, "Autre chose", timezone.now())


def test_the_learner_is_told_that_the_result_is_provisional(client, submitted):
    client.force_login(submitted.enrolment.person)
    page = client.get(reverse("assessment:result", args=[submitted.pk])).content.decode()
    assert "Réponses remises, correction en cours" in page
    assert "À corriger par une personne" in page
    assert "Pas encore réussie" not in page
    page = client.get(reverse("assessment:quiz", args=[submitted.quiz_id])).content.decode()
    assert "Votre tentative est en cours de correction" in page


# --- The mark


def test_marking_decides_and_tells_the_course_and_the_learner(
    client, trainer, submitted, run_jobs, django_capture_on_commit_callbacks
):
    row = essay_of(submitted)
    with django_capture_on_commit_callbacks():
        answer = client.post(mark_at(row), form(b="1.5", then="next"))
    assert answer.url.split("?")[0] == reverse(LIST)
    submitted.refresh_from_db()
    assert (submitted.is_passed, submitted.awarded_points, submitted.score_percent) == (True, Decimal("1.88"), 94)
    line = MarkLine.objects.get(kind="manual")
    assert (line.author, line.points, line.details["comment"]) == (trainer, Decimal("0.88"), "Bien vu.")
    assert ProgressEvent.objects.get().kind == "passed"
    assert AuditEntry.objects.get(verb="assessment.mark").actor_pk == str(trainer.pk)
    run_jobs("assessment.tell_marked")
    (letter,) = mail.outbox
    assert letter.to == [submitted.enrolment.person.email]
    assert reverse("assessment:result", args=[submitted.pk]) in letter.body
    client.force_login(submitted.enrolment.person)
    page = client.get(reverse("assessment:result", args=[submitted.pk])).content.decode()
    assert f"Corrigée par {trainer}" in page
    assert "Bien vu." in page
    assert "Note automatique" not in page  # the correction says it


def test_a_second_marker_is_told_who_marked_meanwhile(client, trainer, submitted):
    row = essay_of(submitted)
    other = trainer_of(submitted.enrolment.course)
    line = mark_by_hand(row, other, {"a": Decimal(1), "b": Decimal(1)}, "", 0, timezone.now())
    page = client.post(mark_at(row), form()).content.decode()
    assert f"{other} a corrigé cette réponse" in page
    assert "Votre note n’a pas été enregistrée" in page
    assert MarkLine.objects.filter(kind="manual").count() == 1
    assert f'value="{line.pk}"' in page  # sent again, it replaces: both stay in the ledger
    client.post(mark_at(row), form(seen=line.pk))
    assert list(MarkLine.objects.filter(kind="manual").values_list("author", flat=True)) == [other.pk, trainer.pk]


def test_two_marks_read_at_the_same_time_are_refused_to_the_second(submitted):
    row, given = essay_of(submitted), {"a": Decimal(2), "b": Decimal(2)}
    first = mark_by_hand(row, UserFactory(), given, "", 0, timezone.now())
    with pytest.raises(MarkedMeanwhile) as refusal:
        mark_by_hand(row, UserFactory(), given, "", 0, timezone.now())
    assert refusal.value.line == first


@pytest.mark.parametrize("wrong", [{"a": "3"}, {"a": "-1"}, {"a": ""}, {"a": "beaucoup"}])
def test_points_beyond_the_rubric_are_refused(client, trainer, submitted, wrong):
    page = client.post(mark_at(essay_of(submitted)), form(**wrong)).content.decode()
    assert "Donnez des points à chaque critère" in page
    assert not MarkLine.objects.filter(kind="manual").exists()


def test_who_passed_stays_so_when_a_mark_is_lowered_since(submitted):
    row = essay_of(submitted)
    line = mark_by_hand(row, UserFactory(), {"a": Decimal(2), "b": Decimal(2)}, "", 0, timezone.now())
    mark_by_hand(row, UserFactory(), {"a": Decimal(0), "b": Decimal(0)}, "", line.pk, timezone.now())
    submitted.refresh_from_db()
    assert (submitted.score_percent, submitted.is_passed) == (50, True)
    assert ProgressEvent.objects.count() == 1


def test_a_mark_given_after_the_course_was_given_up_counts_for_who_comes_back():
    attempt = submit_with_essay(essay_attempt())
    enrolment = attempt.enrolment
    withdraw(enrolment)
    given = {"a": Decimal(2), "b": Decimal(2)}
    mark_by_hand(essay_of(attempt), UserFactory(), given, "", 0, timezone.now())
    assert not Completion.objects.exists()
    assert enrol(enrolment.person, enrolment.course, timezone.now()).state == "completed"
    assert Completion.objects.get().enrolment == enrolment


# --- The queue


def test_the_queue_gives_the_oldest_first_and_goes_on_to_the_next(client):
    quiz = essay_quiz()
    first, second = (submit_with_essay(essay_attempt(quiz), text) for text in ("Premier texte", "Second texte"))
    client.force_login(trainer_of(first.enrolment.course))
    page = client.get(reverse(LIST)).content.decode()
    assert page.index(str(first.enrolment.person)) < page.index(str(second.enrolment.person))
    assert "Réponses à corriger" in page
    assert f"{quiz.title} (2)" in page
    assert mark_at(essay_of(first)) in page
    page = client.get(mark_at(essay_of(first))).content.decode()
    assert "Premier texte" in page
    assert "1 autre réponse attend" in page
    answer = client.post(mark_at(essay_of(first)) + f"?quiz={quiz.pk}", form(then="next"))
    assert answer.url == f"{mark_at(essay_of(second))}?quiz={quiz.pk}"


def test_the_marker_of_an_anonymous_quiz_sees_no_name(client):
    attempt = submit_with_essay(essay_attempt(essay_quiz(anonymous_marking=True)))
    client.force_login(trainer_of(attempt.enrolment.course))
    row, person = essay_of(attempt), attempt.enrolment.person
    pages = [client.get(reverse(LIST)), client.get(mark_at(row))]
    texts = [page.content.decode() for page in pages]
    texts.append(b"".join(client.get(reverse(LIST), {"export": "csv"}).streaming_content).decode())
    for text in texts:
        assert f"Copie {copy_code(attempt.pk)}" in text
        assert person.last_name not in text
        assert person.email not in text


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_two_markers_at_once_one_writes_and_the_other_is_told():
    attempt = submit_with_essay(essay_attempt())
    row, course = essay_of(attempt), attempt.enrolment.course
    markers = iter([trainer_of(course) for _ in range(4)])

    def run():
        try:
            return mark_by_hand(row, next(markers), {"a": Decimal(2), "b": Decimal(1)}, "", 0, timezone.now()).pk
        except MarkedMeanwhile as meanwhile:
            return meanwhile.line.pk

    known = set(at_once(run, times=4))
    line = MarkLine.objects.get(kind="manual")
    assert known == {line.pk}
    assert ProgressEvent.objects.count() == 1
    attempt.refresh_from_db()
    assert (attempt.awarded_points, attempt.awaits_marking) == (Decimal("1.75"), False)


def test_an_empty_queue_says_so(client, trainer, submitted):
    QuizPage.objects.update(anonymous_marking=False)
    mark_by_hand(essay_of(submitted), trainer, {"a": Decimal(2), "b": Decimal(2)}, "", 0, timezone.now())
    page = client.get(reverse(LIST)).content.decode()
    assert "Corriger la plus ancienne" not in page
    assert "Que faites-vous" not in page


@pytest.mark.parametrize("who", ["trainer", "other trainer", "learner", *Role])
def test_only_those_who_teach_the_course_mark(client, submitted, who):
    row = essay_of(submitted)
    if who == "trainer":
        person = trainer_of(submitted.enrolment.course)
    elif who == "other trainer":
        person = trainer_of(essay_attempt().enrolment.course)
    elif who == "learner":
        person = submitted.enrolment.person
    else:
        person = UserFactory(is_staff=True)
        give_role(person, who, UnitFactory())
    client.force_login(person)
    page = client.get(reverse(LIST))
    shown = page.status_code == 200 and "Que faites-vous" in page.content.decode()
    client.post(mark_at(row), form())
    may = can_teach(person, CoursePage.objects.get(pk=submitted.enrolment.course_id))
    assert may == (who in ("trainer", Role.ADMINISTRATOR))  # trainers of another unit write other courses
    assert (shown, MarkLine.objects.filter(kind="manual").exists()) == (may, may)


def test_nobody_marks_their_own_answers(client, submitted):
    person = trainer_of(submitted.enrolment.course)
    submitted.enrolment.person = person
    submitted.enrolment.save(update_fields=["person"])
    client.force_login(person)
    assert not ServedQuestion.objects.to_mark_by(person).exists()
    assert client.get(mark_at(essay_of(submitted))).url == reverse("wagtailadmin_home")  # Wagtail's way to refuse


@pytest.mark.parametrize("count", [1, 3])
def test_the_queue_costs_the_same_for_any_length(client, count, django_assert_num_queries):
    quiz = essay_quiz()
    for _ in range(count):
        attempt = submit_with_essay(essay_attempt(quiz))
    client.force_login(trainer_of(attempt.enrolment.course))
    client.get(reverse(LIST))  # warm caches
    with django_assert_num_queries(15):
        client.get(reverse(LIST))
    with django_assert_num_queries(16):
        client.get(mark_at(essay_of(attempt)))
