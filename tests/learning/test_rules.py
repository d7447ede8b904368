"""The completion rule, what each fact changes, and what comes next."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.learning import rules
from lms.learning.rules import Progress

NOON = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.UTC)
LATER = NOON + datetime.timedelta(hours=1)


@dataclass
class Item:
    id: int
    kind: str
    title: str
    module: object = None
    first_published_at: datetime.datetime | None = None
    published_at: datetime.datetime | None = None


LESSON, QUIZ = Item(1, "lesson", "Écrire un message"), Item(2, "quiz", "Contrôle")
DONE, PASSED = Progress("completed", updated_at=NOON), Progress("completed", "passed", Decimal("85.00"), NOON)


def facts(progress):
    return [(c.code, c.is_met, c.fact, c.at) for c in rules.conditions([LESSON, QUIZ], progress)]


def test_nothing_done_says_what_is_missing():
    assert facts({}) == [
        ("lesson:1", False, "Pas encore terminée.", None),
        ("quiz:2", False, "Pas encore passée.", None),
    ]


def test_each_condition_names_the_fact_that_met_it_and_when():
    assert facts({1: DONE, 2: PASSED}) == [
        ("lesson:1", True, "Vous l’avez terminée.", NOON),
        ("quiz:2", True, "Réussie avec 85 %.", NOON),
    ]


def test_a_lesson_opened_and_a_quiz_failed_are_not_met():
    failed = Progress("incomplete", "failed", Decimal("62.50"), NOON)
    assert facts({1: Progress("incomplete", updated_at=NOON), 2: failed}) == [
        ("lesson:1", False, "Ouverte, pas encore terminée.", None),
        ("quiz:2", False, "Pas encore réussie ; meilleure note : 62,5 %.", None),
    ]


def test_labels_name_the_item():
    labels = [condition.label for condition in rules.conditions([LESSON, QUIZ], {})]
    assert labels == ["Leçon « Écrire un message » terminée", "Évaluation « Contrôle » réussie"]


def test_a_condition_fits_json():
    (condition,) = rules.conditions([LESSON], {1: DONE})
    assert condition.as_json()["at"] == "2026-11-22T12:00:00+00:00"
    assert rules.conditions([QUIZ], {})[0].as_json()["at"] is None


@pytest.mark.parametrize(
    ("progress", "met"), [({}, False), ({1: DONE}, False), ({2: PASSED}, False), ({1: DONE, 2: PASSED}, True)]
)
def test_a_course_is_completed_when_every_condition_is_met(progress, met):
    assert rules.are_met(rules.conditions([LESSON, QUIZ], progress)) is met


def test_what_was_unpublished_does_not_block():
    assert rules.are_met(rules.conditions([LESSON], {1: DONE}))


def test_a_course_that_asks_for_nothing_is_not_completed():
    assert not rules.are_met([])


@pytest.mark.parametrize(
    ("before", "kind", "score", "expected"),
    [
        (Progress(), "started", None, ("incomplete", "unknown", None)),
        (Progress(), "completed", None, ("completed", "unknown", None)),
        (Progress(), "failed", "40", ("incomplete", "failed", "40")),
        (Progress(), "passed", "80", ("completed", "passed", "80")),
        (Progress("incomplete", "failed", Decimal(40)), "passed", "80", ("completed", "passed", "80")),
        (PASSED, "failed", "10", ("completed", "passed", "85")),
        (PASSED, "started", None, ("completed", "passed", "85")),
        (DONE, "started", None, ("completed", "unknown", None)),
    ],
)
def test_what_a_fact_changes(before, kind, score, expected):
    after = rules.after(before, kind, None if score is None else Decimal(score), LATER)
    wanted = (*expected[:2], None if expected[2] is None else Decimal(expected[2]))
    assert (after.completion, after.success, after.score_percent) == wanted


def test_what_is_asked_again_stays_done_until_it_is_done_anew():
    asked = rules.after(DONE, "asked_again", None, LATER)
    assert (asked.completion, asked.is_asked_again, asked.updated_at) == ("completed", True, DONE.updated_at)
    assert rules.after(asked, "started", None, LATER).is_asked_again
    again = rules.after(asked, "completed", None, LATER)
    assert (again.completion, again.is_asked_again, again.updated_at) == ("completed", False, LATER)
    assert rules.after(Progress("incomplete"), "asked_again", None, LATER) == Progress("incomplete")


def test_a_fact_that_changes_nothing_keeps_the_date_of_the_one_that_did():
    assert rules.after(DONE, "completed", None, LATER) is DONE


@given(st.lists(st.tuples(st.sampled_from(["started", "completed", "passed", "failed"]), st.integers(0, 100))))
def test_nothing_done_is_ever_undone(events):
    progress, was_completed, was_passed = Progress(), False, False
    for kind, score in events:
        progress = rules.after(progress, kind, Decimal(score), NOON)
        was_completed = was_completed or progress.completion == "completed"
        was_passed = was_passed or progress.success == "passed"
        assert (progress.completion == "completed", progress.success == "passed") == (was_completed, was_passed)


@pytest.mark.parametrize(
    ("value", "score"), [({}, None), ({"score_percent": "85.00"}, Decimal(85)), ({"score_percent": None}, None)]
)
def test_the_score_a_fact_carries(value, score):
    assert rules.score_of(value) == score


@pytest.mark.parametrize(
    ("done", "last", "expected"),
    [
        (set(), None, 1),
        ({1}, None, 2),
        ({1}, 1, 2),
        (set(), 2, 2),
        ({2}, 2, 3),
        ({2, 3}, 3, 1),
        ({1, 2, 3}, 3, None),
        (set(), 99, 1),
    ],
)
def test_next_item_is_where_one_stopped_or_what_follows(done, last, expected):
    items = [Item(n, "lesson", str(n)) for n in (1, 2, 3)]
    found = rules.next_item(items, done, last)
    assert (found.id if found else None) == expected


@pytest.mark.parametrize(("done", "total", "percent"), [(0, 0, 0), (0, 3, 0), (1, 3, 33), (2, 3, 66), (3, 3, 100)])
def test_progress_percent(done, total, percent):
    assert rules.progress_percent(done, total) == percent


def test_news_are_what_was_added_and_what_changed_after_it_was_done():
    old, new = NOON - datetime.timedelta(days=1), LATER
    items = [
        Item(1, "lesson", "Faite, inchangée", None, old, old),
        Item(2, "lesson", "Faite, modifiée", None, old, new),
        Item(3, "lesson", "À faire, modifiée", None, old, new),
        Item(4, "lesson", "Ajoutée", None, new, new),
        Item(5, "quiz", "Sans date"),
    ]
    news = rules.news(items, {1: DONE, 2: DONE}, old)
    assert (news.since, [i.id for i in news.added], [i.id for i in news.changed], bool(news)) == (NOON, [4], [2], True)
    assert not rules.news(items[:1], {1: DONE}, old)
    assert rules.news(items, {}, LATER).since == LATER
