"""The bank as a table, XLSX or CSV: every field, the columns that imports read; and the template trainers start from."""

import csv
import io
import re
from collections.abc import Iterable
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from courses.imports.questions.neutral import ImportedQuestion, Remark
from courses.imports.questions.texts import one_line, plain
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
}
FIRST = ["Code", "Type", "Énoncé"]
LAST = [
    "Bonnes réponses", "Tolérance", "Unité", "Ignorer les majuscules", "Ignorer les accents",
    "Explication", "Compétence", "Niveau", "Étiquettes",
]  # fmt: skip
FEWEST = 4  # columns of answers, whatever the questions
EXAMPLES = [
    ImportedQuestion(
        "single",
        "Que faire d’un courriel qui demande votre mot de passe ?",
        {"options": (("Le signaler", True), ("Y répondre", False), ("Le transférer à un collègue", False))},
        code="exemple-choix-unique",
        explanation="Personne n’a à demander un mot de passe.",
        level=1,
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
        {"accepted": ("hameçonnage", "phishing"), "ignore_case": True, "ignore_accents": True},
        code="exemple-reponse-courte",
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
    questions = [question for question in questions if question.type in TYPE_NAMES]
    answers = [_answer_texts(question.answer) for question in questions]
    width = max((len(left) for left, _right in answers), default=0)
    width, pairs = max(width, FEWEST), max((len(right) for _left, right in answers), default=0)
    heading = [*FIRST, *(f"Réponse {n}" for n in range(1, width + 1))]
    heading += [*(f"Correspond à {n}" for n in range(1, pairs + 1)), *LAST]
    rows = [heading]
    for question, (left, right) in zip(questions, answers, strict=True):
        padded = [*left, *[""] * (width - len(left)), *right, *[""] * (pairs - len(right))]
        first = [question.code, TYPE_NAMES[question.type], guarded(plain(question.prompt))]
        rows.append([*first, *padded, *_last(question)])
    return rows


def _answer_texts(answer: dict) -> tuple[list, list]:
    """What stands under « Réponse n » and under « Correspond à n »."""
    match answer:
        case {"options": rows}:
            return [guarded(one_line(text)) for text, _right in rows], []
        case {"pairs": rows}:
            return [guarded(one_line(text)) for text, _right in rows], [guarded(one_line(text)) for _left, text in rows]
        case {"items": rows} | {"accepted": rows}:
            return [guarded(one_line(text)) for text in rows], []
        case {"value": value}:
            return [_number(value)], []
    return [], []


def _last(question: ImportedQuestion) -> list:
    answer = question.answer
    right = ""
    if "options" in answer:
        right = ";".join(str(rank) for rank, (_text, is_right) in enumerate(answer["options"], 1) if is_right)
    elif "is_true" in answer:
        right = "vrai" if answer["is_true"] else "faux"
    return [
        right,
        _number(answer["tolerance"]) if "tolerance" in answer else "",
        guarded(one_line(answer.get("unit") or "")),
        _yes_or_no(answer.get("ignore_case")),
        _yes_or_no(answer.get("ignore_accents")),
        guarded(plain(question.explanation or "")),
        question.competence or "",
        question.level or "",
        guarded(_tags([one_line(tag) for tag in question.tags or ()])),
    ]


def _tags(tags: list[str]) -> str:
    """Separated by semicolons; one a line if a tag holds one."""
    return "".join(f"{tag}\n" for tag in tags) if any(";" in tag for tag in tags) else ";".join(tags)


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
