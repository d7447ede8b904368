"""Questions freeze into versions that never change, and refuse answers that cannot be marked."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db.models import ProtectedError
from hypothesis import given
from hypothesis import strategies as st
from wagtail.rich_text import RichText

from courses.actions import freeze_question
from courses.models import FrozenError, Question, QuestionVersion
from courses.rules.answers import InvalidAnswer, frozen_content
from tests.factories.courses import ANSWERS, QuestionFactory, raw_answer


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ANSWERS)
def test_question_freezes_once_and_again_only_if_it_changes(kind):
    question = QuestionFactory(kind=kind)
    version = question.versions.get()
    assert (version.number, version.type, version.prompt) == (1, kind, question.prompt)

    question = Question.objects.get(pk=question.pk)
    question.level = 3  # classification is not shown to learners
    question.save()
    assert freeze_question(question) == version

    question.explanation = "Une meilleure explication."
    question.save()
    assert list(question.versions.values_list("number", "explanation")) == [
        (2, "Une meilleure explication."),
        (1, version.explanation),
    ]
    assert question.current_version().content == version.content


@pytest.mark.django_db
def test_option_ids_stay_when_an_option_is_reworded():
    question = QuestionFactory(kind="single")
    before = question.current_version().content
    question = Question.objects.get(pk=question.pk)
    question.answer[0].value["options"][1]["text"] = RichText("Faux, vraiment")
    question.save()
    after = question.current_version().content
    assert [option["id"] for option in after["options"]] == [option["id"] for option in before["options"]]
    assert after["options"][1]["text"] == "Faux, vraiment"
    assert after["answer"] == before["answer"]


@pytest.mark.django_db
def test_version_can_be_neither_changed_nor_deleted():
    version = QuestionFactory().current_version()
    version.prompt = "Autre chose ?"
    with pytest.raises(FrozenError):
        version.save()
    with pytest.raises(FrozenError):
        version.delete()
    with pytest.raises(FrozenError):
        QuestionVersion.objects.update(prompt="Autre chose ?")
    with pytest.raises(FrozenError):
        QuestionVersion.objects.all().delete()
    with pytest.raises(ProtectedError):
        version.question.delete()
    assert QuestionVersion.objects.get().prompt != "Autre chose ?"


@pytest.mark.django_db
def test_current_is_the_latest_version_of_each_question():
    questions = QuestionFactory.create_batch(2)
    questions[0].prompt = "Reformulée ?"
    questions[0].save()
    current = QuestionVersion.objects.current().order_by("question_id")
    assert [(version.question_id, version.number) for version in current] == [
        (questions[0].pk, 2),
        (questions[1].pk, 1),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "changes", "message"),
    [
        (
            "single",
            {"options": [{"text": "A", "is_correct": False}, {"text": "B", "is_correct": False}]},
            "exactement une",
        ),
        (
            "single",
            {"options": [{"text": "A", "is_correct": True}, {"text": "B", "is_correct": True}]},
            "exactement une",
        ),
        ("single", {"options": [{"text": "A", "is_correct": True}]}, "au moins deux"),
        (
            "single",
            {"options": [{"text": "A", "is_correct": True}, {"text": " a ", "is_correct": False}]},
            "même texte",
        ),
        (
            "single",
            {"options": [{"text": "A", "is_correct": True}, {"text": " ", "is_correct": False}]},
            "pas de texte",
        ),
        (
            "multiple",
            {"options": [{"text": "A", "is_correct": False}, {"text": "B", "is_correct": False}]},
            "au moins une",
        ),
        ("numeric", {"tolerance": "-1"}, "positif ou nul"),
        ("numeric", {"value": "NaN"}, "est un nombre"),
        ("matching", {"pairs": [{"left": "A", "right": "X"}]}, "au moins deux"),
        ("matching", {"pairs": [{"left": "A", "right": "X"}, {"left": "B", "right": "x"}]}, "même texte"),
        ("ordering", {"items": ["A"]}, "au moins deux"),
        ("ordering", {"items": ["A", "B", "a"]}, "même texte"),
        ("short_text", {"accepted": ["", "  "]}, "au moins un texte"),
    ],
)
def test_question_refuses_an_answer_that_cannot_be_marked(kind, changes, message):
    question = QuestionFactory.build(answer=raw_answer(kind, **changes))
    with pytest.raises(ValidationError) as refusal:
        question.full_clean()
    assert message in refusal.value.message_dict["answer"][0]
    with pytest.raises(InvalidAnswer):
        question.save()
    assert not Question.objects.exists()


@pytest.mark.django_db
def test_question_has_one_type_of_answer():
    question = QuestionFactory.build(answer=[])
    with pytest.raises(ValidationError) as refusal:
        question.full_clean()
    assert "answer" in refusal.value.message_dict


TEXTS = st.lists(
    st.text(min_size=1).filter(str.strip), min_size=2, max_size=12, unique_by=lambda text: text.strip().casefold()
)


@given(TEXTS, st.randoms())
def test_ordering_content_says_nothing_of_the_order(texts, random):
    items = [(f"{random.getrandbits(64):016x}", text) for text in texts]
    content = frozen_content("ordering", {"items": items})
    assert content["answer"] == [pk for pk, _text in items]
    assert content["items"] == sorted(content["items"], key=lambda item: item["id"])


@given(TEXTS)
def test_matching_right_ids_come_from_their_text_alone(texts):
    pairs = [(f"left-{rank}", f"élément {rank}", text) for rank, text in enumerate(texts)]
    content = frozen_content("matching", {"pairs": pairs})
    swapped = frozen_content(
        "matching", {"pairs": [(f"autre-{pk}", left, right) for pk, left, right in reversed(pairs)]}
    )
    assert content["right"] == swapped["right"]  # neither left ids nor the order of pairs shows in them
    assert {content["answer"][pk] for pk, _left, _right in pairs} == {item["id"] for item in content["right"]}


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-1000, max_value=1000))
def test_numeric_content_is_the_number_itself(value):
    content = frozen_content("numeric", {"value": value, "tolerance": Decimal(0), "unit": " kg "})
    assert Decimal(content["answer"]) == value
    assert (content["tolerance"], content["unit"]) == ("0", "kg")
    assert "E" not in content["answer"]
