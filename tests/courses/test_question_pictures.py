"""Pictures and gaps of Moodle's files: kept when they are what they say, and carried back unchanged."""

import base64
import io
import re

import pytest
from django.utils import timezone
from PIL import Image
from wagtail.images import get_image_model

from courses.actions.import_questions import begin_import, confirm_import, run_import
from courses.exports.from_bank import neutral_questions
from courses.exports.moodle_xml import write_moodle_xml
from courses.imports.questions.files import read_questions
from courses.models import Question, QuestionVersion
from courses.models.banks import shared_bank
from courses.rules.rich_text import words_of
from tests.factories.people import UserFactory


def png(size=(40, 20), colour="red") -> bytes:
    held = io.BytesIO()
    Image.new("RGB", size, colour).save(held, "PNG")
    return held.getvalue()


def file_of(name: str, data: bytes) -> str:
    return f'<file name="{name}" path="/" encoding="base64">{base64.b64encode(data).decode()}</file>'


def moodle(more: str = "") -> str:
    return f"""<?xml version="1.0" encoding="UTF-8"?><quiz>
<question type="multichoice"><name><text>Voyant</text></name><idnumber>voyant</idnumber>
<questiontext format="html"><text><![CDATA[<p>Que dit <img src="@@PLUGINFILE@@/le%20voyant.png" alt="un voyant rouge">&nbsp;?</p>]]></text>
{file_of("le voyant.png", png())}</questiontext><single>true</single>
<answer fraction="100" format="html"><text><![CDATA[<p><img src="data:image/png;base64,{base64.b64encode(png(colour="blue")).decode()}" alt="bleu"></p>]]></text>
<feedback format="html"><text><![CDATA[Le <b>bleu</b>.]]></text></feedback></answer>
<answer fraction="0" format="html"><text>Rien</text></answer></question>{more}</quiz>"""


GAPS = """<question type="multianswer"><name><text>Cloze</text></name>
<questiontext format="html"><text><![CDATA[<p>Le Bénin a {1:NUMERICAL:=77:0~%50%76:1} communes&nbsp;;<br>sa capitale est {2:MULTICHOICE:Cotonou~=Porto-Novo#oui},
son sigle {1:SA:=BJ~%100%b\\}j}.</p>]]></text></questiontext></question>
<question type="gapselect"><name><text>Listes</text></name><questiontext format="html"><text>Le [[1]] signe, le [[3]] vérifie, le [[1]] garde.</text></questiontext>
<selectoption><text>maire</text><group>1</group></selectoption><selectoption><text>préfet</text><group>1</group></selectoption>
<selectoption><text>juge</text><group>2</group></selectoption><selectoption><text>greffier</text><group>2</group></selectoption></question>
<question type="ddwtos"><name><text>Glisser</text></name><questiontext format="html"><text>[[2]] puis [[1]]</text></questiontext>
<dragbox><text>Alerter</text><group>1</group></dragbox><dragbox><text>Isoler</text><group>1</group></dragbox></question>
<question type="essay"><name><text>Long</text></name><questiontext format="html"><text>Dites.</text></questiontext>
<responseformat>editor</responseformat><minwordlimit>20</minwordlimit><maxwordlimit>90</maxwordlimit><graderinfo format="html"><text>Voir.</text></graderinfo></question>
<question type="essay"><name><text>Pièce</text></name><questiontext format="html"><text>Joignez.</text></questiontext>
<responseformat>noinline</responseformat><attachments>1</attachments><maxbytes>2097152</maxbytes><filetypeslist>.pdf,.exe</filetypeslist></question>"""


def imported(data, **wishes):
    user = UserFactory()
    begun = begin_import("x.xml", data.encode(), shared_bank(), user, timezone.now())
    confirm_import(begun, user, **{"all_or_nothing": False, "replaces": True, **wishes})
    return run_import(begun.pk, timezone.now())


@pytest.mark.django_db
def test_pictures_of_a_file_enter_the_library_once_and_go_back_out(settings):
    done = imported(moodle())
    assert done.remarks == []
    question = Question.objects.get(code="voyant")
    version = question.current_version()
    assert (question.author, get_image_model().objects.count()) == (done.created_by, 2)
    assert version.prompt == "Que dit [image : un voyant rouge]\N{NO-BREAK SPACE}?"
    assert re.search(
        r'<img src="images/questions/\w{32}\.png" alt="un voyant rouge" width="40" height="20">', version.prompt_html
    )
    option = version.content["options"][0]
    assert (option["text"], option["feedback"]) == ("[image : bleu]", "Le bleu.")
    question.full_clean()
    question.save()
    assert question.versions.count() == 1

    assert imported(moodle()).counts["unchanged"] == 1
    written = write_moodle_xml(neutral_questions([question.pk]))
    assert written.count("<file ") == 2
    assert imported(written).counts["unchanged"] == 1
    assert (get_image_model().objects.count(), QuestionVersion.objects.count()) == (2, 1)
    QuestionVersion.objects.all()._raw_delete("default")  # another instance, without the question
    Question.objects.all()._raw_delete("default")
    imported(written)
    assert Question.objects.get().current_version().fingerprint == version.fingerprint


def inline(colour: str, alternative: str) -> str:
    data = base64.b64encode(png(colour=colour)).decode()
    return f'<![CDATA[<p><img src="data:image/png;base64,{data}" alt="{alternative}"></p>]]>'


SIDES = f"""<?xml version="1.0" encoding="UTF-8"?><quiz>
<question type="matching"><name><text>Voyants</text></name><idnumber>voyants</idnumber><questiontext format="html"><text>Reliez.</text></questiontext>
<subquestion format="html"><text><![CDATA[<p>Le <strong>rouge</strong> <img src="@@PLUGINFILE@@/r.png" alt="rouge"></p>]]></text>{file_of("r.png", png())}
<answer><text>Arrêt &lt;net&gt;</text></answer></subquestion>
<subquestion format="html"><text>{inline("blue", "bleu")}</text><answer><text>Marche</text></answer></subquestion>
<subquestion format="html"><text></text><answer><text>Veille</text></answer></subquestion></question>
<question type="ordering"><name><text>Rangs</text></name><idnumber>rangs</idnumber><questiontext format="html"><text>Rangez.</text></questiontext>
<answer fraction="2.0000000" format="html"><text>{inline("green", "vert")}</text></answer>
<answer fraction="1.0000000" format="html"><text><![CDATA[<p>H<sub>2</sub>O</p>]]></text></answer></question></quiz>"""


@pytest.mark.django_db
def test_sides_and_items_of_moodle_keep_their_markup_and_pictures_there_and_back():
    assert imported(SIDES).remarks == []
    versions = {version.question.code: version for version in QuestionVersion.objects.select_related("question")}
    left, items = versions["voyants"].content["left"], versions["rangs"].content
    assert [side["text"] for side in left] == ["Le rouge [image : rouge]", "[image : bleu]"]
    assert left[0]["html"].startswith('Le <b>rouge</b> <img src="images/questions/')
    by_id = {item["id"]: item for item in items["items"]}
    assert [by_id[pk]["text"] for pk in items["answer"]] == ["H₂O", "[image : vert]"]
    assert by_id[items["answer"][0]]["html"] == "H<sub>2</sub>O"
    for question in Question.objects.all():
        question.full_clean()
        question.save()
    assert (get_image_model().objects.count(), QuestionVersion.objects.count()) == (3, 2)

    assert imported(SIDES).counts["unchanged"] == 2
    written = write_moodle_xml(neutral_questions(Question.objects.order_by("pk").values_list("pk", flat=True)))
    assert written.count("<file ") == 3
    assert imported(written).counts["unchanged"] == 2
    QuestionVersion.objects.all()._raw_delete("default")  # another instance, without the questions
    Question.objects.all()._raw_delete("default")
    imported(written)
    for code, version in versions.items():
        assert Question.objects.get(code=code).current_version().fingerprint == version.fingerprint


@pytest.mark.parametrize(
    "data",
    [b"<svg onload='x()'>", b"\x89PNG\r\n\x1a\n spoilt", b"", b"<html><script>"],
    ids=["svg", "spoilt", "empty", "html"],
)
def test_what_is_no_picture_stays_out_and_is_told(data):
    text = moodle().replace(base64.b64encode(png()).decode(), base64.b64encode(data).decode())
    reading = read_questions(text.encode())
    assert len(reading.pictures) == 1
    assert [remark.message for remark in reading.remarks] == ["Énoncé, non repris : une image."]
    assert words_of(reading.questions[0].prompt) == "Que dit [image : un voyant rouge]\N{NO-BREAK SPACE}?"


def test_gaps_essays_and_files_of_moodle_are_read():
    reading = read_questions(moodle(GAPS).encode())
    by_name = {question.title: question for question in reading.questions}
    cloze = by_name["Cloze"]
    assert (cloze.type, cloze.prompt) == ("gap_fill", "Complétez le texte.")
    assert (
        cloze.answer["text"] == "Le Bénin a [[1]] communes\N{NO-BREAK SPACE};\nsa capitale est [[2]], son sigle [[3]]."
    )
    number, choice, text = cloze.answer["gaps"]
    assert (number[1]["value"], choice[1]["options"]) == (77, (("Cotonou", False), ("Porto-Novo", True)))
    assert text[1]["accepted"] == ("BJ", "b}j")
    listed = by_name["Listes"].answer
    assert listed["text"] == "Le [[1]] signe, le [[2]] vérifie, le [[3]] garde."
    assert listed["gaps"][1] == ("single", {"options": (("juge", True), ("greffier", False))})
    assert by_name["Glisser"].answer["gaps"][0][1]["options"] == (("Alerter", False), ("Isoler", True))
    essay, piece = by_name["Long"].answer, by_name["Pièce"].answer
    assert (essay["min_words"], essay["max_words"], essay["guide"]) == (20, 90, "Voir.")
    assert (by_name["Pièce"].type, piece["extensions"], piece["max_mb"]) == ("file", ("pdf",), 2)
    told = [remark.message for remark in reading.remarks]
    assert "Les poids des trous ne sont pas repris : chaque trou compte autant." in told
    assert "Certains types de fichier acceptés par Moodle ne le sont pas ici." in told


@pytest.mark.parametrize("text", ["{1:MR:=a~=b}", "{1:ESSAY:}", "{1:NM:=abc}", "{1:MC:a~b}", "sans trou"])
def test_gap_that_makes_no_sense_is_told_and_the_rest_is_read(text):
    more = f'<question type="multianswer"><name><text>Mauvais</text></name><questiontext format="html"><text>{text}</text></questiontext></question>'
    reading = read_questions(moodle(more).encode())
    assert [question.title for question in reading.questions] == ["Voyant"]
    assert len(reading.remarks) == 1
