"""The form of a quiz in the editor: it refuses draws that the bank cannot fill."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.admin.forms import WagtailAdminPageForm

from courses.draws import shortfalls_of


class QuizPageForm(WagtailAdminPageForm):
    """Checks, at each save as at publication, the draws against the bank as it is and against one another."""

    def clean(self):
        cleaned = super().clean()
        fixed, draws = self.formsets.get("quiz_questions"), self.formsets.get("draws")
        if fixed is None or draws is None or not (fixed.is_valid() and draws.is_valid()):
            return cleaned
        if not (self.is_deferred_validation or kept(fixed) or kept(draws)):
            self.add_error(None, _("Une évaluation publiée pose au moins une question, fixe ou tirée au sort."))
        asked = [form.cleaned_data.get("question") for form in kept(fixed)]
        forms = kept(draws)
        facts = shortfalls_of([form.instance for form in forms], [question.pk for question in asked if question])
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
