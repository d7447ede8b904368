"""The form of a quiz in the editor: it refuses draws that the bank cannot fill."""

import re

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.admin.forms import WagtailAdminModelForm

from courses.asking_forms import AskingForm
from courses.draws import shortfalls_of
from courses.models.questions import QuestionTag


class DrawForm(WagtailAdminModelForm):
    """A draw, by the tags of the questions open to its branch. `place` is the quiz, or the page it is being written below."""

    def __init__(self, *args, place, questions, **kwargs):
        super().__init__(*args, **kwargs)
        self.place, self.questions = place, questions
        tags = QuestionTag.objects
        self.fields["tag"].queryset = tags.carried_by(questions) | tags.filter(pk=self.instance.tag_id)


class QuizPageForm(AskingForm):
    """Checks, at each save as at publication, the draws against the bank as it is and against one another."""

    question_names = re.compile(r"quiz_questions-\d+-question")

    @staticmethod
    def asked_by(page) -> set[int]:
        return {asked.question_id for asked in page.quiz_questions.all()} if page else set()

    def clean(self):
        cleaned = super().clean()
        fixed, draws = self.formsets.get("quiz_questions"), self.formsets.get("draws")
        if fixed is None or draws is None or not (fixed.is_valid() and draws.is_valid()):
            return cleaned
        if not (self.is_deferred_validation or kept(fixed) or kept(draws)):
            self.add_error(None, _("Une évaluation publiée pose au moins une question, fixe ou tirée au sort."))
        asked = [form.cleaned_data.get("question") for form in kept(fixed)]
        forms = kept(draws)
        fixed_pks = [question.pk for question in asked if question]
        facts = shortfalls_of(self.questions, [form.instance for form in forms], fixed_pks)
        for form, (matching, lacking) in zip(forms, facts, strict=True):
            if lacking:
                form.add_error("count", too_few(matching, form.instance.count, lacking))
        return cleaned


def kept(formset) -> list:
    """The forms of a formset that stay, in their order."""
    forms = [form for form in formset.forms if form.has_changed() or form.instance.pk]
    return [form for form in forms if not form.cleaned_data.get("DELETE")]


def too_few(matching: int, count: int, lacking: int) -> str:
    """Why a draw is refused."""
    if matching < count:
        return ngettext(
            "La banque n’a que %(n)d question qui convienne, questions fixes non comprises.",
            "La banque n’a que %(n)d questions qui conviennent, questions fixes non comprises.",
            matching,
        ) % {"n": matching}
    return ngettext(
        "Les autres tirages prennent dans les mêmes questions : il en manque %(n)d.",
        "Les autres tirages prennent dans les mêmes questions : il en manque %(n)d.",
        lacking,
    ) % {"n": lacking}
