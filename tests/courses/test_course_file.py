"""A course file says where and why it is refused, and nothing of a refused file reaches the database."""

from copy import deepcopy

import pytest
import yaml
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from courses.imports.course_file import Vocabulary, parse_course
from courses.imports.lesson_markdown import UnsupportedMarkdown, markdown_to_blocks
from courses.imports.located import FileRefused
from courses.models import CoursePage, LessonPage, Question
from tests.courses.conftest import COURSES

KNOWN = Vocabulary(
    competences=frozenset({"CN1"}),
    strands=frozenset({"formation-rh"}),
    profiles=frozenset({"agent-public"}),
    courses=frozenset({"essai"}),
)
SOUND = """\
course:
  id: essai
  order: 1
  version: 1
  language: fr
  title: "Un essai"
  summary: "Pour voir."
  duration_minutes: 30
  audience: [agent-public]
  strands: [formation-rh]
  competences:
    - {code: CN1, level: 2}
  lessons:
    - id: l1
      title: "Première leçon"
      duration_minutes: 10
      body_md: |
        Un paragraphe.

        - **gras** : oui ;
        - *penché*.
      micro_action: "Essayer."
  quiz:
    - id: q1
      type: single
      competence: CN1
      level: 1
      points: 1
      prompt: "Laquelle ?"
      options:
        - {id: a, text: "Celle-ci"}
        - {id: b, text: "Celle-là"}
      answer: a
      explanation: "Voilà."
    - id: q2
      type: matching
      points: 2
      prompt: "Associez."
      left: [{id: l1, text: "À"}, {id: l2, text: "Cc"}]
      right: [{id: r1, text: "Agir"}, {id: r2, text: "Suivre"}]
      answer: {l1: r1, l2: r2}
    - id: q3
      type: ordering
      points: 1
      prompt: "Ordonnez."
      items: [{id: i1, text: "Un"}, {id: i2, text: "Deux"}]
      answer: [i1, i2]
    - id: q4
      type: numeric
      points: 1
      prompt: "Combien ?"
      answer: 0.30
      tolerance: 0.05
    - id: q5
      type: short_text
      points: 1
      prompt: "Quel mot ?"
      accepted: ["hameçonnage"]
      match: {ignore_case: true, trim: true}
    - id: q6
      type: multiple
      points: 1
      prompt: "Lesquelles ?"
      options: [{id: a, text: "Un"}, {id: b, text: "Deux"}]
      answer: [a, b]
    - id: q7
      type: true_false
      points: 1
      prompt: "Vrai ?"
      answer: false
"""


def refusal_of(text: str | bytes):
    with pytest.raises(FileRefused) as refused:
        parse_course(text if isinstance(text, bytes) else text.encode(), KNOWN)
    return [(problem.line, problem.message) for problem in refused.value.problems]


def line_of(extract: str, text: str = SOUND) -> int:
    return text[: text.index(extract)].count("\n") + 1


def test_sound_file_is_read():
    course = parse_course(SOUND.encode(), KNOWN)
    assert (course.id, course.title, course.pass_mark_percent) == ("essai", "Un essai", 70)
    assert [question.type for question in course.questions] == [
        *("single", "matching", "ordering", "numeric", "short_text", "multiple", "true_false")
    ]
    assert course.lessons[0].blocks == (
        {
            "type": "prose",
            "value": "<p>Un paragraphe.</p><ul><li><b>gras</b>\xa0: oui\u202f;</li><li><i>penché</i>.</li></ul>",
        },
    )


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("{code: CN1, level: 2}", "{code: ZZ9, level: 2}", "Compétence inconnue : ZZ9."),
        ("{code: CN1, level: 2}", "{code: CN1, level: 6}", "« level » : on attend un nombre entier de 1 à 5."),
        ("{code: CN1, level: 2}", "{code: CN1}", "Une compétence : il manque « level »."),
        ("audience: [agent-public]", "audience: [martien]", "Profil de poste inconnu : martien."),
        ("audience: [agent-public]", "audience: agent-public", "« audience » : on attend une liste."),
        ("strands: [formation-rh]", "strands: [formation-rh, formation-rh]", "« formation-rh » est cité deux fois."),
        ("language: fr", "language: en", "La langue d’une formation est « fr »."),
        ("language: fr", "prerequisites: [inconnue]", "Formation inconnue : inconnue."),
        ("language: fr", "couleur: rouge", "« course » : clé inconnue « couleur »."),
        ('title: "Un essai"', "title: 12", "« title » : on attend un texte (mettez-le entre guillemets)."),
        ('title: "Un essai"', 'title: ""', "« title » : le texte est vide."),
        ('title: "Un essai"', f'title: "{"x" * 201}"', "« title » : le texte dépasse 200 caractères."),
        ('title: "Première leçon"', 'title: "…"', "Un titre contient au moins une lettre ou un chiffre."),
        ("order: 1", "order: un", "« order » : on attend un nombre entier de 0 à 10000."),
        ("order: 1", "order: true", "« order » : on attend un nombre entier de 0 à 10000."),
        (
            "duration_minutes: 30",
            "duration_minutes: -5",
            "« duration_minutes » : on attend un nombre entier de 1 à 10000.",
        ),
        ("id: essai", "id: Été", "« Été » : minuscules sans accent, chiffres et tirets seulement."),
        ("type: single", "type: devinette", "Type de question inconnu : devinette."),
        ("      answer: a\n", "      answer: c\n", "« c » n’est le nom d’aucune option."),
        ("      answer: a\n", "      answer: [a]\n", "« ? » n’est le nom d’aucune option."),
        ("answer: [a, b]", "answer: []", "Un choix multiple a au moins une bonne réponse."),
        ("answer: [a, b]", "answer: [a, a]", "Une option est citée deux fois."),
        ("answer: [i1, i2]", "answer: [i1]", "L’ordre cite chaque élément une fois."),
        ("{l1: r1, l2: r2}", "{l1: r1}", "Chaque élément de gauche va avec un élément de droite, et un seul."),
        ("{l1: r1, l2: r2}", "{l1: r1, l2: r1}", "Chaque élément de gauche va avec un élément de droite, et un seul."),
        ("answer: 0.30", "answer: beaucoup", "« answer » : on attend un nombre."),
        ("answer: 0.30", "answer: .inf", "« answer » : on attend un nombre."),
        ("answer: 0.30", "answer: .nan", "« answer » : on attend un nombre."),
        ("tolerance: 0.05", "tolerance: -0.05", "La tolérance est un nombre positif ou nul."),
        ('accepted: ["hameçonnage"]', 'accepted: ["  "]', "« accepted » : le texte est vide."),
        ("answer: false", "answer: non", "« answer » : on attend true ou false."),
        ("answer: false", "answer: 0", "« answer » : on attend true ou false."),
        (
            "  order: 1",
            "  licence: GPL\n  order: 1",
            "« licence » : La valeur «\xa0'GPL'\xa0» n’est pas un choix valide.",
        ),
        (
            "  order: 1",
            "  review_due_on: demain\n  order: 1",
            "« review_due_on » : Le format de date de la valeur «\xa0demain\xa0» n’est pas valide. Le format correct est AAAA-MM-JJ.",
        ),
        ("id: q7", "id: q6", "L’identifiant « q6 » est répété."),
        ('{id: b, text: "Celle-là"}', '{id: a, text: "Celle-là"}', "L’identifiant « a » est répété."),
        ('{id: b, text: "Celle-là"}', '{id: b, text: "Celle-ci"}', "Deux éléments ont le même texte."),
        (
            "        Un paragraphe.",
            "        ![image](/x.png)",
            "Les images ne s’importent pas par fichier : ajoutez-les dans Wagtail.",
        ),
    ],
)
def test_malformed_file_is_refused_with_line_and_reason(old, new, reason):
    assert SOUND.count(old) >= 1
    problems = refusal_of(SOUND.replace(old, new, 1))
    assert reason in [message for _line, message in problems]
    line = next(line for line, message in problems if message == reason)
    # A reason about a question or an option as a whole stands on its first line.
    assert abs(line - line_of(old)) <= 12
    if "nombre entier" in reason or "inconnu" in reason or "texte" in reason[:20]:
        assert line == line_of(old)


def test_every_problem_is_told_at_once_in_order():
    spoilt = (
        SOUND.replace("order: 1", "order: un")
        .replace("answer: false", "answer: peut-être")
        .replace("level: 1\n", "level: 9\n")
    )
    lines = [line for line, _message in refusal_of(spoilt)]
    assert lines == [line_of("order: 1"), line_of("level: 1\n"), line_of("answer: false")]


@pytest.mark.parametrize(
    ("data", "line", "reason"),
    [
        (b"", 1, "vide"),
        (b"course: [", 1, "mal form"),
        (b"a: 1\nb: : 2\n", 2, "mal form"),
        (b"course:\n\tid: x\n", 2, "mal form"),
        (b"course: {a: 1, a: 2}", 1, "répétée"),
        (b"x: &a [1]\ny: *a\n", 2, "renvois"),
        (b"course: " + b"[" * 50 + b"]" * 50, 1, "imbriqués"),
        (b"a: 1\nb: \xe9t\xe9\n", 2, "UTF-8"),
        (b"a: 1\nb: \x07\n", 2, "contrôle"),
        (b"a: !!python/object:os.system x\n", 1, "mal form"),
        (b"a: 1\n---\nb: 2\n", 2, "mal form"),
        (b"a: 2024-99-99\n", 1, "illisible"),
        (b"[1, 2]", 1, "clés et des valeurs"),
        (b"? [a]\n: b\n", 1, "clé doit être un texte"),
        (b"#" * 2_000_001, 1, "dépasse"),
    ],
)
def test_file_that_is_no_plain_yaml_is_refused(data, line, reason):
    problems = refusal_of(data)
    assert problems[0][0] == line
    assert reason in problems[0][1]


def paths_in(value, path=()):
    yield path
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from paths_in(child, (*path, key))


DOCUMENT = yaml.safe_load(SOUND)
PATHS = [path for path in paths_in(DOCUMENT) if path]


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.sampled_from(PATHS),
    st.sampled_from(
        [
            None,
            "",
            [],
            {},
            -1,
            10**30,
            1e308,
            True,
            "\u202e",
            "x" * 5000,
            ["a", ["b"]],
            {"id": "a"},
            {1: 2},
            "supprimer",
        ]
    ),
)
def test_any_value_put_anywhere_is_read_or_refused_never_worse(path, value):
    document = deepcopy(DOCUMENT)
    *parents, last = path
    place = document
    for key in parents:
        place = place[key]
    if value == "supprimer":
        del place[last]
    else:
        place[last] = value
    text = yaml.safe_dump(document, allow_unicode=True)
    try:
        parse_course(text.encode(), KNOWN)
    except FileRefused as refused:
        assert all(1 <= problem.line <= text.count("\n") + 1 for problem in refused.problems)
        assert refused.problems


@settings(deadline=None)
@given(st.integers(0, len(SOUND)), st.integers(0, 60))
def test_torn_file_is_read_or_refused_never_worse(start, length):
    try:
        parse_course((SOUND[:start] + SOUND[start + length :]).encode(), KNOWN)
    except FileRefused as refused:
        assert refused.problems


@pytest.mark.django_db
def test_one_malformed_file_keeps_all_the_others_out(framework, tmp_path):
    for path in COURSES.glob("0[12]*.yaml"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "03-faux.yaml").write_text(SOUND.replace("      answer: a\n", "      answer: z\n"))
    with pytest.raises(CommandError) as refused:
        call_command("load_courses", tmp_path)
    line = line_of("      answer: a\n")
    assert (
        str(refused.value) == f"Rien n’a été importé.\n03-faux.yaml, ligne {line} : « z » n’est le nom d’aucune option."
    )
    assert not (CoursePage.objects.exists() or LessonPage.objects.exists() or Question.objects.exists())


@pytest.mark.django_db
def test_two_files_of_the_same_course_are_refused(framework, tmp_path):
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(SOUND)
    with pytest.raises(CommandError, match="écrite dans deux fichiers"):
        call_command("load_courses", tmp_path)


@pytest.mark.django_db
def test_missing_file_is_refused(tmp_path):
    with pytest.raises(CommandError, match=r"absent\.yaml, ligne 1 : Fichier illisible"):
        call_command("load_courses", tmp_path / "absent.yaml")


# --- Markdown


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("# Grand\n\n## Moyen\n\n### Petit\n\n#### Menu", "<h2>Grand</h2><h2>Moyen</h2><h3>Petit</h3><h4>Menu</h4>"),
        ("1. un\n2. deux", "<ol><li>un</li><li>deux</li></ol>"),
        ("- un\n\n- deux", "<ul><li>un</li><li>deux</li></ul>"),
        ("[lien](https://asin.bj)", '<p><a href="https://asin.bj">lien</a></p>'),
        ("`code` & <b>", "<p><code>code</code> &amp; &lt;b&gt;</p>"),
        ("> cité", "<blockquote>cité</blockquote>"),
    ],
)
def test_markdown_becomes_rich_text(text, html):
    assert markdown_to_blocks(text) == [{"type": "prose", "value": html}]


def test_nested_list_and_second_paragraph_come_out():
    (block,) = markdown_to_blocks("- un\n\n  suite\n  - dedans\n- deux")
    assert "<li>un<br/> suite<ul><li>dedans</li></ul></li>" in block["value"]


def test_code_stands_apart():
    assert markdown_to_blocks("avant\n\n```\n<a> & b\n```\n\naprès") == [
        {"type": "prose", "value": "<p>avant</p>"},
        {"type": "code", "value": {"text": "<a> & b"}},
        {"type": "prose", "value": "<p>après</p>"},
    ]


@pytest.mark.parametrize("text", ["- ```\n  x\n  ```", "![x](y.png)"])
def test_markdown_that_a_lesson_cannot_hold_is_refused(text):
    with pytest.raises(UnsupportedMarkdown):
        markdown_to_blocks(text)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[clic](javascript:alert(1))",
        "[clic](JaVaScRiPt:alert(1))",
        "[clic](data:text/html;base64,PHNjcmlwdD4=)",
        "[clic](vbscript:x)",
        '[clic](https://a.bj"onmouseover="alert(1))',
        "<a href='javascript:alert(1)'>x</a>",
        "`<script>`",
        "<javascript:alert(1)>",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "# <svg onload=alert(1)>",
    ],
)
def test_markdown_carries_no_script(text):
    html = "".join(block["value"] for block in markdown_to_blocks(text)).lower()
    assert "<script" not in html
    assert "<img" not in html
    assert "<svg" not in html
    assert 'href="javascript' not in html
    assert 'href="data' not in html
    assert 'href="vbscript' not in html
    assert " onmouseover=" not in html.replace('"https://a.bj%22onmouseover=', "")


@given(st.text())
@settings(deadline=None)
def test_any_markdown_becomes_blocks_or_is_refused(text):
    try:
        html = "".join(block["value"] for block in markdown_to_blocks(text) if block["type"] == "prose")
    except UnsupportedMarkdown:
        return
    assert "<script" not in html.lower()
