"""Panels of the editors: how much a lesson weighs, how many questions of the bank a draw may take."""

from wagtail.admin.panels import InlinePanel, Panel

from courses.quiz_forms import DrawForm
from courses.rules.weight import FIRST_VIEW_BUDGET, PICTURES_BUDGET
from courses.weight import lesson_weight


class LessonWeightPanel(Panel):
    """What a reader's phone fetches at first, while reading, and on request."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "courses/back_office/lesson_weight.html"

        def get_context_data(self, parent_context=None):
            return super().get_context_data(parent_context) | {
                "weight": lesson_weight(self.instance.body),
                "first_view_budget": FIRST_VIEW_BUDGET,
                "pictures_budget": PICTURES_BUDGET,
            }


class DrawsPanel(InlinePanel):
    """The draws of a quiz; each knows the page it is in and the questions open to its branch."""

    def get_form_options(self):
        options = super().get_form_options()
        options["formsets"][self.relation_name] |= {"form": DrawForm, "inherit_kwargs": ["place", "questions"]}
        return options


class MatchingQuestionsPanel(Panel):
    """How many questions of the bank match a draw; a script asks again while its author chooses."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "courses/back_office/matching_questions.html"

        def get_context_data(self, parent_context=None):
            from courses.back_office.draws import matching_text  # views stand above models

            text = matching_text(self.instance, self.form.questions)
            return super().get_context_data(parent_context) | {"text": text, "place": self.form.place}
