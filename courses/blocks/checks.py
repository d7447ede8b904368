"""A quick check: one question of the bank in a lesson, answered at once and marked by nobody.

The lesson holds the prompt and the way to the question; the question itself is served and corrected by assessment, which
stands above and which the template names by its address alone. So no answer is ever in the text of a lesson.
"""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.snippets.blocks import SnippetChooserBlock

from courses.blocks.features import EXERCISES, refuse
from courses.rules.answers import MANUAL_TYPES, UNMARKED_TYPES

QUICK_CHECK = "quick_check"


class QuickCheckBlock(blocks.StructBlock):
    """One question of the bank."""

    question = SnippetChooserBlock(
        "courses.Question",
        label=_("question"),
        help_text=_(
            "Une question de la banque qui se corrige seule. Ne prenez pas celle d’une évaluation certifiante."
        ),
    )

    class Meta:
        label = _("question rapide")
        icon = "help"
        group = EXERCISES
        template = "courses/blocks/quick_check.html"
        preview_template = "courses/blocks/preview/quick_check.html"
        description = _("Une question dans la leçon, sans note : le lecteur répond, puis lit aussitôt l’explication.")
        label_format = "{label}"  # a question not chosen yet would be called « null »

    def clean(self, value):
        cleaned = super().clean(value)
        question = cleaned["question"]
        if question and question.type in MANUAL_TYPES | UNMARKED_TYPES:
            refuse(question=_("Choisissez une question qui se corrige seule."))
        return cleaned


def quick_questions(body) -> set[int]:
    """The ids of the questions that a lesson's body (a StreamValue) asks; no query."""
    return {block["value"]["question"] for block in body.raw_data if block["type"] == QUICK_CHECK}
