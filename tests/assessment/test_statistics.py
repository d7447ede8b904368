"""What answers say of questions: the figures, the sentences, and their computing over real attempts."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from lms.assessment import actions
from lms.assessment.actions.statistics import ask_statistics, compute_statistics, courses_to_compute
from lms.assessment.models import ItemStatistics, MarkLine
from lms.assessment.rules import statistics
from lms.assessment.rules.statistics import Answer, OptionCount, Tally, count_attempt, faults
from lms.assessment.tasks import compute_statistics_task
from lms.core.models import Job
from tests.factories.assessment import open_attempt, right_response
from tests.factories.courses import QuestionFactory, QuizPageFactory, course_with
from tests.factories.learning import EnrolmentFactory
from tests.factories.people import UserFactory

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def tallied(*attempts) -> dict[int, Tally]:
    """Tallies of attempts given as {version: share}."""
    tallies: dict[int, Tally] = {}
    for shares in attempts:
        answers = [Answer(version, share, 1.0, answered_at=NOON) for version, share in shares.items()]
        count_attempt(tallies, answers, NOON)
    return tallies


# --- Rules


def test_facility_is_the_mean_share_of_the_points():
    assert tallied({1: 1.0, 2: 0.5}, {1: 0.0, 2: 0.5})[1].facility_percent == 50
    assert Tally().facility_percent is None


def test_discrimination_compares_with_the_rest_of_the_attempt_alone():
    good = tallied({1: 1, 2: 1, 3: 1}, {1: 0, 2: 0, 3: 0}, {1: 1, 2: 1, 3: 0}, {1: 0, 2: 0, 3: 1})
    assert good[1].discrimination == pytest.approx(0.7071, abs=1e-3)
    contrary = tallied({1: 0, 2: 1, 3: 1}, {1: 1, 2: 0, 3: 0}, {1: 0, 2: 1, 3: 1}, {1: 1, 2: 0, 3: 1})
    assert contrary[1].discrimination < 0


def test_discrimination_says_nothing_when_all_did_the_same_or_the_question_is_alone():
    assert tallied({1: 1, 2: 1}, {1: 1, 2: 1})[1].discrimination is None
    assert tallied({1: 1}, {1: 0})[1].discrimination is None
    assert Tally().discrimination is None


@given(st.lists(st.tuples(*[st.sampled_from([0.0, 0.25, 0.5, 1.0])] * 3), min_size=2, max_size=40))
def test_discrimination_is_the_correlation_that_a_direct_computation_gives(rows):
    found = tallied(*(dict(enumerate(row)) for row in rows))[0].discrimination
    xs, ys = [row[0] for row in rows], [(row[1] + row[2]) / 2 for row in rows]
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    spread = sum((x - mean_x) ** 2 for x in xs) * sum((y - mean_y) ** 2 for y in ys)
    if spread < 1e-9:
        assert found is None
    else:
        product = sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True))
        assert found == pytest.approx(product / spread**0.5, abs=1e-6)


def test_opinions_weigh_on_nothing():
    tallies = tallied({1: 1, 2: None}, {1: 0, 2: None})
    assert set(tallies) == {1, 2}
    assert tallies[2].facility_percent is None
    assert tallies[2].answers == 2
    assert tallies[1].discrimination is None  # nothing else is marked


def test_only_answers_saved_one_by_one_are_timed():
    def at(version, seconds):
        return Answer(version, 1.0, 1.0, answered_at=NOON + timedelta(seconds=seconds))

    assert statistics.answer_seconds([at(1, 20), at(2, 50)], NOON) == {1: 20, 2: 30}
    assert statistics.answer_seconds([at(1, 20), at(2, 20), at(3, 60)], NOON) == {3: 40}
    assert statistics.answer_seconds([at(1, 3_600), at(2, 3_610)], NOON) == {2: 10}


@pytest.mark.parametrize(
    ("values", "expected"),
    [([1, 2, 3, 4], None), ([1, 2, 3, 4, 5], 3), ([1, 1, 2, 4, 9, 9], 3), ([7] * 8, 7)],
)
def test_median(values, expected):
    assert statistics.median(Counter(values)) == expected


def test_lesson_time_leaves_breaks_out():
    assert statistics.sitting_minutes(NOON, NOON + timedelta(minutes=8), statistics.LONGEST_LESSON) == 8
    assert statistics.sitting_minutes(NOON, NOON + timedelta(seconds=5), statistics.LONGEST_LESSON) == 1
    assert statistics.sitting_minutes(NOON, NOON + timedelta(hours=2), statistics.LONGEST_LESSON) is None


CONTENT = {"options": [{"id": "x", "text": "Oui"}, {"id": "y", "text": "Non"}], "answer": "x"}


def test_options_chosen_are_those_of_the_question():
    assert statistics.chosen("single", CONTENT, "x") == ("x",)
    assert statistics.chosen("single", CONTENT, None) == ()
    assert statistics.chosen("multiple", CONTENT, ["x", "z", 3]) == ("x",)
    assert statistics.chosen("true_false", {"answer": True}, False) == ("false",)
    assert statistics.chosen("true_false", {"answer": True}, None) == ()
    assert statistics.chosen("numeric", {"answer": "3"}, "3") == ()


def test_options_are_told_in_the_order_of_the_author():
    assert statistics.option_counts("single", CONTENT, {"y": 3}, 12) == [
        OptionCount("A", "Oui", True, 0, 0),
        OptionCount("B", "Non", False, 3, 25),
    ]
    assert [o.is_right for o in statistics.option_counts("true_false", {"answer": False}, {}, 0)] == [False, True]
    assert statistics.option_counts("numeric", {"answer": "3"}, {}, 5) == []


def options(right, *wrong):
    return [OptionCount("A", "Juste", True, right, 0)] + [
        OptionCount(chr(66 + rank), f"Leurre {rank}", False, count, 0) for rank, count in enumerate(wrong)
    ]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ((29, 99.0, -1.0), []),
        ((30, None, None), []),
        ((30, 60.0, 0.4), []),
        ((40, 98.0, 0.05), ["Trop facile : 98 % des points sont obtenus, elle n’apprend rien."]),
        ((40, 95.0, 0.2), []),
        (
            (40, 12.0, 0.3),
            ["Très difficile : 12 % des points sont obtenus. L’énoncé est-il clair, la leçon suffit-elle ?"],
        ),
        (
            (40, 50.0, -0.1),
            ["Les meilleurs se trompent plus souvent que les autres : vérifiez la bonne réponse et l’énoncé."],
        ),
        ((40, 50.0, 0.1), ["Elle distingue mal ceux qui savent des autres."]),
        (
            (40, 70.0, 0.3, options(28, 0, 12)),
            ["Personne ne choisit la réponse B (« Leurre 0 ») : elle ne trompe personne."],
        ),
        (
            (40, 30.0, 0.3, options(12, 20, 8)),
            ["La réponse fausse B (« Leurre 0 ») est choisie plus souvent que la bonne."],
        ),
        ((40, 70.0, 0.3, options(40, 0)), []),  # true or false, or two options: nothing else could be chosen
    ],
)
def test_faults_are_told_in_words_from_thirty_answers_on(told, expected):
    assert [fault.replace("\N{NO-BREAK SPACE}", " ") for fault in faults(*told)] == expected


def test_long_options_are_cut_in_sentences():
    assert statistics.shortened("a" * 80) == "a" * 59 + "…"


# --- Computing


def take(quiz, right: set[int]):
    """One learner's attempt: right at the questions of these ranks in the quiz."""
    attempt = open_attempt(EnrolmentFactory(course=quiz.get_parent().specific), quiz)
    asked = list(quiz.quiz_questions.values_list("question_id", flat=True))
    answers = {}
    for row in attempt.questions.select_related("version"):
        response = right_response(row)
        if asked.index(row.version.question_id) not in right:
            response = next(each["id"] for each in row.version.content["options"] if each["id"] != response)
        answers[row.position] = response
    return actions.submit(attempt, timezone.now(), answers)


@pytest.fixture
def quiz(db):
    return QuizPageFactory(parent=course_with(lessons=0, quiz=False), questions=QuestionFactory.create_batch(3))


def test_statistics_are_stored_by_question_of_the_quiz(quiz, django_assert_num_queries):
    for right in ({0, 1, 2}, {0, 1}, {0}, {0, 2}):
        take(quiz, right)
    assert compute_statistics(quiz, timezone.now()) == 3
    rows = ItemStatistics.objects.order_by("version__question")
    first, second, _third = rows
    assert [row.answer_count for row in rows] == [4, 4, 4]
    assert [row.facility_percent for row in rows] == [100, 50, 50]
    assert first.discrimination is None
    assert sum(first.choices.values()) == 4
    assert sorted(second.choices.values()) == [2, 2]
    assert not any(row.is_flagged for row in rows)
    with django_assert_num_queries(7):  # versions, answers, versions again, old ones, new ones, in a transaction
        compute_statistics(quiz, timezone.now())


def test_second_attempts_do_not_count(quiz):
    first = take(quiz, {0})
    again = open_attempt(first.enrolment, quiz)
    actions.submit(again, timezone.now(), {})
    compute_statistics(quiz, timezone.now())
    assert set(ItemStatistics.objects.values_list("answer_count", flat=True)) == {1}


def test_a_neutralised_question_and_answers_still_to_be_marked_are_left_out(quiz):
    attempt = take(quiz, {0})
    first, second, third = attempt.questions.all()
    line = {
        "points": 1,
        "max_points": 1,
        "author": UserFactory(),
        "reason": "Énoncé faux",
        "created_at": timezone.now(),
    }
    MarkLine.objects.create(attempt=attempt, question=first, kind=MarkLine.Kind.NEUTRALISE, **line)
    type(second).objects.filter(pk=second.pk).update(awaits_marking=True)
    compute_statistics(quiz, timezone.now())
    found = {row.version_id: row for row in ItemStatistics.objects.all()}
    assert set(found) == {second.version_id, third.version_id}
    assert found[second.version_id].facility_percent is None
    assert found[third.version_id].facility_percent is not None


def test_thirty_right_answers_flag_a_question_as_too_easy(quiz, monkeypatch):
    monkeypatch.setattr(statistics, "MIN_ANSWERS", 3)
    for right in ({0, 1}, {0, 2}, {0}):
        take(quiz, right)
    compute_statistics(quiz, timezone.now())
    easy = ItemStatistics.objects.get(version__question=quiz.quiz_questions.first().question)
    assert easy.is_flagged
    assert easy.faults_text.startswith("Trop facile")


def test_the_night_computes_what_changed_and_on_demand_says_how_far_it_is(quiz, run_jobs):
    take(quiz, {0})
    untouched = course_with()
    assert courses_to_compute() == [quiz.get_parent().specific]
    compute_statistics_task()
    (job,) = run_jobs("assessment.item_statistics")
    assert (job.state, job.percent) == (Job.State.DONE, 100)
    assert ItemStatistics.objects.count() == 3
    assert courses_to_compute() == []
    now = timezone.now()
    assert ask_statistics(untouched, now) == ask_statistics(untouched, now)


def test_one_pass_over_many_answers_holds_little_memory(quiz):
    """The sums of ten thousand attempts weigh as those of ten."""
    random, tallies = Random(5), {}
    for _rank in range(10_000):
        answers = [Answer(version, random.choice([0.0, 1.0]), 1.0, ("x",), NOON) for version in range(5)]
        count_attempt(tallies, answers, NOON)
    assert {
        version: (tally.answers, len(tally.choices), len(tally.seconds)) for version, tally in tallies.items()
    } == dict.fromkeys(range(5), (10000, 1, 0))
