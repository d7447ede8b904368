"""Texts with gaps, opinions, and slips of typing: how they are written, served, marked and corrected."""

from decimal import Decimal
from random import Random

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from courses.models import QuestionVersion
from courses.rules.answers import InvalidAnswer, frozen_content
from lms.assessment import actions
from lms.assessment.rules.marking import NotMarkedHere, is_slip, mark
from lms.assessment.rules.serving import is_answered, read_response, shuffled_order
from tests.factories.assessment import open_attempt, right_answers
from tests.factories.courses import QuestionFactory, QuizPageFactory, course_with, raw_answer

GAPS = {
    "text": "[[2]] se change en [[1]] jours, jamais par [[3]].",
    "gaps": [
        ("n", "numeric", {"value": Decimal(90), "tolerance": Decimal(1), "unit": "jours"}),
        ("c", "single", {"options": [("a", "Le mot de passe", True), ("b", "Le code", False)]}),
        ("t", "short_text", {"accepted": ["courriel"], "ignore_case": True, "ignore_accents": True, "typos": 1}),
    ],
}
CONTENT = frozen_content("gap_fill", GAPS)
RIGHT = {"n": "90", "c": "a", "t": "courriel"}
json_values = st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from(["90", "a", "courriel", "b"])


# --- Gaps


def test_gaps_are_kept_in_the_order_of_the_text():
    assert CONTENT["texts"] == ["", " se change en ", " jours, jamais par ", "."]
    assert [gap["id"] for gap in CONTENT["gaps"]] == ["c", "n", "t"]


@pytest.mark.parametrize(
    ("text", "gaps", "message"),
    [
        ("Sans trou", GAPS["gaps"], "chaque trou une fois"),
        ("[[1]] [[1]]", GAPS["gaps"][:2], "chaque trou une fois"),
        ("[[1]] [[2]]", GAPS["gaps"][:1], "chaque trou une fois"),
        ("", [], "chaque trou une fois"),
        ("[[1]]", [("x", "matching", {})], "un texte, un nombre ou un choix"),
        ("[[1]]", [("x", "short_text", {"accepted": [], "ignore_case": 1, "ignore_accents": 1})], "Trou 1 : "),
    ],
)
def test_text_whose_gaps_cannot_be_marked_is_refused(text, gaps, message):
    with pytest.raises(InvalidAnswer) as refusal:
        frozen_content("gap_fill", {"text": text, "gaps": gaps})
    assert message in refusal.value.messages[0]


@given(st.dictionaries(st.sampled_from(["n", "c", "t", "z"]), json_values) | json_values | st.lists(json_values))
def test_each_gap_filled_right_earns_its_share(response):
    share = mark("gap_fill", CONTENT, response)
    assert 0 <= share <= 1
    if isinstance(response, dict):
        for gap, right in RIGHT.items():
            assert mark("gap_fill", CONTENT, {**response, gap: right}) >= share  # one more right never costs


@given(st.permutations(list(RIGHT.items())))
def test_right_gaps_earn_all_in_whatever_order(items):
    assert mark("gap_fill", CONTENT, dict(items)) == 1
    assert mark("gap_fill", CONTENT, dict(items[:2])) == Decimal(2) / 3


@given(st.integers(0, 20))
def test_gaps_go_through_the_form_by_places(seed):
    order = shuffled_order("gap_fill", CONTENT, Random(seed))
    form = {"q3-0": [str(order["c"].index("a"))], "q3-1": [" 90 "], "q3-2": ["courriel"]}
    response = read_response("gap_fill", CONTENT, order, 3, form)
    assert response == RIGHT
    assert is_answered("gap_fill", CONTENT, response)
    del form["q3-1"]
    assert not is_answered("gap_fill", CONTENT, read_response("gap_fill", CONTENT, order, 3, form))
    assert read_response("gap_fill", CONTENT, order, 3, {"q3-0": ["9"], "q3-1": ["  "]}) is None


# --- Slips of typing


@pytest.mark.parametrize(
    ("text", "accepted", "typos", "share"),
    [
        ("hameconage", "hameçonnage", 1, 1),
        ("hamçeonnage", "hameçonnage", 1, 1),
        ("hamecnage", "hameçonnage", 1, 0),
        ("hamecnage", "hameçonnage", 2, 1),
        ("hameconnage", "hameçonnage", 0, 1),
        ("pka", "pki", 2, 0),
        ("port 434", "port 443", 2, 0),
        ("prot 443", "port 443", 2, 1),
        ("", "pki", 2, 0),
    ],
)
def test_slips_are_tolerated_as_the_author_chose(text, accepted, typos, share):
    content = frozen_content(
        "short_text", {"accepted": [accepted], "ignore_case": True, "ignore_accents": True, "typos": typos}
    )
    assert mark("short_text", content, text) == share


@given(st.text(max_size=12), st.text(max_size=12), st.integers(0, 2))
def test_slips_are_the_same_both_ways_and_one_more_allowed_never_refuses(one, other, most):
    if len(one) == len(other):
        assert is_slip(one, other, most) == is_slip(other, one, most)
    assert is_slip(one, one, most)
    assert is_slip(one, other, most) <= is_slip(one, other, most + 1)


def test_number_may_have_several_values():
    content = frozen_content(
        "numeric", {"value": Decimal(7), "tolerance": Decimal(0), "unit": "", "others": [(Decimal(10), Decimal(1))]}
    )
    assert [mark("numeric", content, text) for text in ("7", "10,5", "8")] == [1, 1, 0]


def test_matching_may_have_distractors():
    pairs = [("l1", "À", "Agir"), ("l2", "Cc", "Suivre")]
    content = frozen_content("matching", {"pairs": pairs, "distractors": ["Oublier"]})
    assert len(content["right"]) == 3
    assert mark("matching", content, content["answer"]) == 1
    with pytest.raises(InvalidAnswer):
        frozen_content("matching", {"pairs": pairs, "distractors": ["agir"]})


def test_what_is_new_and_unsaid_leaves_frozen_contents_as_they_were():
    assert frozen_content("short_text", {"accepted": ["a"], "ignore_case": 1, "ignore_accents": 1}) == {
        "accepted": ["a"],
        "ignore_case": True,
        "ignore_accents": True,
    }
    assert frozen_content("numeric", {"value": Decimal(1), "tolerance": Decimal(0), "unit": "", "others": []}) == {
        "answer": "1",
        "tolerance": "0",
        "unit": "",
    }


# --- Opinions


@pytest.mark.parametrize("type", ["survey", "essay"])
def test_what_does_not_mark_itself_says_so(type):
    with pytest.raises(NotMarkedHere):
        mark(type, {}, "x")


@pytest.mark.parametrize(
    ("answer", "texts"),
    [
        ({"form": "scale", "steps": 3, "low": "peu", "high": ""}, ["1 – peu", "2", "3"]),
        ({"form": "single", "options": [("a", "Oui"), ("b", "Non")]}, ["Oui", "Non"]),
    ],
)
def test_opinion_keeps_the_order_of_its_author(answer, texts):
    content = frozen_content("survey", answer)
    assert [option["text"] for option in content["options"]] == texts
    assert shuffled_order("survey", content, Random(1))["options"] == [option["id"] for option in content["options"]]


@pytest.mark.django_db
@pytest.mark.parametrize("changes", [{"form": "single", "options": ["Un seul"]}, {"form": "autre"}])
def test_opinion_that_offers_no_choice_is_refused(changes):
    with pytest.raises(ValidationError):
        QuestionFactory.build(answer=raw_answer("survey", **changes)).full_clean()


# --- On the page


@pytest.mark.django_db
def test_learner_fills_gaps_and_gives_an_opinion(client):
    gaps, scale = QuestionFactory(kind="gap_fill"), QuestionFactory(kind="survey")
    free = QuestionFactory(answer=raw_answer("survey", form="text"))
    many = QuestionFactory(answer=raw_answer("survey", form="multiple", options=["Vidéo", "Texte"]))
    quiz = QuizPageFactory(parent=course_with(lessons=0, quiz=False), questions=[gaps, scale, free, many])
    attempt = open_attempt(quiz=quiz)
    assert attempt.max_points == 1
    client.force_login(attempt.enrolment.person)
    places = {row.version.question_id: row.position for row in attempt.questions.select_related("version")}
    here = [places[question.pk] for question in (gaps, scale, free, many)]
    order = attempt.questions.get(position=here[0]).order
    (gap,) = [gap for gap in QuestionVersion.objects.get(question=gaps).content["gaps"] if gap["type"] == "single"]
    form = {
        f"q{here[0]}-0": "2",
        f"q{here[0]}-1": order[gap["id"]].index(gap["answer"]),
        f"q{here[0]}-2": "registe",
        f"q{here[1]}": "3",
        f"q{here[2]}": "Plus d’exemples.\nMerci.",
        f"q{here[3]}": ["0", "1"],
    }
    address = reverse("assessment:attempt", args=[attempt.pk])
    client.post(address, form)
    html = client.get(address).content.decode()
    assert "votre avis, sans note" in html
    assert 'value="registe"' in html
    assert "Merci.</textarea>" in html
    assert (html.count(" checked"), html.count(" selected")) == (3, 1)
    assert html.count("Trou ") == 3

    client.post(reverse("assessment:submit", args=[attempt.pk]), follow=True)
    attempt.refresh_from_db()
    assert (attempt.score_percent, attempt.is_passed) == (100, True)
    html = client.get(reverse("assessment:result", args=[attempt.pk])).content.decode()
    assert html.count("Merci de votre avis") == 3
    assert html.count("question--noted") == 3
    assert html.count("gap--right") == 3
    assert "4</span>" in html


@pytest.mark.django_db
def test_quiz_of_opinions_alone_is_passed():
    question = QuestionFactory(kind="survey")
    attempt = open_attempt(quiz=QuizPageFactory(parent=course_with(lessons=0, quiz=False), questions=[question]))
    assert actions.submit(attempt, timezone.now(), right_answers(attempt)).is_passed


@pytest.mark.django_db
def test_nobody_is_thanked_for_an_opinion_they_kept(client):
    attempt = open_attempt(quiz=QuizPageFactory(questions=[QuestionFactory(kind=kind) for kind in ("survey", "essay")]))
    actions.submit(attempt, timezone.now())
    client.force_login(attempt.enrolment.person)
    page = client.get(reverse("assessment:result", args=[attempt.pk])).content.decode()
    assert (page.count("Sans réponse"), page.count("Merci de votre avis")) == (2, 0)
    assert "Cette question n’est pas notée." in page


@pytest.mark.django_db
def test_wrong_gap_shows_what_was_right(client):
    question = QuestionFactory(kind="gap_fill")
    attempt = open_attempt(quiz=QuizPageFactory(parent=course_with(lessons=0, quiz=False), questions=[question]))
    client.force_login(attempt.enrolment.person)
    client.post(reverse("assessment:attempt", args=[attempt.pk]), {"q1-2": "cahier"})
    client.post(reverse("assessment:submit", args=[attempt.pk]))
    html = client.get(reverse("assessment:result", args=[attempt.pk])).content.decode()
    assert "<del>cahier</del>" in html
    assert "<strong>registre</strong>" in html
    assert "<strong>biens</strong>" in html
