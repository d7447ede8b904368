"""The bank as a table, XLSX or CSV: every field, the columns that imports read; and the template trainers start from."""

import csv
import io
import re
from collections.abc import Iterable
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from courses.exports.unsaid import TABLE, unsaid
from courses.imports.questions.cloze import write_cloze
from courses.imports.questions.neutral import ImportedQuestion, Remark
from courses.imports.questions.texts import one_line, plain
from courses.rules.rich_text import Rich, Text, without_pictures
from lms.core.spreadsheets import FORMULA_STARTS, neutral

# What a spreadsheet would run, apostrophes before it included: the import takes one away again, and only then.
RUNNABLE = re.compile(rf"'*\s*[{re.escape(''.join(FORMULA_STARTS))}\t]")
TYPE_NAMES = {
    "single": "choix unique",
    "multiple": "choix multiples",
    "true_false": "vrai ou faux",
    "numeric": "nombre",
    "matching": "appariement",
    "ordering": "remise en ordre",
    "short_text": "réponse courte",
    "gap_fill": "texte à trous",
    "survey": "question d’opinion",
    "essay": "composition",
    "file": "fichier à remettre",
}
DIFFICULTIES = {"easy": "facile", "medium": "moyenne", "hard": "difficile"}
FORMS = {"single": "un choix", "multiple": "plusieurs choix", "scale": "échelle", "text": "texte"}
FIRST = ["Code", "Type", "Énoncé"]
LAST = [
    "Bonnes réponses", "Tolérance", "Unité", "Ignorer les majuscules", "Ignorer les accents", "Fautes de frappe",
    "Texte à trous", "Forme", "Degrés", "Mots au moins", "Mots au plus", "Types de fichier", "Taille (Mo)", "Critères",
    "Pour qui corrige", "Explication", "Compétence", "Niveau", "Difficulté", "Étiquettes",
]  # fmt: skip
LOST = "Non repris"  # a column where a text is lost, which imports leave
FEWEST = 4  # columns of answers, whatever the questions
EXAMPLES = [
    ImportedQuestion(
        "single",
        "Que faire d’un courriel qui demande votre mot de passe ?",
        {"options": (("Le signaler", True), ("Y répondre", False), ("Le transférer à un collègue", False))},
        code="exemple-choix-unique",
        explanation="Personne n’a à demander un mot de passe.",
        level=1,
        difficulty="easy",
        tags=("messagerie",),
    ),
    ImportedQuestion(
        "multiple",
        "Lesquels sont des mots de passe solides ?",
        {"options": (("123456", False), ("Une longue phrase à vous", True), ("Celui d’un gestionnaire", True))},
        code="exemple-choix-multiples",
    ),
    ImportedQuestion("true_false", "Un navigateur se met à jour.", {"is_true": True}, code="exemple-vrai-faux"),
    ImportedQuestion(
        "numeric",
        "Combien de communes compte le Bénin ?",
        {"value": Decimal(77), "tolerance": Decimal(0), "unit": "communes"},
        code="exemple-nombre",
    ),
    ImportedQuestion(
        "matching",
        "Reliez chaque champ à son usage.",
        {"pairs": (("À", "Qui doit agir"), ("Cc", "Qui doit savoir"))},
        code="exemple-appariement",
    ),
    ImportedQuestion(
        "ordering",
        "Remettez les gestes dans l’ordre.",
        {"items": ("Isoler le poste", "Alerter", "Réparer")},
        code="exemple-ordre",
    ),
    ImportedQuestion(
        "short_text",
        "Comment appelle-t-on un courriel qui imite un service connu ?",
        {"accepted": ("hameçonnage", "phishing"), "ignore_case": True, "ignore_accents": True, "typos": 1},
        code="exemple-reponse-courte",
    ),
    ImportedQuestion(
        "gap_fill",
        "Complétez.",
        {
            "text": "Le Bénin compte [[1]] communes et sa capitale est [[2]].",
            "gaps": (
                ("numeric", {"value": Decimal(77), "tolerance": Decimal(0), "unit": None}),
                ("single", {"options": (("Porto-Novo", True), ("Cotonou", False))}),
            ),
        },
        code="exemple-texte-a-trous",
    ),
    ImportedQuestion(
        "survey",
        "Cette formation vous sera-t-elle utile ?",
        {"choices": (), "form": "scale", "steps": 5, "low": "pas du tout", "high": "beaucoup"},
        code="exemple-opinion",
    ),
    ImportedQuestion(
        "essay",
        "Décrivez un incident et ce que vous avez fait.",
        {
            "rubric": (("Les faits sont datés", 1, ""), ("Le geste est juste", 2, "isoler, puis alerter")),
            "guide": "Isoler, alerter, garder les traces.",
            "min_words": 50,
            "max_words": 300,
        },
        code="exemple-composition",
    ),
    ImportedQuestion(
        "file",
        "Remettez votre feuille de route.",
        {"rubric": (("Trois actions datées", 3, ""),), "guide": None, "extensions": ("pdf", "docx"), "max_mb": 5},
        code="exemple-fichier",
    ),
]


def write_xlsx(questions: Iterable[ImportedQuestion]) -> bytes:
    return _xlsx(_rows(list(questions)), "Questions")


def write_csv(questions: Iterable[ImportedQuestion]) -> bytes:
    return _csv(_rows(list(questions)))


def remarks_xlsx(remarks: Iterable[Remark]) -> bytes:
    return _xlsx(_remark_rows(remarks), "Rapport")


def remarks_csv(remarks: Iterable[Remark]) -> bytes:
    return _csv(_remark_rows(remarks))


def _remark_rows(remarks: Iterable[Remark]) -> list[list]:
    labels = {"error": "erreur", "warning": "avertissement", "skipped": "ignorée"}
    rows = ([labels[remark.level], neutral(remark.where), neutral(remark.message)] for remark in remarks)
    return [["Gravité", "Où", "Quoi"], *rows]


def guarded(text: str) -> str:
    """The text led by an apostrophe if a spreadsheet would run it, or if it looks as though it had been."""
    return f"'{text}" if RUNNABLE.match(text) else text


def _rows(questions: list[ImportedQuestion]) -> list[list]:
    answers = [_answer_texts(question.answer) for question in questions]
    width = max((len(left) for left, _right in answers), default=0)
    width, pairs = max(width, FEWEST), max((len(right) for _left, right in answers), default=0)
    comments = [_comments(question.answer) for question in questions]
    told = max(map(len, comments), default=0)
    heading = [*FIRST, *(f"Réponse {n}" for n in range(1, width + 1))]
    heading += [
        f"{name} {n}" for name, count in (("Correspond à", pairs), ("Commentaire", told)) for n in range(1, count + 1)
    ]
    lost = [unsaid(question, TABLE) for question in questions]
    rows = [[*heading, *LAST, *([LOST] if any(lost) else [])]]
    for question, (left, right), comment, missing in zip(questions, answers, comments, lost, strict=True):
        padded = [*left, *[""] * (width - len(left)), *right, *[""] * (pairs - len(right))]
        padded += [*comment, *[""] * (told - len(comment))]
        first = [question.code, TYPE_NAMES[question.type], _text(question.prompt)]
        rows.append([*first, *padded, *_last(question), *([missing] if any(lost) else [])])
    return rows


def _answer_texts(answer: dict) -> tuple[list, list]:
    """What stands under « Réponse n » and under « Correspond à n »."""
    match answer:
        case {"form": "scale"}:
            return [guarded(one_line(answer["low"])), guarded(one_line(answer["high"]))], []
        case {"options": rows}:
            return [_text(one_line(text)) for text, *_more in rows], []
        case {"pairs": rows}:
            right = [text for _left, text in rows] + list(answer.get("distractors", ()))
            return [_text(one_line(text)) for text, _right in rows], [guarded(one_line(text)) for text in right]
        case {"items": rows}:
            return [_text(one_line(text)) for text in rows], []
        case {"choices": rows} | {"accepted": rows}:
            return [guarded(one_line(text)) for text in rows], []
        case {"value": value}:
            others = (f"{number:f} ± {tolerance:f}" for number, tolerance in answer.get("others", ()))
            return [_number(value), *map(guarded, others)], []
    return [], []


def _comments(answer: dict) -> list[str]:
    """What stands under « Commentaire n »: why each option is right or wrong, if any says."""
    told = [guarded(one_line("".join(told))) for _text, _right, *told in answer.get("options", ())]
    return told if any(told) else []


def _text(text: Text) -> str:
    """The text in its cell, led by its markup when it is rich or could be taken for it."""
    if isinstance(text, Rich):
        return f"[html]{without_pictures(text)}"
    text = plain(text)
    return f"[plain]{text}" if text.startswith(("[html]", "[plain]")) else guarded(text)


def _last(question: ImportedQuestion) -> list:
    answer = question.answer
    right = ""
    if "options" in answer:
        right = ";".join(str(rank) for rank, (_text, is_right, *_told) in enumerate(answer["options"], 1) if is_right)
    elif "is_true" in answer:
        right = "vrai" if answer["is_true"] else "faux"
    return [
        right,
        _number(answer["tolerance"]) if "tolerance" in answer else "",
        guarded(one_line(answer.get("unit") or "")),
        _yes_or_no(answer.get("ignore_case")),
        _yes_or_no(answer.get("ignore_accents")),
        answer["typos"] if answer.get("typos") is not None else "",
        guarded(plain(write_cloze(answer))) if "gaps" in answer else "",
        FORMS.get(answer.get("form"), ""),
        answer.get("steps", "") if answer.get("form") == "scale" else "",
        *(_given(answer.get(name)) for name in ("min_words", "max_words")),
        ";".join(answer.get("extensions") or ()),
        _given(answer.get("max_mb")),
        guarded("\n".join(map(_criterion, answer.get("rubric") or ()))),
        guarded(plain(answer.get("guide") or "")),
        _text(question.explanation or ""),
        question.competence or "",
        question.level or "",
        DIFFICULTIES.get(question.difficulty, ""),
        guarded(_tags([one_line(tag) for tag in question.tags or ()])),
    ]


def _tags(tags: list[str]) -> str:
    """Separated by semicolons; one a line if a tag holds one."""
    return "".join(f"{tag}\n" for tag in tags) if any(";" in tag for tag in tags) else ";".join(tags)


def _criterion(row: tuple) -> str:
    text, points, detail = (one_line(str(each)).replace("|", "/") for each in row)
    return f"{points} | {text} | {detail}" if detail else f"{points} | {text}"


def _given(value: int | None) -> int | str:
    return "" if value is None else value


def _yes_or_no(value: bool | None) -> str:
    return "" if value is None else "oui" if value else "non"


def _number(value: Decimal):
    """A number where a spreadsheet keeps it whole, else its digits."""
    written = f"{value:f}"
    return value if len(written.strip("-").replace(".", "")) <= 15 else guarded(written)


def _xlsx(rows: list[list], title: str) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for letter in "ABC":
        sheet.column_dimensions[letter].width = 30
    heading = []
    for text in rows[0]:
        cell = WriteOnlyCell(sheet, text)
        cell.font = Font(bold=True)
        heading.append(cell)
    sheet.append(heading)
    for row in rows[1:]:
        sheet.append(row)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _csv(rows: list[list]) -> bytes:
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=";").writerows(rows)
    return ("\N{BYTE ORDER MARK}" + written.getvalue()).encode()
