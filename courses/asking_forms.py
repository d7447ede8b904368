"""The editors of pages that ask questions: they take those open to the branch of the page, whatever pk a form names."""

import re
from functools import cached_property

from django.utils.translation import gettext as _

from courses.addresses import TaughtPageForm
from courses.blocks.checks import quick_questions
from courses.models.questions import Question


class AskingForm(TaughtPageForm):
    """Leaves out, before anything of it is shown again, a question that the page may not ask and does not ask already."""

    question_names: re.Pattern

    def __init__(self, data=None, files=None, parent_page=None, *args, instance=None, **kwargs):
        self.place = instance if instance is not None and instance.path else parent_page
        named = [name for name in data or () if self.question_names.fullmatch(name)]
        wanted = {int(data[name]) for name in named if data[name].isdecimal()}
        taken = wanted and wanted & (self.asked_by(instance) | set(self.open_among(wanted)))
        self.left_out = [name for name in named if data[name].isdecimal() and int(data[name]) not in taken]
        if self.left_out:
            data = data.copy()
            for name in self.left_out:
                data[name] = ""
        super().__init__(data, files, parent_page, *args, instance=instance, **kwargs)

    @cached_property
    def questions(self):
        """Those open to the branch of the page."""
        return Question.objects.open_to(self.place)

    def open_among(self, pks):
        return self.questions.filter(pk__in=pks).values_list("pk", flat=True)

    @staticmethod
    def asked_by(page) -> set[int]:
        """The ids of the questions that the page asks as it was last saved."""
        raise NotImplementedError

    def clean(self):
        cleaned = super().clean()
        if self.left_out:
            message = _("Une question n’est pas de votre banque, ou ne l’est plus : choisissez-en une autre.")
            self.add_error(None, message)
        return cleaned


class LessonPageForm(AskingForm):
    """A lesson asks questions by its blocks; a new one has a text to write in."""

    question_names = re.compile(r"body-\d+-value-question")

    def __init__(self, data=None, files=None, parent_page=None, *args, instance=None, **kwargs):
        if instance is not None and instance.pk is None and not instance.body:
            instance.body = [("prose", "")]
        super().__init__(data, files, parent_page, *args, instance=instance, **kwargs)

    @staticmethod
    def asked_by(page) -> set[int]:
        return quick_questions(page.body) if page else set()
