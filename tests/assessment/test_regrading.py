"""A faulty question: foreseen, decided, applied once to each attempt; nobody loses a pass, some gain one."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from random import Random

import pytest
from django.core import mail
from django.db import OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from lms.assessment import actions
from lms.assessment.actions.appeals import flag_question
from lms.assessment.actions.marking import mark_by_hand
from lms.assessment.actions.regrading import (
    NothingLeft,
    NotRegradable,
    apply_regrade,
    decide_regrade,
    forecasts,
    to_regrade,
)
from lms.assessment.models import QuestionFlag, Regrade
from lms.assessment.models.telling import copy_code
from lms.assessment.rules.regrading import EXCLUDE, FULL, NEW_KEY, Forecast, Standing, forecast, regraded
from lms.core.models import AuditEntry
from lms.learning.models import ProgressEvent
from lms.people.models import User
from lms.people.rules import Role
from tests.assessment.test_actions import at_once
from tests.assessment.test_presentation import quiz_with_draws
from tests.factories.assessment import open_attempt, right_answers
from tests.factories.courses import QuestionFactory, QuizPageFactory
from tests.factories.learning import EnrolmentFactory
from tests.factories.marking import essay_quiz, trainer_of
from tests.factories.people import UnitFactory, UserFactory, give_role

ONE, NOTHING = (Decimal(1), Decimal(1)), (Decimal(0), Decimal(1))


# --- The rules


@pytest.mark.parametrize(
    ("treatment", "kind", "now", "expected"),
    [
        (EXCLUDE, "automatic", ONE, (0, 0)),
        (EXCLUDE, None, None, (0, 0)),  # it waited for a mark
        (EXCLUDE, "neutralise", (Decimal(0), Decimal(0)), None),
        (FULL, "manual", NOTHING, (1, 1)),
        (FULL, "automatic", ONE, None),
        (NEW_KEY, "automatic", NOTHING, (Decimal("0.5"), 1)),
        (NEW_KEY, "regrade", NOTHING, (Decimal("0.5"), 1)),
        (NEW_KEY, "manual", NOTHING, None),  # a person's word prevails
        (NEW_KEY, "appeal", NOTHING, None),
        (NEW_KEY, "neutralise", NOTHING, None),
        (NEW_KEY, None, None, None),
    ],
)
def test_a_treatment_gives_a_question_its_mark(treatment, kind, now, expected):
    assert regraded(treatment, kind, now, 1, Decimal("0.5")) == expected


def standing(awarded, is_passed, mark, kind="automatic"):
    return Standing(Decimal(awarded), Decimal(2), 70, is_passed, kind, mark, 1, Decimal(0))


def test_a_forecast_counts_who_rises_falls_passes_and_keeps():
    rows = [standing(1, False, NOTHING), standing(1, False, ONE), standing(2, True, ONE), standing(0, None, None, None)]
    assert forecast(EXCLUDE, rows) == Forecast(concerned=4, changed=4, rising=1, falling=1, newly_passed=1, awaiting=1)
    assert forecast(NEW_KEY, rows) == Forecast(concerned=4, changed=2, falling=2, kept=1, awaiting=1)


# --- The decision


@pytest.fixture
def quiz(db):
    return QuizPageFactory(questions=[QuestionFactory(), QuestionFactory()])


def submitted(quiz, right):
    """An attempt of somebody new: right at both questions (2), at the second alone (1) or at none (0)."""
    attempt = open_attempt(quiz=quiz)
    rows = attempt.questions.select_related("version").order_by("version__question")
    faulty, sound = rows
    kept = {0: [], 1: [sound.position], 2: [faulty.position, sound.position]}[right]
    answers = {position: answer for position, answer in right_answers(attempt).items() if position in kept}
    return actions.submit(attempt, timezone.now(), answers)


@pytest.fixture
def faulty(quiz):
    return quiz.quiz_questions.order_by("question").first().question.current_version()


def decided_for(quiz, version, treatment=EXCLUDE):
    return decide_regrade(quiz, version, treatment, "Deux réponses étaient justes.", UserFactory(), timezone.now())


def test_neutralising_lets_pass_those_who_failed_for_it(quiz, faulty, run_jobs, django_capture_on_commit_callbacks):
    passed, failed, lost = (submitted(quiz, right) for right in (2, 1, 0))
    assert forecasts(quiz, faulty)[EXCLUDE] == Forecast(concerned=3, changed=3, rising=1, newly_passed=1)
    with django_capture_on_commit_callbacks():
        decided = decided_for(quiz, faulty)
    assert decided.marks.count() == 0
    run_jobs("assessment.regrade")
    for attempt in (passed, failed, lost):
        attempt.refresh_from_db()
    assert [one.is_passed for one in (passed, failed, lost)] == [True, True, False]
    assert (failed.score_percent, failed.max_points) == (100, 1)
    assert list(decided.marks.filter(details__newly_passed=True).values_list("attempt", flat=True)) == [failed.pk]
    events = ProgressEvent.objects.filter(enrolment=failed.enrolment).order_by("pk")
    assert [event.kind for event in events] == ["failed", "passed"]
    assert AuditEntry.objects.get(verb="assessment.regrade").details["reason"] == decided.reason
    run_jobs("assessment.tell_regraded")
    letters = {letter.to[0]: letter.body for letter in mail.outbox}
    assert "Avec elle, l’évaluation est réussie." in letters[failed.enrolment.person.email]
    assert decided.reason in letters[lost.enrolment.person.email]


def test_applying_twice_changes_nothing(quiz, faulty):
    attempt = submitted(quiz, 1)
    decided = decided_for(quiz, faulty)
    assert list(to_regrade(decided)) == [attempt.pk]
    assert apply_regrade(decided, attempt.pk, timezone.now()).points == 0
    assert apply_regrade(decided, attempt.pk, timezone.now()) is None
    assert list(to_regrade(decided)) == []
    assert ProgressEvent.objects.filter(kind="passed").count() == 1


def test_full_points_to_everyone(quiz, faulty):
    attempt = submitted(quiz, 0)
    apply_regrade(decided_for(quiz, faulty, FULL), attempt.pk, timezone.now())
    attempt.refresh_from_db()
    assert (attempt.awarded_points, attempt.max_points, attempt.score_percent) == (1, 2, 50)


def test_a_corrected_key_is_applied_and_takes_no_pass_away(quiz, faulty):
    passed, failed = submitted(quiz, 2), submitted(quiz, 1)
    wrong = next(each["id"] for each in faulty.content["options"] if each["id"] != faulty.content["answer"])
    row = failed.questions.get(version=faulty)
    type(row).objects.filter(pk=row.pk).update(response=wrong)
    with pytest.raises(NotRegradable):
        decided_for(quiz, faulty, NEW_KEY)
    faulty.question.versions.create(
        number=2,
        type="single",
        prompt=faulty.prompt,
        content={**faulty.content, "answer": wrong},
        fingerprint="corrigée",
    )
    assert forecasts(quiz, faulty)[NEW_KEY] == Forecast(
        concerned=2, changed=2, rising=1, falling=1, newly_passed=1, kept=1
    )
    decided = decided_for(quiz, faulty, NEW_KEY)
    for attempt in (passed, failed):
        apply_regrade(decided, attempt.pk, timezone.now())
        attempt.refresh_from_db()
    assert [(one.score_percent, one.is_passed) for one in (passed, failed)] == [(50, True), (100, True)]
    assert ProgressEvent.objects.filter(enrolment=passed.enrolment).count() == 1


def test_an_attempt_under_way_is_treated_when_it_is_submitted(quiz, faulty):
    attempt = open_attempt(quiz=quiz)
    decided = decided_for(quiz, faulty)
    assert list(to_regrade(decided)) == []
    answers = right_answers(attempt)
    answers[attempt.questions.get(version=faulty).position] = None
    result = actions.submit(attempt, timezone.now(), answers)
    assert (result.score_percent, result.max_points, result.is_passed) == (100, 1, True)
    assert decided.marks.get().attempt == attempt


def test_a_neutralised_version_is_asked_no_more_until_corrected(quiz, faulty):
    decided_for(quiz, faulty)
    attempt = open_attempt(quiz=quiz)
    assert attempt.questions.count() == 1
    assert not attempt.questions.filter(version=faulty).exists()
    question = faulty.question
    question.prompt = "Énoncé corrigé ?"
    question.save()
    assert open_attempt(quiz=quiz).questions.count() == 2


@pytest.mark.django_db
def test_a_draw_takes_no_neutralised_question_and_is_no_shorter_while_the_bank_fills_it():
    """Of three that match, two are drawn; of two neutralised then, what is left is asked rather than nothing."""
    pool = QuestionFactory.create_batch(3, level=2)
    quiz = quiz_with_draws({"count": 2, "level": 2})
    first, second, sound = (question.current_version() for question in pool)
    decided_for(quiz, first)
    course = course_of(quiz)
    for seed in range(4):
        attempt = actions.start_attempt(EnrolmentFactory(course=course), quiz, timezone.now(), Random(seed))
        assert set(attempt.questions.values_list("version", flat=True)) == {second.pk, sound.pk}
    decided_for(quiz, second, FULL)
    assert list(open_attempt(quiz=quiz).questions.values_list("version", flat=True)) == [sound.pk]


@pytest.mark.parametrize("treatment", [EXCLUDE, FULL])
def test_the_last_question_that_counts_is_not_neutralised(client, quiz, faulty, treatment):
    submitted(quiz, 0)
    decided_for(quiz, faulty)
    last = quiz.quiz_questions.order_by("question").last().question.current_version()
    with pytest.raises(NothingLeft):
        decided_for(quiz, last, treatment)
    client.force_login(trainer_of(course_of(quiz)))
    address = at("decide_regrade", quiz.pk, last.pk)
    assert "Dans 1 tentative, aucune autre question ne compte" in client.get(address).content.decode()
    page = client.post(address, {"treatment": treatment, "reason": "Ambiguë."}).content.decode()
    assert "Cette question est la dernière qui compte" in page
    assert "Ambiguë." in page
    assert Regrade.objects.count() == 1


def test_an_attempt_under_way_keeps_a_question_that_counts(quiz, faulty):
    """It drew one question alone: neutralised, that would give it everything."""
    attempt = open_attempt(quiz=quiz)
    attempt.questions.exclude(version=faulty).delete()
    with pytest.raises(NothingLeft):
        decided_for(quiz, faulty)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_decisions_at_once_do_not_neutralise_everything():
    quiz = QuizPageFactory(questions=[QuestionFactory(), QuestionFactory()])
    submitted(quiz, 0)
    versions = iter([each.question.current_version() for each in quiz.quiz_questions.all()])

    def run():
        try:
            return decided_for(quiz, next(versions))
        except NothingLeft:
            return None

    assert at_once(run, times=2).count(None) == 1
    assert Regrade.objects.count() == 1


@pytest.mark.django_db
def test_names_stay_hidden_until_marking_ends_where_it_is_anonymous(client):
    quiz = essay_quiz(anonymous_marking=True)
    attempt = open_attempt(quiz=quiz)
    rows = {row.version.type: row for row in attempt.questions.select_related("version", "attempt")}
    flag_question(rows["single"], "Une faute.", timezone.now())
    actions.submit(attempt, timezone.now(), {rows["essay"].position: "Un texte."})
    decided = decided_for(quiz, rows["single"].version)
    apply_all(decided)
    trainer, name = trainer_of(course_of(quiz)), attempt.enrolment.person.last_name
    client.force_login(trainer)
    pages = [at("regrade", decided.pk), at("flag", QuestionFlag.objects.get().pk)]
    for address in pages:
        page = client.get(address).content.decode()
        assert (f"Copie {copy_code(attempt.pk)}" in page, name in page) == (True, False)
    mark_by_hand(rows["essay"], trainer, {"a": Decimal(1), "b": Decimal(1)}, "", 0, timezone.now())
    for address in pages:
        assert name in client.get(address).content.decode()


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_decision_without_a_reason_is_refused(quiz, faulty, reason):
    with pytest.raises(NotRegradable):
        decide_regrade(quiz, faulty, EXCLUDE, reason, UserFactory(), timezone.now())


# --- The pages


def at(name, *args):
    return reverse(f"assessment_{name}", args=args)


def course_of(quiz):
    return quiz.get_parent().specific


def test_a_trainer_foresees_decides_and_follows(client, quiz, faulty, run_jobs, django_capture_on_commit_callbacks):
    attempt = submitted(quiz, 1)
    client.force_login(trainer_of(course_of(quiz)))
    page = client.get(at("quiz_questions", quiz.pk)).content.decode()
    assert at("decide_regrade", quiz.pk, faulty.pk) in page
    address = at("decide_regrade", quiz.pk, faulty.pk)
    page = client.get(address).content.decode()
    assert "Ce que ferait chaque décision" in page
    assert "renoter avec" not in page.lower().split("<form method")[1]  # no corrected question yet
    page = client.post(address, {"treatment": EXCLUDE, "reason": ""}).content.decode()
    assert "Champ requis." in page
    with django_capture_on_commit_callbacks():
        answer = client.post(address, {"treatment": EXCLUDE, "reason": "Ambiguë."})
    decided = Regrade.objects.get()
    assert answer.url == at("regrade", decided.pk)
    assert "Aucune note n’a changé pour l’instant." in client.get(answer.url).content.decode()
    run_jobs("assessment.regrade")
    page = client.get(answer.url).content.decode()
    assert "Toutes les tentatives sont renotées." in page
    assert str(attempt.enrolment.person) in page
    assert "Ambiguë." in client.get(reverse("assessment_regrades:index"), {"export": "csv"}).getvalue().decode()
    assert "Déjà décidé" in client.get(address).content.decode()


def test_the_learner_reads_the_decision(client, quiz, faulty):
    attempt = submitted(quiz, 1)
    apply_regrade(decided_for(quiz, faulty), attempt.pk, timezone.now())
    client.force_login(attempt.enrolment.person)
    page = client.get(reverse("assessment:result", args=[attempt.pk])).content.decode()
    assert "Question neutralisée" in page
    assert "Deux réponses étaient justes." in page
    assert "Question neutralisée : elle ne compte pas" in page
    assert "À revoir" not in page  # the other one was right


@pytest.mark.parametrize("who", ["other trainer", "learner", Role.HR, Role.CERTIFICATION])
def test_who_does_not_teach_the_course_finds_nothing(client, quiz, faulty, who):
    attempt = submitted(quiz, 1)
    decided = decided_for(quiz, faulty)
    person = {
        "other trainer": lambda: trainer_of(course_of(QuizPageFactory())),
        "learner": lambda: attempt.enrolment.person,
    }.get(who, lambda: _with_role(who))()
    client.force_login(person)
    pages = [at("quiz_questions", quiz.pk), at("decide_regrade", quiz.pk, faulty.pk), at("regrade", decided.pk)]
    for address in pages:
        assert client.get(address).status_code in (302, 403, 404)
    client.post(pages[1], {"treatment": EXCLUDE, "reason": "Pour voir."})
    page = client.get(reverse("assessment_regrades:index"))
    assert page.status_code == 302 or faulty.prompt not in page.content.decode()
    assert Regrade.objects.count() == 1


def _with_role(role) -> User:
    person = UserFactory(is_staff=True)
    give_role(person, role, UnitFactory())
    return person


def test_pages_cost_the_same_for_one_row_and_for_three(client, quiz, faulty):
    submitted(quiz, 1)
    decided = decided_for(quiz, faulty)
    client.force_login(trainer_of(course_of(quiz)))
    pages = [
        at("quiz_questions", quiz.pk),
        at("decide_regrade", quiz.pk, faulty.pk),
        at("regrade", decided.pk),
        reverse("assessment_regrades:index"),
    ]
    apply_all(decided)
    client.get(pages[0])  # warm caches
    one = [queries_of(client, address) for address in pages]
    for _ in range(2):
        submitted_with(quiz, faulty)
    apply_all(decided)
    assert decided.marks.count() == 3
    assert [queries_of(client, address) for address in pages] == one
    assert max(one) <= 20


def apply_all(decided):
    for attempt in list(to_regrade(decided)):
        apply_regrade(decided, attempt, timezone.now())


def submitted_with(quiz, version):
    """An attempt that was served a version which is asked no more; somebody decided about each."""
    attempt = open_attempt(quiz=quiz)
    attempt.questions.create(position=9, version=version, points=1)
    actions.submit(attempt, timezone.now())
    decided_for(QuizPageFactory(parent=course_of(quiz)), version)
    return attempt


def queries_of(client, address) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite writes one at a time")
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_decision_waits_for_the_attempt_that_is_being_marked():
    """Taken meanwhile, its job would find nothing to treat, and the marking had not read it."""
    quiz = QuizPageFactory(questions=[QuestionFactory(), QuestionFactory()])
    version = quiz.quiz_questions.first().question.current_version()
    attempt = open_attempt(quiz=quiz)

    def decided_meanwhile():
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '100ms'")
        try:
            decided_for(quiz, version)
        except OperationalError:
            return "waits"
        finally:
            connection.close()

    with transaction.atomic(), ThreadPoolExecutor(1) as pool:
        actions.submit(attempt, timezone.now())
        assert pool.submit(decided_meanwhile).result() == "waits"
    assert list(to_regrade(decided_for(quiz, version))) == [attempt.pk]
