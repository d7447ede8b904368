"""Files of questions are read as their authors meant them; what they say and the bank cannot hold is told."""

import io
import time
import zipfile
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from courses.actions.import_questions import is_same
from courses.exports import gift, moodle_xml, sheet
from courses.imports.questions.files import read_questions
from courses.imports.questions.neutral import ImportedQuestion, QuestionFileRefused
from courses.imports.questions.texts import one_line, to_plain
from courses.rules.rich_text import Rich, words_of
from tests.courses.question_samples import AIKEN, CSV, GIFT, MOODLE, questions


def read(text):
    return read_questions(text.encode() if isinstance(text, str) else text)


def named(reading) -> dict:
    return {question.title: question for question in reading.questions}


def told(reading, level) -> list[tuple[str, str]]:
    return [(remark.where, remark.message) for remark in reading.remarks if remark.level == level]


# --- GIFT


def test_gift_questions_of_every_type_are_read():
    reading = read(GIFT)
    assert [(question.title, question.type) for question in reading.questions] == [
        ("Durée de vie", "single"),
        ("Plusieurs facteurs", "multiple"),
        ("Vrai", "true_false"),
        ("Faux", "true_false"),
        ("Ports", "matching"),
        ("Valeur", "numeric"),
        ("Intervalle", "numeric"),
        ("Acronyme", "short_text"),
        ("Ordre", "ordering"),
        ("Dissertation", "essay"),
        ("", "single"),
    ]
    first = reading.questions[0]
    assert first.code == "mdp-01"
    assert first.tags == ("Cybersécurité", "Mots de passe", "socle", "crochet [x]")
    assert first.prompt == "Un mot de passe compromis se change\N{NO-BREAK SPACE}:"
    assert first.answer == {
        "options": (
            ("aussitôt", True, "Oui, sans attendre."),
            ("à la fin du mois", False),
            ("jamais = c’est plus simple", False),
        )
    }
    assert words_of(first.explanation) == "La politique du service\N{NO-BREAK SPACE}: aussitôt."
    by_name = named(reading)
    assert by_name["Ports"].tags == ("Réseaux et 802.11a/b",)
    assert by_name["Faux"].prompt == Rich("<p>Le <b>même</b> mot de passe suffit partout.</p>")
    assert by_name["Valeur"].answer == {"value": 1000, "tolerance": 24, "unit": None}
    assert by_name["Intervalle"].answer == {"value": 3, "tolerance": 2, "unit": None}
    assert by_name["Acronyme"].prompt == "Le protocole qui remplace HTTP est _____ sur le Web."
    assert by_name["Acronyme"].answer["accepted"] == ("HTTPS", "http:s")
    assert by_name[""].prompt == "Sans titre, avec une accolade { et une barre \\ ?"


def test_gift_says_line_by_line_what_is_not_imported_and_why():
    reading = read(GIFT)
    assert told(reading, "error") == [
        ("ligne 46, « Cassée »", "Une accolade n’est pas fermée, ou pas ouverte."),
        ("ligne 48, « Deux bonnes »", "Un choix unique a une seule option à 100 % ; celui-ci en a 2."),
    ]
    assert [where for where, _why in told(reading, "skipped")] == ["ligne 44"]
    warnings = dict(told(reading, "warning"))
    assert named(reading)["Ports"].answer["distractors"] == ("25",)
    assert "« TLS » valait 50 %" in warnings["ligne 34, « Acronyme »"]


@pytest.mark.parametrize(
    ("answer", "kind", "content"),
    [
        ("{TRUE}", "true_false", {"is_true": True}),
        ("{#-2,5:0,5}", "numeric", {"value": -2.5, "tolerance": 0.5, "unit": None}),
        ("{#.5}", "numeric", {"value": 0.5, "tolerance": 0, "unit": None}),
        (
            "{réponse nue}",
            "short_text",
            {"accepted": ("réponse nue",), "ignore_case": None, "ignore_accents": None, "typos": None},
        ),
        ("{~%100%a ~%-100%b}", "multiple", {"options": (("a", True), ("b", False))}),
        ("{=[plain]%5% ~[html]a &lt; b}", "single", {"options": (("%5%", True), ("a < b", False))}),
    ],
)
def test_gift_answer_is_told_apart_by_its_signs(answer, kind, content):
    question = read(f"Question {answer}").questions[0]
    assert (question.type, question.answer) == (kind, content)


@pytest.mark.parametrize("answer", ["{#abc}", "{#1..x}", "{#=%50%3}", "{=a -> b =c}", "{{a}}", "{=a} {=b}", "}{"])
def test_gift_answer_that_makes_no_sense_is_an_error_and_the_rest_is_read(answer):
    reading = read(f"Bonne ?{{T}}\n\nMauvaise {answer}\n\nBonne aussi ?{{F}}")
    assert [question.prompt for question in reading.questions] == ["Bonne ?", "Bonne aussi ?"]
    assert [where for where, _why in told(reading, "error")] == ["ligne 3"]


# --- Moodle XML


def test_moodle_questions_are_cleaned_and_classified():
    reading = read(MOODLE)
    by_name = named(reading)
    first = by_name["Expéditeur"]
    assert first.code == "msg-1"
    assert first.type == "multiple"
    assert first.tags == ("Sécurité", "Messagerie", "phishing")
    assert first.prompt == Rich(
        "<p>Que vérifier&nbsp;?<br>Voir [image : un courriel]</p><p>10<sup>3</sup> et H<sub>2</sub>O</p>"
    )
    assert first.answer["options"][2] == ("Le contexte <urgent>", True)
    assert first.explanation == Rich("<p>L’<b>adresse</b> réelle.</p>")
    assert first.answer["options"][0] == ("L’adresse", True, "Bien sûr.")
    assert by_name["Unique"].answer == {"options": (("a < b", True), ("a > b", False))}
    assert by_name["VF"].answer == {"is_true": False}
    assert by_name["Court"].answer == {
        "accepted": ("PKI",),
        "ignore_case": False,
        "ignore_accents": None,
        "typos": None,
    }
    assert str(by_name["Nombre"].answer) == "{'value': Decimal('3.14'), 'tolerance': Decimal('0.01'), 'unit': 'km'}"
    assert by_name["Paires"].answer == {"pairs": (("À", "Agir"), ("Cc", "Suivre")), "distractors": ("Oublier",)}
    assert by_name["Rang"].answer == {"items": ("Un", "Deux")}


def test_moodle_types_the_bank_has_not_are_named_and_the_rest_imported():
    reading = read(MOODLE)
    assert told(reading, "skipped") == [
        ("question 10, « Calcul »", "Type non repris : question calculée."),
        ("question 13, « Demain »", "Type non repris : hologramme."),
    ]
    assert [where for where, _why in told(reading, "error")] == [
        "question 11, « Trous »",
        "question 14, « Sans juste »",
    ]
    assert named(reading)["Cloze"].answer["gaps"][0][1]["accepted"] == ("x",)
    warnings = [why for _where, why in told(reading, "warning")]
    assert "Énoncé, non repris : une image." in warnings
    assert any("indices et pénalités" in why for why in warnings)
    assert len(reading.questions) == 8


def test_moodle_file_in_undeclared_latin_1_is_read_and_said():
    latin = MOODLE.replace("’", "'").replace("…", "...").encode("latin-1")
    reading = read(latin)
    assert "Expéditeur" in named(reading)
    assert "Windows-1252" in reading.remarks[0].message
    declared = MOODLE.replace("’", "'").replace('encoding="UTF-8"', 'encoding="ISO-8859-1"').encode("latin-1")
    assert "Windows-1252" not in str(read(declared).remarks)


# --- Aiken, tables


def test_aiken_is_read_and_what_has_no_answer_is_said():
    reading = read(AIKEN)
    assert [question.answer["options"] for question in reading.questions] == [
        (("80", False), ("443", True)),
        (("Infrastructure à clés publiques", True), ("Plan de continuité", False)),
    ]
    assert told(reading, "error") == [
        ("ligne 12", "Il manque la ligne « ANSWER: » de cette question."),
        ("ligne 16", "« ANSWER: C » ne nomme aucune option."),
    ]


@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_table_is_read_whatever_its_separator(separator):
    text = CSV.replace("3,5", "3.5").replace("0,5", "0.5").replace("1;3", '"1 3"').replace("réseau; bleu", "réseau")
    reading = read(text.replace(";", separator))
    assert [(question.code, question.type) for question in reading.questions] == [
        ("q-1", "single"),
        ("", "multiple"),
        ("q-3", "true_false"),
        ("q-4", "numeric"),
        ("q-5", "matching"),
        ("q-6", "ordering"),
        ("q-7", "short_text"),
    ]
    by_code = {question.code: question for question in reading.questions}
    assert by_code["q-1"].answer == {"options": (("A", False), ("B", True), ("C", False))}
    assert by_code["q-1"].level == 2
    assert str(by_code["q-4"].answer["value"]) == "3.5"
    assert by_code["q-7"].answer["accepted"] == ("=1+1", "pki")
    assert [where for where, _why in told(reading, "error")] == ["ligne 9", "ligne 10", "ligne 11"]


def test_template_reads_back_without_a_remark():
    for data in (sheet.write_xlsx(sheet.EXAMPLES), sheet.write_csv(sheet.EXAMPLES)):
        reading = read(data)
        assert reading.remarks == []
        assert [question.code for question in reading.questions] == [question.code for question in sheet.EXAMPLES]


# --- What is refused

BOMB = """<?xml version="1.0"?><!DOCTYPE quiz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><quiz><question type="truefalse"><name><text>&c;</text></name></question></quiz>"""
OUTSIDE = """<?xml version="1.0"?><!DOCTYPE quiz [<!ENTITY x SYSTEM "file:///etc/passwd">]><quiz>&x;</quiz>"""


def zipped(**parts) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return held.getvalue()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "vide"),
        (b"  \n ", "vide"),
        (b"x" * 20_000_001, "dépasse 20 Mo"),
        (BOMB.encode(), "entités ou un DTD"),
        (OUTSIDE.encode(), "entités ou un DTD"),
        (b"<quiz><question>", "XML mal formé, ligne 1"),
        (b"<?xml version='1.0'?><html></html>", "n’est pas un export de questions"),
        (b"<?xml version='1.0' encoding='klingon'?><quiz/>", "encodage"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "97-2003"),
        (b"\x01\x00\x02\x00", "pas un texte lisible"),
        (b"Bonjour, voici mes questions.", "format n’est pas reconnu"),
        (zipped(bonjour_dot_txt="x"), "pas un classeur Excel"),
        (zipped(xl__workbook_dot_xml="x" * 160_000_000), "se déploie au-delà"),
        (zipped(xl__workbook_dot_xml="<x/>"), "abîmé"),
        (b"PK\x03\x04abc", "abîmé"),
        ("type;énoncé\n".encode() + b'x;"' + b"y" * 300_000, "CSV mal formé"),
        ("Code;Énoncé;Type d’objet;énoncé;type\n".encode(), None),
    ],
)
def test_hostile_or_foreign_file_is_refused_with_the_reason(data, reason):
    if reason is None:
        assert read(data).questions == []
        return
    with pytest.raises(QuestionFileRefused, match=reason):
        read(data)


def test_workbook_with_entities_is_refused():
    held = io.BytesIO(sheet.write_xlsx(sheet.EXAMPLES))
    poisoned = io.BytesIO()
    with zipfile.ZipFile(held) as source, zipfile.ZipFile(poisoned, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name.startswith("xl/worksheets/"):
                content = b'<!DOCTYPE x [<!ENTITY a "b">]>' + content
            target.writestr(name, content)
    with pytest.raises(QuestionFileRefused):
        read(poisoned.getvalue())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_text_in_unicode_is_read_without_a_remark(encoding):
    reading = read("Été comme hiver ?{T}".encode(encoding))
    assert [question.prompt for question in reading.questions] == ["Été comme hiver ?"]
    assert reading.remarks == []


def test_text_in_latin_1_is_read_and_said():
    reading = read("Bonjour ?{F}\n\nÉté comme hiver ?{T}".encode("latin-1"))
    assert reading.questions[1].prompt == "Été comme hiver ?"
    assert (reading.remarks[0].level, reading.remarks[0].where) == ("warning", "ligne 3")


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<ul><li>Un</li><li>Deux</li></ul>", "– Un\n– Deux"),
        ("<script>alert(1)</script>Bonjour", "Bonjour"),
        ("x<sup>2</sup>, 2<sup>km</sup>, H<sub>2</sub>O", "x², 2^(km), H₂O"),
        ('<a href="https://exemple.bj/a">ici</a>', "ici (https://exemple.bj/a)"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("Si a < b <!-- <p>non</p> --> alors <b>oui</b>", "Si a < b alors oui"),
        ("a&nbsp;b&nbsp;!", "a b\N{NO-BREAK SPACE}!"),
        ("<p>Un</p>\n\n<p>Deux <em>mots</em></p>", "Un\nDeux mots"),
    ],
)
def test_html_becomes_plain_text(html, text):
    assert to_plain(html, "html")[0] == text


@pytest.mark.parametrize("piece", ["<a ", "<", "<!--", '<a b="', "<a b='x' ", "</", "<a b='>' ", "<a>"])
def test_text_that_opens_tags_without_end_is_read_quickly(piece):
    before = time.process_time()
    to_plain((piece * 10_000)[:10_000], "html")
    assert time.process_time() - before < 3


@given(st.binary(max_size=400) | st.text(max_size=400).map(lambda text: text.encode("utf-8", "surrogatepass")))
@settings(max_examples=150, deadline=None)
def test_no_file_whatever_breaks_the_reading(data):
    try:
        read(data)
    except QuestionFileRefused as refusal:
        assert str(refusal)


PIECES = st.lists(
    st.sampled_from(
        ["::", "{", "}", "=", "~", "#", "####", "->", "%50%", "%", ":", "..", "\\", "\n", "\n\n", "T", "3", "a", "[html]", "[plain]", "$CATEGORY: ", "//", "[id:", "[tag:x]", ">", "<b>", "&#0;", "&#xD800;"]
    ),
    min_size=10,
    max_size=80,
)  # fmt: skip


@given(PIECES)
@settings(max_examples=120, deadline=None)
def test_no_gift_whatever_breaks_the_reading(pieces):
    try:
        read("{" + "".join(pieces))
    except QuestionFileRefused as refusal:
        assert str(refusal)


# --- There and back

WRITERS = {
    "gift": gift.write_gift,
    "moodle": moodle_xml.write_moodle_xml,
    "xlsx": sheet.write_xlsx,
    "csv": sheet.write_csv,
}


UNSAYABLE = {"gift": ("gap_fill", "survey", "file"), "moodle": ("survey",)}
SIMPLE = sheet.EXAMPLES[0]


def test_gift_keeps_signs_of_markup_in_plain_items_of_a_question_in_html():
    items = ("a < b", "R&D", "10\N{NO-BREAK SPACE}%")
    asked = replace(SIMPLE, type="ordering", prompt=Rich("<p>Du <b>premier</b></p>"), answer={"items": items})
    assert read(gift.write_gift([asked])).questions[0].answer == {"items": items}


def test_each_export_says_question_by_question_what_it_leaves_out():
    slips = {"accepted": ("pki",), "ignore_case": False, "ignore_accents": False, "typos": 1}
    said_by_tables = {"level": 2, "difficulty": "hard", "competence": "SC1"}
    asked = replace(SIMPLE, type="short_text", code="a--b", answer=slips, **said_by_tables)
    both = "la distinction des accents, les fautes de frappe tolérées, la compétence, le niveau, la difficulté."
    assert f"// a--b : GIFT ne sait pas dire la distinction des majuscules, {both}\n" in gift.write_gift([asked])
    written = moodle_xml.write_moodle_xml([asked, replace(SIMPLE, type="survey", code="c--d")])
    assert f"<!-- a- -b : Moodle XML ne sait pas dire {both} -->" in written
    assert [question.code for question in read(written).questions] == ["a--b"]
    picture = replace(SIMPLE, code="vue", prompt=Rich('<p>Que <b>voit</b>-on ?<img alt="Un port" src="x"></p>'))
    seen = Rich('<img alt="Un port" src="x">')
    sides = replace(SIMPLE, type="matching", code="e", answer={"pairs": ((seen, "A"), ("Cc", "B"))})
    items = replace(SIMPLE, type="ordering", code="f", answer={"items": (seen, "Cc")})
    table = sheet.write_csv([picture, asked, sides, items])
    told_last = [line.rsplit(";", 1)[1] for line in table.decode().splitlines()]
    assert told_last == ["Non repris", "les images", "", "les images", "les images"]
    for code in ("e", "f"):
        assert f"// {code} : GIFT ne sait pas dire les images" in gift.write_gift([sides, items])
    assert read(table).remarks == []
    plain = replace(SIMPLE, level=None, difficulty=None)
    assert "ne sait pas dire" not in gift.write_gift([plain]) + moodle_xml.write_moodle_xml([plain])
    assert "Non repris" not in sheet.write_csv([asked]).decode()


def test_a_table_says_the_difficulty():
    rows = "Type;Énoncé;Bonnes réponses;Difficulté\nvrai ou faux;A ?;vrai;Moyenne\nvrai ou faux;B ?;vrai;\nvrai ou faux;C ?;vrai;rude\n"
    reading = read(rows)
    assert [question.difficulty for question in reading.questions] == ["medium", None]
    assert told(reading, "error") == [("ligne 4", "« Difficulté » dit facile, moyenne ou difficile, et non « rude ».")]


TABLES = ("xlsx", "csv")
ONE_TO_A_CELL = ("text", "guide")


def as_a_table_says(question: ImportedQuestion) -> ImportedQuestion:
    """All of a question but what no table says: its title, for which its code stands; that a text is empty rather than not
    said; the lines of texts that share a cell; spaces around a text, and which ones a tag has."""
    answer = {name: value if name in ONE_TO_A_CELL else in_cells(value) for name, value in question.answer.items()}
    if question.type == "survey":
        answer |= {name: answer[name] or "" for name in ("low", "high") if name in answer}
    if answer.get("rubric"):
        answer["rubric"] = tuple((text, points, told or "") for text, points, told in answer["rubric"])
    tags = tuple(" ".join(tag.split()) for tag in question.tags) or None
    prompt, explanation = trimmed(question.prompt), trimmed(question.explanation) or None
    said = {"prompt": prompt, "explanation": explanation, "tags": tags}
    return replace(question, title=question.code, answer=answer, **said)


def trimmed(text):
    return text.strip() if isinstance(text, str) else text


def in_cells(value):
    """Plain texts on one line each; None where there is none."""
    match value:
        case dict():
            return {name: in_cells(each) for name, each in value.items()}
        case tuple():
            return tuple(map(in_cells, value))
        case str():
            return one_line(value) or None
    return value


@pytest.mark.parametrize("name", WRITERS)
@given(written=st.lists(questions(), min_size=4, max_size=8))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_what_is_exported_reads_back_the_same(name, written):
    """Whole files, for writing and reading one cost more than its questions; what a format cannot say leaves the rest whole."""
    written = [replace(question, code=f"question-{rank}") for rank, question in enumerate([*written, SIMPLE])]
    said = [question for question in written if question.type not in UNSAYABLE.get(name, ())]
    reading = read(WRITERS[name](written))
    assert [remark for remark in reading.remarks if remark.level != "warning"] == []
    assert [found.code for found in reading.questions] == [question.code for question in said]
    for found, question in zip(reading.questions, said, strict=True):
        if name in TABLES:
            assert found == as_a_table_says(question)
        else:
            assert is_same(found, question), (found, question)
