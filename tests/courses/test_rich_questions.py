"""Rich texts and pictures in questions: shown as written, frozen with the version, plain in lists, never hostile."""

import re
from importlib import import_module

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file

from courses.models import Question, QuestionVersion
from courses.rules.rich_text import Rich, clean, said, to_html, to_text
from lms.assessment import actions
from tests.factories.assessment import open_attempt, right_answers
from tests.factories.courses import QuestionFactory, QuizPageFactory, course_with, raw_answer

HOSTILE = [
    '<p onclick="x()">Bonjour <script>alert(1)</script></p>',
    '<img src="javascript:alert(1)">',
    '<img src="https://pisteur.example/a.png" alt="x">',
    '<img src="images/questions/../../x.png">',
    '<a href="javascript:alert(1)">ici</a><iframe src="x"></iframe>',
    '<svg onload="x()"></svg><math><mi>',
    '<p style="position:fixed">a</p>',
]


# --- Words and HTML


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")) | st.just("\n")))
def test_plain_words_go_to_html_and_back(text):
    text = text.strip()
    for is_inline in (False, True):
        html = to_html(text, is_inline)
        assert to_text(html) == text
        assert said(Rich(html), is_inline) == (text, "")
    assert said(text) == (text, "")


@pytest.mark.parametrize(
    ("html", "words", "kept"),
    [
        ("<p>Un <b>mot</b></p>", "Un mot", "<p>Un <b>mot</b></p>"),
        ("Un <em>mot</em>", "Un mot", "<p>Un <i>mot</i></p>"),
        ("<p>10<sup>3</sup> et H<sub>2</sub>O</p>", "10³ et H₂O", "<p>10<sup>3</sup> et H<sub>2</sub>O</p>"),
        ("<p>Un</p><ul><li>a</li><li>b</li></ul>", "Un\n– a\n– b", "<p>Un</p><ul><li>a</li><li>b</li></ul>"),
        ('<p data-block-key="x">a &lt; b</p>', "a < b", ""),
    ],
)
def test_rich_text_freezes_its_words_and_its_html_where_words_are_not_enough(html, words, kept):
    assert said(Rich(html)) == (words, kept)
    assert said(Rich(clean(html))) == (words, kept)


def test_option_stands_on_a_line():
    assert said(Rich("<p>Un</p><p><b>deux</b></p>"), is_inline=True) == ("Un\ndeux", "Un<br><b>deux</b>")


@pytest.mark.parametrize("html", HOSTILE)
def test_nothing_hostile_is_kept(html):
    for is_inline in (False, True):
        kept = clean(html, is_inline)
        assert not re.search(r"<(?!/?(p|b|i|br|img|ul|ol|li)\b)| on\w+=|javascript:|https?:|style|\.\./|src=", kept), (
            kept
        )


# --- In the bank


@pytest.fixture
def picture(db):
    return get_image_model().objects.create(title="Schéma", file=get_test_image_file(size=(1600, 800)))


def embed(picture, alt="Un schéma"):
    return f'<embed alt="{alt}" embedtype="image" format="fullwidth" id="{picture.pk}"/>'


def test_picture_of_a_version_outlives_the_library(picture):
    question = QuestionFactory(prompt=f"<p>Que montre</p>{embed(picture)}")
    version = question.current_version()
    assert version.prompt == "Que montre\n[image : Un schéma]"
    name = re.search(r'src="(images/questions/[0-9a-f]{32}\.webp)"', version.prompt_html)[1]
    assert 'width="1000" height="500"' in version.prompt_html
    with default_storage.open(name) as file:
        before = file.read()
    question.save()
    assert question.versions.count() == 1

    picture.file.save("autre.png", get_test_image_file(size=(20, 20)))
    picture.delete()
    with default_storage.open(name) as file:
        assert file.read() == before
    with pytest.raises(ValidationError) as refusal:
        question.full_clean()
    assert "n’est plus dans la bibliothèque" in str(refusal.value.message_dict["prompt"])


def test_small_picture_is_kept_as_it_is(db):
    picture = get_image_model().objects.create(title="x", file=get_test_image_file(size=(64, 48)))
    version = QuestionFactory(prompt=embed(picture)).current_version()
    assert re.search(
        r'src="images/questions/[0-9a-f]{32}\.png" alt="Un schéma" width="64" height="48"', version.prompt_html
    )


@pytest.mark.django_db
def test_plain_question_keeps_the_fingerprint_it_always_had():
    question = QuestionFactory(prompt="<p>Est-ce a &lt; b ?</p>", explanation="")
    version = question.current_version()
    assert (str(question), version.prompt, version.prompt_html) == ("Est-ce a < b ?", "Est-ce a < b ?", "")
    assert version.fingerprint == QuestionVersion.fingerprint_of("single", "Est-ce a < b ?", version.content, "")
    old = question.versions.create(
        number=2, type="single", prompt="a\r\nb ", content=version.content, explanation="", fingerprint="d’avant"
    )
    question.prompt = "a<br>b"
    assert question.freeze() == old


@pytest.mark.django_db
def test_texts_of_before_become_html_and_go_back():
    migration = import_module("courses.migrations.0013_texts_to_html")
    QuestionFactory(
        code="a",
        prompt="Un\ndeux & trois ?",
        answer=raw_answer(
            "multiple", options=[{"text": "a < b", "is_correct": True}, {"text": "b", "is_correct": False}]
        ),
    )
    Question.objects.update(prompt="Un\ndeux & trois ?", explanation="x > y")
    before = Question.objects.get().answer.raw_data[0]["value"]["options"][0]
    migration.to_rich(apps, None)
    after = Question.objects.get()
    assert (after.prompt, after.explanation) == ("<p>Un<br>deux &amp; trois ?</p>", "<p>x &gt; y</p>")
    assert after.answer.raw_data[0]["value"]["options"][0]["value"]["text"] == "a &lt; b"
    migration.to_plain(apps, None)
    back = Question.objects.get()
    assert (back.prompt, back.explanation) == ("Un\ndeux & trois ?", "x > y")
    assert back.answer.raw_data[0]["value"]["options"][0]["id"] == before["id"]


@pytest.mark.django_db
def test_sides_and_items_of_before_become_html_and_go_back():
    migration = import_module("courses.migrations.0031_items_to_html")
    pair = {"type": "item", "id": "p", "value": {"left": "a < b & c", "right": "d < e"}}
    matching = QuestionFactory(answer=raw_answer("matching", pairs=[pair, {"left": "À", "right": "Agir"}]))
    ordering = QuestionFactory(answer=raw_answer("ordering", items=["R&D", "Essai"]))
    choice = QuestionFactory()
    before = {question.pk: Question.objects.get(pk=question.pk).answer.raw_data[0] for question in (matching, ordering)}
    kept = Question.objects.get(pk=choice.pk).answer.raw_data[0]
    migration.to_rich(apps, None)
    pairs = Question.objects.get(pk=matching.pk).answer.raw_data[0]["value"]["pairs"]
    assert pairs[0] == {**pair, "value": {"left": "a &lt; b &amp; c", "right": "d < e"}}
    items = Question.objects.get(pk=ordering.pk).answer.raw_data[0]["value"]["items"]
    assert [item["value"] for item in items] == ["R&amp;D", "Essai"]
    migration.to_plain(apps, None)
    for pk, raw in before.items():
        assert Question.objects.get(pk=pk).answer.raw_data[0] == raw
    assert Question.objects.get(pk=choice.pk).answer.raw_data[0] == kept


@pytest.mark.django_db
def test_empty_prompt_is_refused():
    with pytest.raises(ValidationError) as refusal:
        QuestionFactory.build(prompt="<p> </p>").full_clean()
    assert "prompt" in refusal.value.message_dict


# --- On the page


def test_learner_sees_rich_texts_and_why_each_option_is_right_or_wrong(client, picture):
    options = [
        {"text": "Un <b>gros</b> clou", "is_correct": True, "feedback": "Il <tient>."},
        {"text": embed(picture, "vis"), "is_correct": False, "feedback": "Elle tourne."},
    ]
    question = QuestionFactory(
        prompt="<p>Que <i>prendre</i> ?</p><script>alert(1)</script>",
        explanation="<p>Un <b>clou</b>.</p>",
        answer=raw_answer("single", options=options),
    )
    quiz = QuizPageFactory(parent=course_with(lessons=0, quiz=False), questions=[question])
    attempt = open_attempt(quiz=quiz)
    client.force_login(attempt.enrolment.person)
    html = client.get(reverse("assessment:attempt", args=[attempt.pk])).content.decode()
    assert '<div class="question__text" id="prompt-1"><p>Que <i>prendre</i> ?</p></div>' in html
    assert 'aria-describedby="prompt-1"' in html
    assert "Un <b>gros</b> clou" in html
    assert re.search(r'<img src="/media/images/questions/\w+\.webp" loading="lazy" alt="vis"', html)
    assert "alert(1)" not in html
    assert "tient" not in html
    actions.submit(attempt, timezone.now(), right_answers(attempt))
    html = client.get(reverse("assessment:result", args=[attempt.pk])).content.decode()
    assert "Il &lt;tient&gt;." in html
    assert "Elle tourne." in html
    assert "<p>Un <b>clou</b>.</p>" in html


def test_sides_to_match_and_items_to_order_are_shown_as_written(client, picture):
    pairs = [{"left": "Le <b>vrai</b> site", "right": "x < y"}, {"left": embed(picture, "cadenas"), "right": "chiffré"}]
    items = ["H<sub>2</sub>O", embed(picture, "clé"), "Fin <script>alert(1)</script>"]
    asked = [
        QuestionFactory(code="a", answer=raw_answer("matching", pairs=pairs)),
        QuestionFactory(code="b", answer=raw_answer("ordering", items=items)),
    ]
    matching, ordering = (question.current_version().content for question in asked)
    assert [left["text"] for left in matching["left"]] == ["Le vrai site", "[image : cadenas]"]
    assert {item["text"] for item in ordering["items"]} == {"H₂O", "[image : clé]", "Fin"}
    quiz = QuizPageFactory(parent=course_with(lessons=0, quiz=False), questions=asked)
    attempt = open_attempt(quiz=quiz)
    client.force_login(attempt.enrolment.person)

    def shown(html: str) -> None:
        assert "Le <b>vrai</b> site" in html
        assert "H<sub>2</sub>O" in html
        for alternative in ("cadenas", "clé"):
            assert re.search(rf'<img src="/media/images/questions/\w+\.webp" loading="lazy" alt="{alternative}"', html)
        assert "alert(1)" not in html

    html = client.get(reverse("assessment:attempt", args=[attempt.pk])).content.decode()
    shown(html)
    assert re.search(r'<label class="pair__left" for="q\d-\d"><img [^>]*alt="cadenas"', html)
    assert re.search(r'<label class="order__text" for="q\d-\d"><span [^>]*>Rang de : </span><img [^>]*alt="clé"', html)
    assert html.count(">x &lt; y</option>") == 2
    actions.submit(attempt, timezone.now(), right_answers(attempt))
    html = client.get(reverse("assessment:result", args=[attempt.pk])).content.decode()
    shown(html)
    assert html.count("question--right") == 2
    assert all(question.freeze().number == 1 for question in Question.objects.all())


@pytest.mark.django_db
def test_confirmation_names_a_rich_question_in_plain_words(client):
    quiz = QuizPageFactory(
        parent=course_with(lessons=0, quiz=False), questions=[QuestionFactory(prompt="<p>Que <b>faire</b> ?</p>")]
    )
    attempt = open_attempt(quiz=quiz)
    client.force_login(attempt.enrolment.person)
    assert "Que faire ?" in client.get(reverse("assessment:submit", args=[attempt.pk])).content.decode()
