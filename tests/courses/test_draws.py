"""Draws: which questions match, whether the bank fills them, what chance gives."""

from random import Random

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from courses.draws import pools_of, shortfalls_of
from courses.models import Question, QuestionTag, QuizDraw, QuizPage
from courses.rules.draws import draw, shortfalls
from tests.factories.courses import QuestionFactory, QuizPageFactory
from tests.factories.people import UserFactory
from tests.factories.skills import CompetenceFactory

pools = st.lists(st.lists(st.integers(0, 12), unique=True), min_size=1, max_size=4)


@given(pools, st.data())
def test_draws_never_share_a_question_and_take_only_their_own(found, data):
    counts = [data.draw(st.integers(1, 5)) for _ in found]
    drawn = draw(found, counts, Random(data.draw(st.integers())))
    everything = [question for questions in drawn for question in questions]
    assert len(everything) == len(set(everything))
    for pool, count, questions in zip(found, counts, drawn, strict=True):
        assert set(questions) <= set(pool)
        assert len(questions) <= count


@given(pools, st.data())
def test_as_many_questions_are_drawn_as_any_choice_could(found, data):
    """Hall: a set of draws lacks at least what it asks beyond the questions it can reach; the worst set says how many."""
    counts = [data.draw(st.integers(1, 5)) for _ in found]
    worst = 0
    for chosen in range(2 ** len(found)):
        picked = [rank for rank in range(len(found)) if chosen >> rank & 1]
        reach = set().union(*(found[rank] for rank in picked))
        worst = max(worst, sum(counts[rank] for rank in picked) - len(reach))
    assert sum(shortfalls(found, counts)) == worst


def test_a_question_changes_hands_when_only_so_both_draws_are_served():
    assert {tuple(map(tuple, draw([[1, 2], [1]], [1, 1], Random(seed)))) for seed in range(9)} == {((2,), (1,))}


def test_unseen_questions_come_first():
    for seed in range(9):
        (drawn,) = draw([range(1, 7)], [4], Random(seed), seen={1, 2, 3})
        assert {4, 5, 6} <= set(drawn)
        first, second = draw([[1, 2], [1, 4]], [1, 1], Random(seed), seen={2, 4})
        assert 1 in first + second


def test_chance_gives_different_questions():
    assert len({tuple(sorted(draw([range(20)], [5], Random(seed))[0])) for seed in range(9)}) > 1


# --- Against the bank

pytestmark = pytest.mark.django_db


def test_a_draw_takes_what_it_says_and_nothing_that_a_person_or_nobody_marks():
    competence, tag = CompetenceFactory(), QuestionTag.objects.create(name="réseau")
    wanted = QuestionFactory(competence=competence, level=2, difficulty="medium")
    wanted.tags.add(tag)
    QuestionFactory(competence=competence, level=3, difficulty="medium").tags.add(tag)
    QuestionFactory(competence=competence, level=2, difficulty="hard").tags.add(tag)
    QuestionFactory(competence=competence, level=2, difficulty="medium")
    QuestionFactory(level=2, difficulty="medium").tags.add(tag)
    bank = Question.objects.all()
    draws = [QuizDraw(competence=competence, level=2, difficulty="medium", tag=tag), QuizDraw(tag=tag, count=4)]
    narrow, wide = pools_of(bank, draws)
    assert narrow == [wanted.pk]
    assert len(wide) == 4
    assert pools_of(bank, draws, without=[wanted.pk])[0] == []
    assert shortfalls_of(bank, draws) == [(1, 4), (4, 1)]


def test_a_draw_counts_the_latest_version(monkeypatch):
    QuestionFactory(level=2)
    monkeypatch.setattr("courses.draws.UNMARKED_TYPES", frozenset({"single"}))
    assert pools_of(Question.objects.all(), [QuizDraw(level=2)]) == [[]]


@pytest.mark.parametrize("count", [1, 3])
def test_pools_cost_one_query_for_any_number_of_draws(count, django_assert_num_queries):
    QuestionFactory(level=2)
    with django_assert_num_queries(1):
        pools_of(Question.objects.all(), [QuizDraw(level=2) for _ in range(count)])


# --- In the editor


@pytest.fixture
def editor(client):
    client.force_login(UserFactory(is_superuser=True))
    return client


def form_of(page, questions=(), draws=(), **changes):
    rules = {name: getattr(page, name) for name in ("preset", "assurance", "max_attempts", "wait_minutes")}
    rules |= {name: getattr(page, name) for name in ("pass_mark_percent", "duration_minutes", "time_limit_minutes")}
    empty = {"competence": "", "level": "", "difficulty": "", "tag": "", "points": 1}
    asked = [{"question": question.pk, "points": 1, "id": ""} for question in questions]
    return nested_form_data(
        rules
        | {
            "title": page.title,
            "slug": page.slug,
            "introduction": "",
            "penalty_percent": 0,
            "partial_credit": "on",
            "quiz_questions": inline_formset(asked),
            "draws": inline_formset([empty | {"id": ""} | each for each in draws]),
            "comments": {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0},
        }
        | changes
    )


def edit(editor, page, **form):
    return editor.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), form_of(page, **form))


@pytest.mark.parametrize("act", [{}, {"action-publish": "1"}])
def test_a_draw_that_the_bank_cannot_fill_is_refused_at_save_and_at_publication(editor, act):
    page = QuizPageFactory(questions=[])
    fixed = QuestionFactory(level=2)
    QuestionFactory.create_batch(2, level=2)
    refused = edit(editor, page, questions=[fixed], draws=[{"count": 3, "level": 2}], **act)
    assert refused.status_code == 200
    assert "La banque n’a que 2 questions qui conviennent, questions fixes non comprises." in refused.content.decode()
    crossed = edit(editor, page, draws=[{"count": 2, "level": 2}, {"count": 2, "level": 2}], **act)
    assert "Les autres tirages prennent dans les mêmes questions : il en manque 1." in crossed.content.decode()
    assert edit(editor, page, questions=[fixed], draws=[{"count": 2, "level": 2}], **act).status_code == 302
    saved = QuizPage.objects.get(pk=page.pk).get_latest_revision_as_object()
    assert [str(each) for each in saved.draws.all()] == ["2 questions : niveau 2"]


def test_a_draw_says_something_and_a_published_quiz_asks_something(editor):
    page = QuizPageFactory()
    assert "Dites au moins une compétence" in edit(editor, page, draws=[{"count": 1}]).content.decode()
    page = QuizPageFactory(questions=[])
    assert edit(editor, page).status_code == 302
    assert "pose au moins une question" in edit(editor, page, **{"action-publish": "1"}).content.decode()


def test_the_closing_date_comes_after_the_opening(editor):
    dates = {"opens_at": "2026-12-02 10:00", "closes_at": "2026-12-01 10:00"}
    page = edit(editor, QuizPageFactory(), **dates)
    assert "La clôture vient après l’ouverture." in page.content.decode()


def test_the_editor_says_how_many_questions_match(editor):
    competence = CompetenceFactory()
    QuestionFactory.create_batch(2, competence=competence, level=2)
    QuestionFactory(competence=competence, level=3)
    quiz = QuizPageFactory(questions=[])
    quiz.draws.add(QuizDraw(count=1, competence=competence))
    quiz.save_revision().publish()
    page = editor.get(reverse("wagtailadmin_pages:edit", args=[quiz.pk])).content.decode()
    assert "3 questions de la banque conviennent." in page

    def said(**criteria):
        return editor.get(reverse("courses_draw_matches", args=[quiz.pk]), criteria).json()["text"]

    assert said(competence=competence.pk, level=2) == "2 questions de la banque conviennent."
    assert said(competence=competence.pk, level=3) == "1 question de la banque convient."
    assert said(difficulty="hard") == "Aucune question de la banque ne convient."
    assert said(difficulty="any", tag="x") == "Choisissez au moins un critère."


def test_what_the_bank_holds_is_told_in_the_back_office_only(client):
    client.force_login(UserFactory())
    assert client.get(reverse("courses_draw_matches", args=[QuizPageFactory().pk]), {"level": 2}).status_code == 403
