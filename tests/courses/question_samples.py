"""Files of questions as trainers bring them, written for these tests, and any question at all for round trips."""

import re

from hypothesis import strategies as st

from courses.imports.questions.neutral import ImportedQuestion
from courses.rules.rich_text import Rich, said, to_html

GIFT = r"""// Banque de la cellule sécurité
$CATEGORY: $course$/top/Défaut pour SEC-1/Cybersécurité/Mots de passe

// [id:mdp-01] [tag:socle] [tag:crochet \[x\]]
::Durée de vie::[html]<p>Un mot de passe compromis se change&nbsp;:</p>{
  =aussitôt#Oui, sans attendre.
  ~à la fin du mois
  ~%-50%jamais \= c’est plus simple
####[html]<p>La politique du service&nbsp;: <b>aussitôt</b>.</p>}

::Plusieurs facteurs::Lesquels sont des facteurs d’authentification ?{
~%33.33333%Ce que je sais
~%33.33333%Ce que je possède
~%33.33333%Ce que je suis
~%-100%Ce que je mange
}

::Vrai::Un gestionnaire de mots de passe chiffre son coffre.{T#Il le chiffre bien.#Oui !}

::Faux::[markdown]Le **même** mot de passe suffit partout.{FALSE}

$CATEGORY: $course$/top/Réseaux et 802.11a//b

::Ports::Associez service et port.{
=HTTPS -> 443
=SSH -> 22
= -> 25
}

::Valeur::Combien d’octets dans un kilooctet (±24) ?{#=1000:24#Exact. =%50%1024:0}

::Intervalle::Un chiffre entre 1 et 5 ?{#1..5}

::Acronyme::Le protocole qui remplace HTTP est {=HTTPS =%50%TLS =%100%http\:s} sur le Web.

::Ordre::Dans quel ordre ?{>3 VERTICAL ALL ABSOLUTE_POSITION SHOW NUMBERING_NONE
Isoler
Alerter
Réparer
}

::Dissertation::Expliquez votre démarche.{}

Cette page présente le thème.

::Cassée::Une accolade non fermée {=oui ~non

::Deux bonnes::Laquelle ?{=A =B ~C}

Sans titre, avec une accolade \{ et une barre \\ ?{=oui ~non}
"""

MOODLE = """<?xml version="1.0" encoding="UTF-8"?>
<quiz>
  <question type="category"><category><text>$course$/top/Sécurité/Messagerie</text></category></question>
  <question type="multichoice">
    <name><text>Expéditeur</text></name>
    <questiontext format="html"><text><![CDATA[<p>Que vérifier&nbsp;?<br>Voir <img src="@@PLUGINFILE@@/a.png" alt="un courriel"></p><p>10<sup>3</sup> et H<sub>2</sub>O</p>]]></text>
      <file name="a.png" path="/" encoding="base64">iVBORw0KGgo=</file></questiontext>
    <generalfeedback format="markdown"><text>L’**adresse** réelle.</text></generalfeedback>
    <defaultgrade>2.0000000</defaultgrade><penalty>0.3333333</penalty><hidden>0</hidden><idnumber>msg-1</idnumber>
    <single>false</single><shuffleanswers>true</shuffleanswers>
    <correctfeedback format="html"><text>Votre réponse est correcte.</text></correctfeedback>
    <answer fraction="33.33333" format="html"><text>L’adresse</text><feedback format="html"><text>Bien sûr.</text></feedback></answer>
    <answer fraction="33.33333" format="html"><text>Le domaine</text><feedback format="html"><text></text></feedback></answer>
    <answer fraction="33.33333" format="html"><text>Le contexte &amp;lt;urgent&amp;gt;</text></answer>
    <answer fraction="-50" format="html"><text>La couleur</text></answer>
    <hint format="html"><text>Regardez de près.</text></hint>
    <tags><tag><text>phishing</text></tag><tag><text>messagerie</text></tag></tags>
  </question>
  <question type="multichoice">
    <name><text>Unique</text></name><questiontext format="html"><text>Un seul ?</text></questiontext>
    <single>true</single>
    <answer fraction="100" format="plain_text"><text>a &lt; b</text></answer>
    <answer fraction="0" format="plain_text"><text>a &gt; b</text></answer>
  </question>
  <question type="truefalse"><name><text>VF</text></name><questiontext format="html"><text>Vrai ?</text></questiontext>
    <answer fraction="0"><text>true</text></answer><answer fraction="100"><text>false</text></answer></question>
  <question type="shortanswer"><name><text>Court</text></name><questiontext format="html"><text>Sigle ?</text></questiontext>
    <usecase>1</usecase>
    <answer fraction="100"><text>PKI</text></answer><answer fraction="50"><text>IGC</text></answer>
    <answer fraction="0"><text>*</text></answer></question>
  <question type="numerical"><name><text>Nombre</text></name><questiontext format="html"><text>Combien ?</text></questiontext>
    <answer fraction="100"><text>3.14</text><tolerance>0.01</tolerance></answer>
    <units><unit><multiplier>1</multiplier><unit_name>km</unit_name></unit></units></question>
  <question type="matching"><name><text>Paires</text></name><questiontext format="html"><text>Associez</text></questiontext>
    <subquestion format="html"><text><![CDATA[<p>À</p>]]></text><answer><text>Agir</text></answer></subquestion>
    <subquestion format="html"><text><![CDATA[<p>Cc</p>]]></text><answer><text>Suivre</text></answer></subquestion>
    <subquestion format="html"><text></text><answer><text>Oublier</text></answer></subquestion></question>
  <question type="ordering"><name><text>Rang</text></name><questiontext format="html"><text>Ordre ?</text></questiontext>
    <answer fraction="2.0000000" format="html"><text>Deux</text></answer>
    <answer fraction="1.0000000" format="html"><text>Un</text></answer></question>
  <question type="category"><category><text>$course$/top/Autres</text></category></question>
  <question type="calculated"><name><text>Calcul</text></name><questiontext format="html"><text>{a}+{b}</text></questiontext></question>
  <question type="gapselect"><name><text>Trous</text></name><questiontext format="html"><text>[[1]]</text></questiontext></question>
  <question type="multianswer"><name><text>Cloze</text></name><questiontext format="html"><text>{1:SA:=x}</text></questiontext></question>
  <question type="hologramme"><name><text>Demain</text></name><questiontext format="html"><text>?</text></questiontext></question>
  <question type="multichoice"><name><text>Sans juste</text></name><questiontext format="html"><text>Et ?</text></questiontext>
    <single>true</single><answer fraction="50"><text>A</text></answer><answer fraction="50"><text>B</text></answer></question>
</quiz>
"""

AIKEN = """Quel port sert à HTTPS ?
A. 80
B) 443
ANSWER: B

Que veut dire PKI,
en français ?
A. Infrastructure à clés publiques
B. Plan de continuité
answer: a

Sans réponse ?
A. Oui
B. Non

Réponse inconnue ?
A. Oui
B. Non
ANSWER: C
"""

CSV = """\ufeffCode;Type;Énoncé;Réponse 1;Réponse 2;Réponse 3;Correspond à 1;Correspond à 2;Bonnes réponses;Tolérance;Unité;Explication;Niveau;Étiquettes;Couleur
q-1;QCU;Lequel ?;A;B;C;;;2;;;Parce que B;2;réseau;rouge
;Choix multiples;Lesquels ?;A;B;C;;;1;3;;;;;
q-3;vrai ou faux;Est-ce vrai ?;;;;;;vrai;;;;;réseau; bleu
q-4;nombre;Combien ?;3,5;;;;;;0,5;km;;;
q-5;appariement;Reliez;À;Cc;;Agir;Suivre;;;;;;
q-6;remise en ordre;Rangez;Un;Deux;Trois;;;;;;;;
q-7;réponse courte;Quoi ?;'=1+1;pki;;;;;;;;;
q-8;dessin;Quoi ?;x;y;;;;1;;;;;
q-9;QCU;Lequel ?;A;B;;;;4;;;;;
q-10;QCU;Lequel ?;A;B;;;;1;;;;9;
"""

# --- Any question at all

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cn", "Cc")), min_size=1, max_size=40).filter(
    lambda text: any(character.isalnum() for character in text)
)
TRICKY = st.sampled_from(
    ["=2+2", "'=x", "%50% de rabais", "[html]x", "a -> b -> c", "x#y", "{a}", "a\\b", "~", "C:\\n", "//x", "::t::", "-1", "_x0041_",
     "a  b", "<b>gras</b>", "&amp;", "$CATEGORY: x", "T", "FALSE#x", "1..5", "a;b", "####", "ANSWER: A", "@x", "é\nà"]
)  # fmt: skip
ANY_TEXT = TEXT | TRICKY | st.builds("{} {}".format, TRICKY, TEXT)


def texts(least: int, most: int = 12):
    return st.lists(ANY_TEXT, min_size=least, max_size=most, unique_by=lambda text: " ".join(text.split()).casefold())


@st.composite
def rich_or_plain(draw, listed):
    """The same texts, some of them in bold."""
    return [
        rich(f"<b>{to_html(text, is_inline=True)}</b>", True) if draw(st.booleans()) else text for text in draw(listed)
    ]


NUMBERS = st.decimals(-(10**9), 10**9, places=4, allow_nan=False, allow_infinity=False)


WORDS = st.sampled_from(["Un mot", "a~b", "{x}", "50 %", "l’eau #1", "=2", "c:\\d", "à/b", "<b>", "a & b", '"x"'])
KINDS = [
    "single",
    "multiple",
    "true_false",
    "numeric",
    "matching",
    "ordering",
    "short_text",
    "gap_fill",
    "survey",
    "essay",
    "file",
]
RICH = st.sampled_from(
    [
        "<p>Un <b>mot</b> = {a}</p>",
        "<ul><li>a</li><li>b &lt; c</li></ul>",
        "<p>10<sup>3</sup><br>H<sub>2</sub>O</p><p>fin</p>",
    ]
).map(lambda html: rich(html))


@st.composite
def answers(draw):
    kind = draw(st.sampled_from(KINDS))
    match kind:
        case "single" | "multiple":
            options = draw(rich_or_plain(texts(2)))
            right = draw(st.sets(st.sampled_from(options), min_size=1, max_size=1 if kind == "single" else None))
            told = [tuple(draw(st.lists(ANY_TEXT, max_size=1))) for _option in options]
            rows = ((text, text in right, *why) for text, why in zip(options, told, strict=True))
            return kind, {"options": tuple(rows)}
        case "true_false":
            return kind, {"is_true": draw(st.booleans())}
        case "numeric":
            unit = draw(st.just("") | st.sampled_from(["km", "%", "F CFA", "-"]))
            answer = {"value": draw(NUMBERS), "tolerance": abs(draw(NUMBERS)), "unit": unit}
            others = draw(st.lists(st.tuples(NUMBERS, NUMBERS.map(abs)), max_size=2))
            return kind, answer | ({"others": tuple(others)} if others else {})
        case "matching":
            left = draw(rich_or_plain(texts(2, 6)))
            right = draw(
                st.lists(
                    ANY_TEXT,
                    min_size=len(left),
                    max_size=len(left) + 2,
                    unique_by=lambda text: " ".join(text.split()).casefold(),
                )
            )
            answer = {"pairs": tuple(zip(left, right, strict=False))}
            alone = tuple(right[len(left) :])
            return kind, answer | ({"distractors": alone} if alone else {})
        case "ordering":
            return kind, {"items": tuple(draw(rich_or_plain(texts(2))))}
        case "gap_fill":
            gaps = draw(st.lists(gap_answers(), min_size=1, max_size=4))
            words = [draw(st.just("") | WORDS) for _gap in gaps]
            text = "".join(f"{word} [[{rank}]] " for rank, word in enumerate(words, 1)).strip()
            return kind, {"text": text, "gaps": tuple(gaps)}
        case "survey":
            form = draw(st.sampled_from(["single", "multiple", "scale", "text"]))
            is_choice, is_scale = form in ("single", "multiple"), form == "scale"
            return kind, {
                "choices": tuple(draw(texts(2))) if is_choice else (),
                "form": form,
                "steps": draw(st.integers(2, 10)) if is_scale else 5,
                "low": draw(st.just("") | WORDS) if is_scale else "",
                "high": draw(st.just("") | WORDS) if is_scale else "",
            }
        case "essay" | "file":
            rubric = st.lists(st.tuples(WORDS, st.integers(1, 100), st.just("") | WORDS), max_size=3)
            by_hand = {"rubric": tuple(draw(rubric)) or None, "guide": draw(st.none() | WORDS)}
            if kind == "essay":
                return kind, {
                    **by_hand,
                    "min_words": draw(st.none() | st.integers(1, 9)),
                    "max_words": draw(st.integers(9, 99)),
                }
            return kind, {**by_hand, "extensions": ("pdf", "jpg"), "max_mb": draw(st.integers(1, 8))}
    return kind, draw(short_texts())


@st.composite
def short_texts(draw):
    accepted = tuple(draw(texts(1, 6).filter(lambda found: "*" not in found)))
    ignore = {"ignore_case": draw(st.booleans()), "ignore_accents": draw(st.booleans())}
    return {"accepted": accepted, **ignore, "typos": draw(st.integers(0, 2))}


@st.composite
def gap_answers(draw):
    kind = draw(st.sampled_from(["short_text", "single", "numeric"]))
    if kind == "single":
        options = draw(st.lists(WORDS, min_size=2, max_size=4, unique_by=str.casefold))
        return kind, {"options": tuple((text, text == options[-1]) for text in options)}
    if kind == "numeric":
        return kind, {"value": draw(NUMBERS), "tolerance": abs(draw(NUMBERS)), "unit": None}
    return kind, {**draw(short_texts()), "ignore_accents": None, "typos": None}


def rich(html: str, is_inline: bool = False):
    """The text as a version freezes it: rich if it needs to be."""
    words, kept = said(Rich(html), is_inline)
    return Rich(kept) if kept else words


TAGS = st.lists(
    TEXT.filter(lambda tag: len(tag.strip()) < 30) | st.just("a;b [c]"),
    max_size=3,
    unique_by=lambda tag: " ".join(tag.split()).casefold(),
)


def single_spaced(value):
    """The same value, with no two spaces side by side in any of its texts."""
    match value:
        case str():
            return re.sub(" +", " ", value)
        case tuple():
            return tuple(single_spaced(part) for part in value)
        case dict():
            return {name: single_spaced(part) for name, part in value.items()}
    return value


@st.composite
def questions(draw, code="une-question"):
    kind, answer = draw(answers())
    prompt, explanation = draw(ANY_TEXT | RICH), draw(st.just("") | ANY_TEXT | RICH)
    if kind == "gap_fill" or isinstance(prompt, Rich) or isinstance(explanation, Rich):
        # The files that hold HTML hold the whole question in it, where several spaces are one.
        answer, prompt, explanation = single_spaced((answer, prompt, explanation))
    return ImportedQuestion(
        type=kind,
        prompt=prompt,
        answer=answer,
        code=code,
        title=code,
        explanation=explanation,
        level=draw(st.none() | st.integers(1, 5)),
        difficulty=draw(st.sampled_from([None, "easy", "medium", "hard"])),
        tags=tuple(draw(TAGS)),
    )


def five_thousand_gift(count: int = 5_000) -> str:
    """A long bank, as a ministry would hand it over."""
    return "\n\n".join(
        f"$CATEGORY: $course$/top/Thème {rank % 20}\n\n::Question {rank}::[html]<p>Énoncé numéro {rank}&nbsp;?</p>"
        f"{{=juste {rank} ~faux {rank} ~autre {rank}####<p>Parce que {rank}.</p>}}"
        for rank in range(count)
    )
