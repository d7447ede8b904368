"""What a format cannot say of a question: its file tells it beside the question, so that nothing is lost unknown."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from courses.imports.questions.neutral import ImportedQuestion
from courses.rules.rich_text import Rich

GIFT, MOODLE, TABLE = "GIFT", "Moodle XML", "tableau"


def unsaid(question: ImportedQuestion, file_format: str) -> str:
    """What a file of this format loses of the question, in words; "" where it says it all."""
    answer, is_gift, is_table = question.answer, file_format == GIFT, file_format == TABLE
    texts = [answer, *(gap for _kind, gap in answer.get("gaps", ()))]
    losses = {
        _("les images"): file_format != MOODLE and any("<img" in text.html for text in rich_texts(question)),
        _("l’unité"): is_gift and answer.get("unit"),
        _("la distinction des majuscules"): is_gift and answer.get("ignore_case") is False,
        _("la distinction des accents"): not is_table and any(each.get("ignore_accents") is False for each in texts),
        _("les fautes de frappe tolérées"): not is_table and any(each.get("typos") for each in texts),
        _("la grille de correction"): not is_table and answer.get("rubric"),
        _("la consigne de correction"): is_gift and answer.get("guide"),
        _("le nombre de mots"): is_gift and (answer.get("min_words") or answer.get("max_words")),
        _("la compétence"): not is_table and question.competence,
        _("le niveau"): not is_table and question.level,
        _("la difficulté"): not is_table and question.difficulty,
    }
    return ", ".join(name for name, is_lost in losses.items() if is_lost)


def rich_texts(question: ImportedQuestion) -> Iterator[Rich]:
    """The texts with markup of a question."""
    answer = question.answer
    listed = [text for name in ("options", "pairs") for text, *_more in answer.get(name, ())] + [
        *answer.get("items", ())
    ]
    yield from (text for text in (question.prompt, question.explanation, *listed) if isinstance(text, Rich))
